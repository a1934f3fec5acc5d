"""What readers of tables have in common: a value that cannot be mapped, and a row that cannot become an observation."""

from collections.abc import Mapping

from pydantic import ValidationError

from entente_platform.sources.rows import Unmapped


class Wrong(ValueError):
    """A value that cannot be mapped; the first argument says what, the second how to mend it."""


def given(row: Mapping[str, str], column: str, nothing: frozenset[str] = frozenset({""})) -> str:
    """What a column says; refuses one that says nothing."""
    value = (row[column] or "").strip()
    if value in nothing:
        raise Wrong(f"{column} is empty", f"give {column} a value")
    return value


def unmapped(line: int, error: Wrong | ValidationError) -> Unmapped:
    """The row on a line as one that cannot be published, with the first thing that is wrong with it."""
    if isinstance(error, Wrong):
        return Unmapped(line, *error.args)
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the row"
    return Unmapped(line, f"{where}: {first['msg']} ({str(first['input'])[:60]})", "correct the value in the file")
