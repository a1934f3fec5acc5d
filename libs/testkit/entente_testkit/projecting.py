"""Given/then for projections, in memory: events in, plain rows out.

def test_a_registered_source_is_listed():
    given(sources, *stream_of("source/ucdp", SourceRegistered(...))).then(Source(name="ucdp", ...))
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import SQLModel

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.projecting.projection import Projection

M = TypeVar("M", bound=SQLModel)
Key = tuple[Any, ...]


class RowsInMemory:
    """`Rows` without a database, for folds and for looking at what they made."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._rows: dict[type[SQLModel], dict[Key, SQLModel]] = {model: {} for model in projection.shapes}
        self._event: Recorded[Any] | None = None
        self.marks: dict[tuple[str, str], Recorded[Any]] = {}
        """(what, stream) -> the last event that asked for it."""

    def fold(self, event: Recorded[Event]) -> None:
        """Folds one event; where the fold raises, nothing of it remains. An event of no concern changes nothing."""
        handler = self._projection.handlers.get(event.data.event_name)
        if handler is None:
            return
        before, marks = {model: dict(rows) for model, rows in self._rows.items()}, dict(self.marks)
        self._event = event
        try:
            handler.fold(self, event)
            if handler.touches is not None:
                for model, key in handler.touches(event):
                    self._expect(model, key)
        except BaseException:
            self._rows, self.marks = before, marks
            raise

    def get(self, model: type[M], *key: Any) -> M | None:
        self._expect(model, key)
        row = self._rows[model].get(key)
        copy: M | None = None if row is None else row.model_copy()  # type: ignore[assignment]  # rows are kept by their own model
        return copy

    def put(self, row: SQLModel) -> None:
        key = self._projection.shapes[type(row)].key_of(row)
        self._rows[type(row)][key] = type(row).model_validate(row.model_dump())

    def delete(self, model: type[SQLModel], *key: Any) -> None:
        self._expect(model, key)
        self._rows[model].pop(key, None)

    def mark(self, what: str) -> None:
        assert self._event is not None, "a mark is left by a fold"
        self.marks[what, self._event.subject] = self._event

    def all(self, model: type[M]) -> list[M]:
        """All rows of a model in order of key."""
        rows: dict[Key, Any] = self._rows[model]
        return [rows[key] for key in sorted(rows)]

    def everything(self) -> list[SQLModel]:
        """All rows, model by model in order of declaration."""
        return [row for model in self._rows for row in self.all(model)]

    def _expect(self, model: type[SQLModel], key: Key) -> None:
        shape = self._projection.shapes[model]
        assert len(key) == len(shape.key), f"{model.__name__} has the key {shape.key}, got {key}"


class Projected:
    """What events were folded to."""

    def __init__(self, rows: RowsInMemory) -> None:
        self.rows = rows

    def then(self, *rows: SQLModel) -> None:
        """Exactly these rows are there, whatever their order."""
        assert sorted(map(repr, self.rows.everything())) == sorted(map(repr, rows))

    def has(self, *rows: SQLModel) -> None:
        """These rows are there, among others."""
        there = self.rows.everything()
        missing = [row for row in rows if row not in there]
        assert not missing, f"missing {missing} among {there}"

    def marks(self, *what: str) -> None:
        """Exactly these things are marked for the worker."""
        assert sorted({each for each, _ in self.rows.marks}) == sorted(what)


def given(projection: Projection, *events: Recorded[Event]) -> Projected:
    """Folds events in the order given."""
    rows = RowsInMemory(projection)
    for event in events:
        rows.fold(event)
    return Projected(rows)


def folded(projection: Projection, events: Sequence[Recorded[Event]]) -> RowsInMemory:
    """The rows that events fold to."""
    return given(projection, *events).rows
