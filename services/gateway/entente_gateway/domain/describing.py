"""What is wrong with data, told within what an event and a receipt may hold."""

from collections.abc import Iterable

from entente_contracts.validation import FieldError

LONGEST_DETAIL = 7_000
LONGEST_MEND = 1_800
MOST_DETAIL, MOST_MEND = 8_000, 2_000
"""Characters of the two texts in front, well within what the event of the refusal may hold, and what it may hold."""


def describe(errors: Iterable[FieldError]) -> tuple[str, str]:
    """All that is wrong with the data, path first, and what to do about each; where that grows too long, how many more there are."""
    found = list(errors)
    detail = _joined([_told(error) for error in found], LONGEST_DETAIL)
    mend = _joined([f"{error.path}: {error.mend}" for error in found], LONGEST_MEND)
    return detail, f"{mend}; then sign it anew and send it again"


def cut(text: str, most: int) -> str:
    """A text within its room: what is quoted in it may be of any length."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _told(error: FieldError) -> str:
    there = "" if error.value is None else f", and {error.value} is there"
    return f"{error.path}: {error.text}{there}"


def _joined(lines: list[str], most: int) -> str:
    told: list[str] = []
    length = 0
    for number, line in enumerate(lines):
        length += len(line[:600]) + 2
        if length > most and told:
            return "; ".join([*told, f"and {len(lines) - number} more"])
        told.append(line[:600])
    return "; ".join(told)
