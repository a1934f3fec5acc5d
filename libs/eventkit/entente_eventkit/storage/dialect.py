"""The only module in which databases may differ: settings, transactions, locks, upserts, and which errors pass by themselves."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event, make_url
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from entente_eventkit.storage.one_writer import OneWriter

WRITES = "entente_writes"
"""The execution option of a connection whose transactions may write."""

PRAGMAS: dict[str, tuple[str, Any]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "busy_timeout": ("5000", 5000),
    "foreign_keys": ("ON", 1),
}
"""SQLite's settings: what is asked for, and what must be in force afterwards. `synchronous` NORMAL would lose acknowledged commits."""

_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
"""Primary result codes that speak of the machine, never of what was written."""

_MANY_READERS = 32


class UnusableDatabase(Exception):
    """The database cannot be used as it is; the text says what it is, and how to mend it."""


def open_engine(url: str) -> Engine:
    """An engine whose connections have the durable settings; raises `UnusableDatabase` where one cannot have them."""
    target = make_url(url)
    path = _path(target)
    if not path.parent.is_dir():
        raise UnusableDatabase(f"there is no folder {path.parent} for the database {path.name}; make the folder first")
    engine = create_engine(target, pool_size=_MANY_READERS, max_overflow=0)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def one_writer(url: str) -> OneWriter:
    """What makes writers wait for each other, and keeps other processes out of the file."""
    path = _path(make_url(url))
    return OneWriter(path.with_name(path.name + ".lock"))


def locked(query: Select[Any]) -> Select[Any]:
    """The query, locking the rows that it finds until the transaction ends. SQLite's writers hold the whole database anyway."""
    return query.with_for_update()


def upsert(connection: Connection, table: Table) -> Insert:  # noqa: ARG001 - its dialect decides once there are two
    """An insert that replaces the row with the same primary key."""
    statement = insert(table)
    others = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    keys = list(table.primary_key)
    return statement.on_conflict_do_update(index_elements=keys, set_=others) if others else statement.on_conflict_do_nothing(keys)


def insert_absent(connection: Connection, table: Table) -> Insert:  # noqa: ARG001 - its dialect decides once there are two
    """An insert that leaves the row with the same primary key as it is."""
    return insert(table).on_conflict_do_nothing(list(table.primary_key))


def is_transient(error: BaseException) -> bool:
    """Whether the error passes by itself (database away, busy or full), so that the whole transaction is worth repeating."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return error.connection_invalidated or (code is not None and code & 0xFF in _PASSING)


def _path(url: URL) -> Path:
    if url.get_backend_name() != "sqlite":
        raise UnusableDatabase(f"{url.get_backend_name()} is not supported; give sqlite:///<path of a file>")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UnusableDatabase("a database in memory keeps nothing; give sqlite:///<path of a file>")
    return Path(url.database)


def _settle(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001 - the listener's signature
    connection.isolation_level = None
    for name, (value, expected) in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            raise UnusableDatabase(f"SQLite's {name} is {found!r} and must be {expected!r}; put the file on a local disk that allows it")


def _begin(connection: Connection) -> None:
    writes: bool = connection.get_execution_options().get(WRITES, False)
    if connection.info.get(WRITES) is not writes:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info[WRITES] = writes
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
