"""Rows with two times: what held when, and from when until when that was known.

A fold says all that holds by now. What was said before and holds still stays as it is; what does not is kept as known up to now; what is
new is known from now on. So the question "as it would have been answered then" is a filter.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel import SQLModel

from entente_contracts.recorded import Recorded
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.projections.kept import text

NOT_SAID = frozenset({"step", "known", "gone"})
"""What a row has beside what it says: when it was made known, by which step, and until when."""


class Known(SQLModel):
    """Known from `known` up to `gone` (not any more); `by` names what tells it from others that hold at the same time."""

    by: ClassVar[tuple[str, ...]]

    known: datetime
    gone: datetime | None = None


def know(rows: Rows, held: str, now: Sequence[Known], event: Recorded[Any]) -> str:
    """Makes the rows say `now`, and no more; `held` is what the call before gave (at first `[]`)."""
    models = {type(row).__name__: type(row) for row in now}
    wanted = {_place(row): row for row in now}
    still: list[list[str]] = []
    for name, place, step, said in json.loads(held):
        row = wanted.get((name, place))
        if row is not None and _digest(row) == said:
            del wanted[name, place]
            still.append([name, place, step, said])
        else:
            _forget(rows, models.get(name) or _model(name), place, step, event.recordedtime)
    for row in wanted.values():
        rows.put(row)
    new = [[*_place(row), event.sequence, _digest(row)] for row in wanted.values()]
    return text(sorted([*still, *new]))


def _place(row: Known) -> tuple[str, str]:
    return type(row).__name__, text([_plain(getattr(row, name)) for name in row.by])


def _digest(row: Known) -> str:
    said = {name: _plain(value) for name, value in row.model_dump().items() if name not in NOT_SAID}
    return hashlib.sha256(text(said).encode()).hexdigest()[:24]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _model(name: str) -> type[Known]:
    return next(model for model in _all(Known) if model.__name__ == name and "instance" not in model.model_fields)


def _all(model: type[Known]) -> Iterable[type[Known]]:
    for each in model.__subclasses__():
        yield each
        yield from _all(each)


def _forget(rows: Rows, model: type[Known], place: str, step: int, at: datetime) -> None:
    parts: Mapping[str, Any] = dict(zip(model.by, json.loads(place), strict=True))
    key = [date.fromisoformat(parts[name]) if model.model_fields[name].annotation is date else parts[name] for name in model.by]
    row = rows.get(model, *key, step)
    if row is None:
        raise LookupError(f"{model.__name__} {place} known by step {step} is not there")
    row.gone = at
    rows.put(row)
