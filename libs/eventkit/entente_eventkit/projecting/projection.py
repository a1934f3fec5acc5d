"""A projection: the question that it answers, its tables, and a pure fold an event type."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlmodel import SQLModel

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.projecting.rows import Row, Rows

E = TypeVar("E", bound=Event)
Touched = Iterable[tuple[type[SQLModel], tuple[Any, ...]]]
Fold = Callable[[Rows, Recorded[E]], None]


class Projection:
    """Folds events of `reads` into `tables`. `code` must change whenever a fold does (a golden test sees to it).

    `touches` of a handler names the (model, key) pairs it will surely get, so that a whole batch's rows are loaded at once; `rows.get` of
    others is read one by one.
    """

    def __init__(self, name: str, *tables: type[Row], code: int, reads: Sequence[Topic]) -> None:
        self.name, self.tables, self.code, self.reads = name, tables, code, tuple(reads)

    def on(self, event: type[E], *, touches: Callable[[Recorded[E]], Touched] | None = None) -> Callable[[Fold[E]], Fold[E]]:
        """Declares the fold of one event type."""
        raise NotImplementedError
