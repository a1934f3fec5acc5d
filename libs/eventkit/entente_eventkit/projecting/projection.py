"""A projection: the question that it answers, its tables, and a pure fold an event type."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from sqlmodel import SQLModel

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.projecting.rows import Row, Rows
from entente_eventkit.projecting.shape import Shape, shape_of

E = TypeVar("E", bound=Event)
Touched = Iterable[tuple[type[SQLModel], tuple[Any, ...]]]
Fold = Callable[[Rows, Recorded[E]], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """The fold of one event type, and which rows it will surely get."""

    event: type[Event]
    fold: Callable[[Rows, Recorded[Any]], None]
    touches: Callable[[Recorded[Any]], Touched] | None


class Projection:
    """Folds events of `reads` into `tables`. `code` must change whenever a fold does (a golden test sees to it).

    `touches` of a handler names the (model, key) pairs it will surely get, so that a whole batch's rows are loaded at once; `rows.get` of
    others is read one by one. A fold reads no rows but those of its event's own stream, or such as commute: streams arrive in any order.
    """

    def __init__(self, name: str, *tables: type[Row], code: int, reads: Sequence[Topic]) -> None:
        self.name, self.tables, self.code, self.reads = name, tables, code, tuple(reads)
        self._handlers: dict[str, Handler] = {}
        self.shapes: Mapping[type[SQLModel], Shape] = {shape.model: shape for shape in map(shape_of, tables)}
        if len(self.shapes) < len(tables):
            raise TypeError(f"{name}: two tables have one plain model; give each its own")
        for table in tables:
            if getattr(table, "answers", name) != name:
                raise TypeError(f"{table.__name__} is a table of {table.answers}; {name} needs its own")
            table.answers = name

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by event name (a type without its version)."""
        return MappingProxyType(self._handlers)

    def on(self, event: type[E], *, touches: Callable[[Recorded[E]], Touched] | None = None) -> Callable[[Fold[E]], Fold[E]]:
        """Declares the fold of one event type."""
        if event.event_name in self._handlers:
            raise ValueError(f"{self.name} folds {event.event_name} already; one event type has one fold")
        if event.event_topic not in self.reads:
            raise ValueError(f"{self.name} does not read {event.event_topic.name}, the topic of {event.event_name}; add it to reads")

        def declare(fold: Fold[E]) -> Fold[E]:
            self._handlers[event.event_name] = Handler(event, fold, touches)
            return fold

        return declare
