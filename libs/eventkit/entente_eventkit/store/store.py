"""The event store: appends under the head row, and reads back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, select

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.clock import Clock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import head as head_table
from entente_eventkit.store import stored
from entente_eventkit.store.errors import EventDoesNotDecode, EventTooLarge, KeyReused, StoreHalted, VersionConflict
from entente_eventkit.store.head import Head, KnownAnswer
from entente_eventkit.store.stored import NewEvent, Stored

__all__ = [
    "EventDoesNotDecode", "EventStore", "EventTooLarge", "Head", "KeyReused", "KnownAnswer", "NewEvent", "StoreHalted", "Stored",
    "VersionConflict",
]  # fmt: skip

_LOCKED = "entente_head_locked"


class EventStore:
    """The events of one service. `source` of every event: `entente/<service>`."""

    def __init__(self, database: Database, clock: Clock, service: str) -> None:
        self.database, self.clock, self.service = database, clock, service
        self._halted: str | None = None

    def halt(self, why: str) -> None:
        """Takes nothing more until the process has been started anew."""
        self._halted = why

    @property
    def halted(self) -> bool:
        """Whether it takes nothing any more."""
        return self._halted is not None

    @contextmanager
    def head(self, connection: Connection) -> Iterator[Head]:
        """Locks the head row within a writing transaction. What was appended is written when the block ends well; a block that raises
        has written nothing. One at a time in a transaction. Raises `StoreHalted` once the store was found to be older than its log."""
        if self._halted is not None:
            raise StoreHalted(self._halted)
        info = connection.info
        if info.get(_LOCKED):
            raise RuntimeError("the head is locked in this transaction already; use the Head that is there")
        head = Head(connection, self.clock, f"entente/{self.service}")
        info[_LOCKED] = True
        try:
            yield head
            head.write()
        finally:
            info.pop(_LOCKED, None)  # a lost connection has no `info` any more, and asking for it would hide why it was lost

    def after(self, connection: Connection, position: int, limit: int, topics: Sequence[str] | None = None) -> list[Stored]:
        """Events with a higher position, in order, at most `limit`; of these topics only, where given."""
        return stored.after(connection, position, limit, topics)

    def last_position(self, connection: Connection) -> int:
        """The position of the last event, 0 where there is none."""
        position: int = connection.execute(select(head_table.c.position)).scalar_one()
        return position

    def correlated(self, connection: Connection, correlationid: str) -> list[Recorded[Event]]:
        """Every event of one chain of causes that this service wrote, in order of position."""
        return stored.correlated(connection, correlationid)

    def tail(self, connection: Connection, after: int | None, limit: int) -> list[tuple[int, Recorded[Event]]]:
        """Events after a position (None: the newest), each with its own, in order of it."""
        begin = max(0, self.last_position(connection) - limit) if after is None else after
        return [(one.position, stored.recorded_of(one)) for one in stored.after(connection, begin, limit, None)]

    def event(self, connection: Connection, id: str) -> Recorded[Event] | None:
        """One event by its id."""
        return stored.by_id(connection, id)

    def stream(self, connection: Connection, topic: Topic, stream: str, after: int = 0) -> list[Recorded[Event]]:
        """The events of a stream in order, upcast; only those above the version `after`."""
        return stored.stream(connection, topic.name, stream, after)

    def last(self, connection: Connection, topic: Topic, stream: str) -> Recorded[Event] | None:
        """The last event of a stream."""
        return stored.last(connection, topic.name, stream)
