"""Databases for tests: each kind that a service can run on gives new, empty ones with the tables that are asked for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import MetaData, make_url

from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import GENESIS, head, kernel
from entente_testkit.servers import containers, postgres

Backend = Callable[[Path, Sequence[MetaData]], AbstractContextManager[Database]]
"""(folder, tables) -> a new database with these tables, closed at the end of the block."""

_numbers = count(1)


@contextmanager
def sqlite(folder: Path, tables: Sequence[MetaData]) -> Iterator[Database]:
    """A SQLite file with the kernel's own settings."""
    database = Database(f"sqlite:///{folder / f'database-{next(_numbers)}'}.sqlite")
    try:
        _make(database, tables)
        yield database
    finally:
        database.close()


class Server(Protocol):
    """A PostgreSQL server that makes databases."""

    def new_database(self, name: str) -> str:
        """A new, empty one; gives its address."""
        ...


def on(server: Callable[[], Server]) -> Backend:
    """Databases on a server. Making one takes a tenth of a second and more, so one that a test has left is emptied for the next test with
    the same tables."""
    free: dict[tuple[int, ...], list[str]] = {}

    @contextmanager
    def opened(folder: Path, tables: Sequence[MetaData]) -> Iterator[Database]:  # noqa: ARG001 - a server has a folder of its own
        idle = free.setdefault(tuple(map(id, tables)), [])
        fresh = not idle
        url = server().new_database(f"test_{next(_numbers)}") if fresh else idle.pop()
        database = Database(url)
        try:
            if fresh:
                _make(database, tables)
            yield database
        finally:
            database.close()
            _empty(url, tables)
            idle.append(url)

    return opened


BACKENDS: dict[str, Backend] = {"embedded": sqlite, "native": on(postgres.shared), "containers": on(containers.shared)}
"""What a column's databases are, by the column's name."""


@contextmanager
def new_database(folder: Path, *metadata: MetaData, backend: str = "embedded") -> Iterator[Database]:
    """An empty database with the kernel's tables and a service's."""
    with BACKENDS[backend](folder, (kernel, *metadata)) as database:
        yield database


def _make(database: Database, tables: Sequence[MetaData]) -> None:
    with database.writing() as connection:
        for each in tables:
            each.create_all(connection)


def _empty(url: str, tables: Sequence[MetaData]) -> None:
    names = [table.name for each in tables for table in reversed(each.sorted_tables) if table is not head]
    deletes = "".join(f'DELETE FROM "{name}"; ' for name in names)  # noqa: S608 - names of the house's own tables
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"{deletes} UPDATE head SET position = 0, hash = '\\x{GENESIS.hex()}'".encode())  # noqa: S608 - the same
