"""Event stores in a folder, and events to fill them with."""

from pathlib import Path

from sqlalchemy import Connection

from entente_contracts.events.gateway import EventQuarantined, QuarantineReason
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.topics import GATEWAY, Topic
from entente_eventkit.clock import Clock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore

BECAUSE = Because(causationid="request/test", correlationid="request/test", actor=Actor(AuthType.SYSTEM, "test"))

DIGEST = "0" * 64


def open_database(folder: Path, service: str) -> Database:
    """The database of a service in a folder, migrated."""
    database = Database(f"sqlite:///{folder / service}.sqlite")
    migrate(database)
    return database


def arrival(detail: str) -> EventQuarantined:
    """An event of the gateway's topic, as long as its `detail`."""
    return EventQuarantined(reason=QuarantineReason.UNSIGNED, detail=detail, mend="sign it", digest=DIGEST, length=len(detail))


async def append(store: EventStore, *streams: str, topic: Topic = GATEWAY, detail: str = "-", because: Because = BECAUSE) -> list[str]:
    """Appends one event to each of the streams (a stream may be named often) in one transaction; gives their ids."""

    def work(connection: Connection) -> list[str]:
        with store.head(connection) as head:
            return [head.append(topic, stream, [arrival(detail)], because)[0].id for stream in streams]

    return await store.database.write(work)


def new_store(database: Database, clock: Clock, service: str = "gateway") -> EventStore:
    """The event store of a service."""
    return EventStore(database, clock, service)
