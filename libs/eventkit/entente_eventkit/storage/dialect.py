"""What differs between databases: settings, transactions, locks, inserts that meet a row, and which errors pass by themselves."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, make_url
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from entente_eventkit.storage import inserting, postgres, sqlite
from entente_eventkit.storage.many_writers import ManyWriters
from entente_eventkit.storage.one_writer import OneWriter
from entente_eventkit.storage.unusable import UnusableDatabase

__all__ = [
    "UnusableDatabase",
    "alone",
    "for_reading_and_writing",
    "insert_absent",
    "is_transient",
    "locked",
    "open_engine",
    "turn",
    "upsert",
]

_KINDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


def open_engine(url: str) -> Engine:
    """An engine whose connections have the durable settings; raises `UnusableDatabase` where one cannot have them."""
    engine: Engine = _kind(url).open_engine(make_url(url))
    return engine


def for_reading_and_writing(engine: Engine) -> tuple[Engine, Engine]:
    """The same engine, for transactions that see one moment and cannot write, and for those that may."""
    kind = _KINDS[engine.dialect.name]
    return kind.for_reading(engine), kind.for_writing(engine)


def turn(url: str) -> OneWriter | ManyWriters:
    """Who may write at a time."""
    writers: OneWriter | ManyWriters = _kind(url).turn(make_url(url))
    return writers


def locked(query: Select[Any]) -> Select[Any]:
    """The query, locking the rows that it finds until the transaction ends. SQLite's writers hold the whole database anyway."""
    return query.with_for_update()


def alone(connection: Connection, what: str) -> None:
    """Waits until no other transaction does `what`, for which there is no row to lock. To be called before any row is locked."""
    if connection.dialect.name == "postgresql":
        postgres.alone(connection, what)


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows (each with every column, each key once), or replaces those with the same primary key."""
    if rows:
        inserting.insert(connection, table, rows, replaces=True)


def insert_absent(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Inserts rows (each with every column, each key once); those whose primary key is there stay as they are. Gives how many were not."""
    return inserting.insert(connection, table, rows, replaces=False) if rows else 0


def is_transient(error: BaseException) -> bool:
    """Whether the error passes by itself (database away, busy or full), so that the whole transaction is worth repeating.

    What a lost connection is asked afterwards (`PendingRollbackError`) passes with it.
    """
    if isinstance(error, PoolTimeout | PendingRollbackError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or sqlite.passes(error) or postgres.passes(error)


def _kind(url: str) -> ModuleType:
    name = make_url(url).get_backend_name()
    if name not in _KINDS:
        raise UnusableDatabase(f"{name} is not supported; give sqlite:///<path of a file> or postgresql+psycopg://user@host/name")
    return _KINDS[name]
