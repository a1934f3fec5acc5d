"""The catalogue that is shipped: real agreements and bodies, public facts each with its source (`data/catalogue/*.toml`)."""

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from entente_platform.agreements.lines import Taken


@cache
def catalogue() -> tuple[Taken, ...]:
    """Every body and agreement, in the order of the files; a line's number is its place."""
    return tuple(Taken(number, item) for number, item in enumerate(_items(), 1))


def _items() -> Iterator[dict[str, Any]]:
    folder = files("entente_platform").joinpath("data/catalogue")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        yield from items_of(file.read_text("utf-8"))


def items_of(toml: str) -> list[dict[str, Any]]:
    """The bodies, then the agreements, of a file in the catalogue's layout, as they are sent."""
    table = tomllib.loads(toml)
    return [_plain(item) for item in (*table.get("bodies", []), *table.get("agreements", []))]


def _plain(value: Any) -> Any:
    """TOML's days as JSON has them."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
