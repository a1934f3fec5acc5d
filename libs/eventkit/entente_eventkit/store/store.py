"""The event store: appends under the head row, and reads back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from entente_contracts.event import Event
from entente_contracts.recorded import Origin, Recorded
from entente_contracts.topics import Topic
from entente_eventkit.clock import Clock
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because


class VersionConflict(Exception):
    """The stream stands at another version than the one expected (`stream`, `expected`, `current`)."""


class KeyReused(Exception):
    """The key was used before for a different request (`scope`, `key`)."""


class EventTooLarge(ValueError):
    """The event's body is above its topic's size limit."""


class EventDoesNotDecode(ValueError):
    """The event, once encoded, could not be read back; it would block everything behind it."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event still to be appended; `time` is when it happened (None: now)."""

    data: Event
    time: datetime | None = None
    origin: Origin | None = None
    dataclassification: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of the store as the relay and the catch-up reader take it."""

    position: int
    topic: str
    stream: str
    version: int
    id: str
    hash: bytes
    attributes: dict[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What a key was answered with."""

    request_hash: str
    answer: bytes


class Head:
    """The store under its lock: what is read here cannot change before the transaction ends."""

    def version(self, topic: Topic, stream: str) -> int:
        """The stream's last version, 0 where it has none."""
        raise NotImplementedError

    def stream(self, topic: Topic, stream: str) -> list[Recorded[Event]]:
        """All events of a stream in order, upcast."""
        raise NotImplementedError

    def last(self, topic: Topic, stream: str) -> Recorded[Event] | None:
        """The last event of a stream."""
        raise NotImplementedError

    def answer(self, scope: str, key: str) -> KnownAnswer | None:
        """What this key was answered with, if it was ever used."""
        raise NotImplementedError

    def remember(self, scope: str, key: str, request_hash: str, answer: bytes) -> None:
        """Keeps a key's answer for ever."""
        raise NotImplementedError

    def append(
        self, topic: Topic, stream: str, events: Sequence[Event | NewEvent], because: Because, expected: int | None = None
    ) -> list[Recorded[Event]]:
        """Appends events to a stream; raises `VersionConflict`, `EventTooLarge` or `EventDoesNotDecode`, having written nothing."""
        raise NotImplementedError


class EventStore:
    """The events of one service. `source` of every event: `entente/<service>`."""

    def __init__(self, database: Database, clock: Clock, service: str) -> None:
        self.database, self.clock, self.service = database, clock, service

    @contextmanager
    def head(self, connection: Connection) -> Iterator[Head]:
        """Locks the head row within a writing transaction; written back when the block ends well."""
        raise NotImplementedError

    def after(self, connection: Connection, position: int, limit: int, topics: Sequence[str] | None = None) -> list[Stored]:
        """Events with a higher position, in order, at most `limit`; of these topics only, where given."""
        raise NotImplementedError

    def correlated(self, connection: Connection, correlationid: str) -> list[Recorded[Event]]:
        """Every event of one chain of causes that this service wrote, in order of position."""
        raise NotImplementedError

    def event(self, connection: Connection, id: str) -> Recorded[Event] | None:
        """One event by its id."""
        raise NotImplementedError
