"""Where databases differ: which errors pass by themselves, and inserts that meet a row."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from entente_eventkit.storage import dialect
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient

metadata = MetaData()
place = Table("place", metadata, Column("x", Integer, primary_key=True), Column("y", Integer, primary_key=True), Column("seen", Integer))
bare = Table("bare", metadata, Column("x", Integer, primary_key=True))


def sqlite_error(code: int) -> OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return OperationalError("SELECT", {}, error)


@pytest.mark.parametrize(
    "code",
    [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_FULL],
)
def test_what_the_machine_is_to_blame_for_passes(code: int) -> None:
    assert is_transient(sqlite_error(code))


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CORRUPT])
def test_what_the_data_is_to_blame_for_does_not_pass(code: int) -> None:
    assert not is_transient(sqlite_error(code))


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (ValueError("x"), False),
        (IntegrityError("INSERT", {}, ValueError("no code")), False),
        (DBAPIError("SELECT", {}, ValueError("gone"), connection_invalidated=True), True),
        (PoolTimeout("no connection within 30 s"), True),
    ],
)
def test_errors_from_elsewhere(error: Exception, passes: bool) -> None:  # noqa: FBT001 - a parametrised expectation
    assert is_transient(error) is passes


def test_a_locked_database_is_really_told_so(database: Database, url: str) -> None:
    other = create_engine(url, poolclass=StaticPool, connect_args={"timeout": 0})
    with database.writing(), other.connect() as connection, pytest.raises(OperationalError) as caught:
        connection.execute(text("CREATE TABLE x (y INTEGER)"))
    other.dispose()
    assert is_transient(caught.value)


def test_an_upsert_replaces_the_row_with_its_key(database: Database) -> None:
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.execute(insert(place), {"x": 1, "y": 1, "seen": 1})
        connection.execute(dialect.upsert(connection, place), [{"x": 1, "y": 1, "seen": 2}, {"x": 1, "y": 2, "seen": 3}])
        assert connection.execute(select(place).order_by(place.c.y)).all() == [(1, 1, 2), (1, 2, 3)]


def test_an_insert_of_what_is_absent_leaves_the_row_with_its_key(database: Database) -> None:
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.execute(insert(place), {"x": 1, "y": 1, "seen": 1})
        connection.execute(dialect.insert_absent(connection, place), [{"x": 1, "y": 1, "seen": 2}, {"x": 1, "y": 2, "seen": 3}])
        assert connection.execute(select(place).order_by(place.c.y)).all() == [(1, 1, 1), (1, 2, 3)]


@pytest.mark.parametrize("statement", [dialect.upsert, dialect.insert_absent])
def test_a_table_of_nothing_but_keys_is_upserted_too(database: Database, statement: Callable[..., Insert]) -> None:
    with database.writing() as connection:
        metadata.create_all(connection)
        for _ in range(2):
            connection.execute(statement(connection, bare), [{"x": 1}, {"x": 2}])
        assert connection.execute(select(bare).order_by(bare.c.x)).scalars().all() == [1, 2]
