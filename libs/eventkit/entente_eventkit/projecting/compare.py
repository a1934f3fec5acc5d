"""Two instances side by side, row by row, and one instance's digest: replay equals live, byte for byte."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.shape import Shape

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that two instances do not have alike; None on the side that lacks it."""

    table: str
    key: tuple[Any, ...]
    left: Values | None
    right: Values | None


def compare(connection: Connection, projection: Projection, left: str, right: str) -> list[Difference]:
    """Every row in which two instances differ, in order of table and key. Marks are a work list and are left out."""
    return list(chain.from_iterable(_differences(connection, shape, left, right) for shape in projection.shapes.values()))


def digest(connection: Connection, projection: Projection, instance: str) -> str:
    """The SHA-256, in hex, over all rows of an instance: table by table, in order of key, each row as canonical JSON."""
    running = hashlib.sha256()
    for shape in projection.shapes.values():
        running.update(f"{shape.table.name}\n".encode())
        for _, values in _rows(connection, shape, instance):
            running.update(canonical(values) + b"\n")
    return running.hexdigest()


def canonical(values: Values) -> bytes:
    """A row's values as JSON with sorted names; moments and dates as ISO text, choices by value."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_json).encode()


def _differences(connection: Connection, shape: Shape, left: str, right: str) -> Iterator[Difference]:
    theirs = dict(_rows(connection, shape, right))
    for key, mine in _rows(connection, shape, left):
        other = theirs.pop(key, None)
        if other is None or canonical(mine) != canonical(other):
            yield Difference(shape.table.name, key, mine, other)
    for key, other in theirs.items():
        yield Difference(shape.table.name, key, None, other)


def _rows(connection: Connection, shape: Shape, instance: str) -> Iterator[tuple[tuple[Any, ...], Values]]:
    query = select(*shape.columns).where(shape.table.c.instance == instance).order_by(*shape.key_columns)
    for row in connection.execute(query.execution_options(yield_per=1000)).mappings():
        values = dict(row)
        yield tuple(values[name] for name in shape.key), values


def _as_json(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case bytes():
            return value.hex()
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form; keep rows to plain columns")
