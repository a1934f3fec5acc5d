"""Databases for tests: each kind that a service can run on opens a new, empty one in a folder of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import MetaData

from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import kernel

Backend = Callable[[Path, str], Database]
"""(folder, name) -> a new database."""


def sqlite(folder: Path, name: str) -> Database:
    """A SQLite file with the kernel's own settings."""
    return Database(f"sqlite:///{folder / name}.sqlite")


BACKENDS: dict[str, Backend] = {"sqlite": sqlite}
"""Every backend that the behaviour suites run on, by name."""

_numbers = count(1)


@contextmanager
def new_database(folder: Path, *metadata: MetaData, backend: str = "sqlite") -> Iterator[Database]:
    """An empty database with the kernel's tables and a service's."""
    database = BACKENDS[backend](folder, f"database-{next(_numbers)}")
    try:
        with database.writing() as connection:
            for tables in (kernel, *metadata):
                tables.create_all(connection)
        yield database
    finally:
        database.close()
