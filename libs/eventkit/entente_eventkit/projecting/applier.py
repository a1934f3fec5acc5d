"""What an instance does with an event whose turn it is: a projection folds it, a policy reacts to it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from entente_contracts.topics import Topic
from entente_eventkit.projecting.cachedrows import CachedRows
from entente_eventkit.projecting.incoming import Incoming
from entente_eventkit.projecting.projection import Projection, Touched

PROJECTION = "projection"
POLICY = "policy"


class Applier(Protocol):
    """Applies events to one instance within one transaction."""

    def preload(self, events: Sequence[Incoming]) -> None:
        """Reads what these events will need, all at once."""
        ...

    def apply(self, incoming: Incoming) -> None:
        """Applies one event; where it raises, nothing of the event remains in memory."""
        ...

    def flush(self) -> None:
        """Writes what was applied."""
        ...

    def forget_all(self) -> None:
        """A savepoint was rolled back: nothing in memory counts any more."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A projection or policy as its instances see it. `wants`: event names (types without version) that it applies, others only count.

    `records_a_batch`: the most records of one transaction (None: a whole batch); `savepoints`: whether each event has one of its own.
    """

    name: str
    kind: str
    code: int
    reads: tuple[Topic, ...]
    wants: Collection[str]
    applier: Callable[[Connection, str, str, datetime], Applier]
    """(connection, instance, topic, born) -> applier"""
    records_a_batch: int | None = None
    savepoints: bool = False


class Folding:
    """Folds events into a projection's rows."""

    def __init__(self, projection: Projection, connection: Connection, instance: str, topic: str) -> None:
        self._handlers = projection.handlers
        self._rows = CachedRows(connection, instance, topic, projection.shapes)

    def preload(self, events: Sequence[Incoming]) -> None:
        touched: list[Touched] = []
        for incoming in events:
            touches = self._handlers[incoming.name].touches
            if touches is None:
                continue
            try:
                touched.append(list(touches(incoming.recorded())))
            except Exception:  # noqa: BLE001, S112 - loading ahead only saves queries; the fold meets the fault again and is parked
                continue
        self._rows.preload(each for some in touched for each in some)

    def apply(self, incoming: Incoming) -> None:
        event = incoming.recorded()
        self._rows.start(event)
        try:
            self._handlers[incoming.name].fold(self._rows, event)
        except BaseException:
            self._rows.forget()
            raise
        self._rows.keep()

    def flush(self) -> None:
        self._rows.flush()

    def forget_all(self) -> None:
        self._rows.forget_all()


def part_of(projection: Projection) -> Part:
    """A projection, as its instances see it."""
    return Part(
        projection.name,
        PROJECTION,
        projection.code,
        projection.reads,
        projection.handlers.keys(),
        lambda connection, instance, topic, _: Folding(projection, connection, instance, topic),
    )
