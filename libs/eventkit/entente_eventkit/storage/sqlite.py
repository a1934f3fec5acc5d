"""SQLite: one file, one writer, settings that survive a loss of power."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from entente_eventkit.storage.one_writer import OneWriter
from entente_eventkit.storage.unusable import UnusableDatabase

WRITES = "entente_writes"
"""The execution option of a connection whose transactions may write."""

PRAGMAS: dict[str, tuple[str, Any]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "busy_timeout": ("5000", 5000),
    "foreign_keys": ("ON", 1),
}
"""What is asked for, and what must be in force afterwards. `synchronous` NORMAL would lose acknowledged commits."""

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


def open_engine(url: URL) -> Engine:
    """An engine whose connections have the durable settings."""
    path = _path(url)
    if not path.parent.is_dir():
        raise UnusableDatabase(f"there is no folder {path.parent} for the database {path.name}; make the folder first")
    engine = create_engine(url, pool_size=_MANY_READERS, max_overflow=0)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The engine whose transactions see one moment and cannot write."""
    return engine


def for_writing(engine: Engine) -> Engine:
    """The engine whose transactions may write."""
    return engine.execution_options(**{WRITES: True})


def turn(url: URL) -> OneWriter:
    """What makes writers wait for each other, and keeps other processes out of the file."""
    path = _path(url)
    return OneWriter(path.with_name(path.name + ".lock"))


def passes(error: DBAPIError) -> bool:
    """Whether the error speaks of the machine."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _PASSING


def _path(url: URL) -> Path:
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
