"""Where databases differ: which errors pass by themselves, and inserts that meet a row."""

import sqlite3
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from entente_eventkit.storage import dialect
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase, is_transient

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


def postgres_error(state: str) -> DBAPIError:
    return DBAPIError.instance("SELECT", {}, psycopg.errors.lookup(state)("what PostgreSQL says"), psycopg.Error)


@pytest.mark.parametrize(
    "state", ["08006", "25006", "25P03", "28P01", "40001", "40P01", "53100", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "58030"]
)
def test_what_the_server_or_another_transaction_is_to_blame_for_passes(state: str) -> None:
    assert is_transient(postgres_error(state))


@pytest.mark.parametrize("state", ["21000", "22001", "22003", "22021", "23505", "23514", "42P01", "42501", "54000", "XX001"])
def test_what_was_written_is_to_blame_for_does_not_pass(state: str) -> None:
    assert not is_transient(postgres_error(state))


def test_a_connection_that_was_never_made_passes_and_a_nul_character_does_not() -> None:
    with pytest.raises(DBAPIError) as refused:
        Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    assert is_transient(refused.value)
    nul = psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    assert not is_transient(DBAPIError.instance("INSERT", {}, nul, psycopg.Error))


def test_another_driver_is_refused() -> None:
    with pytest.raises(UnusableDatabase, match=r"the driver psycopg2 is not supported; give postgresql\+psycopg://"):
        Database("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")


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
        dialect.upsert(connection, place, [{"x": 1, "y": 1, "seen": 2}, {"x": 1, "y": 2, "seen": 3}])
        assert connection.execute(select(place).order_by(place.c.y)).all() == [(1, 1, 2), (1, 2, 3)]


def test_an_insert_of_what_is_absent_leaves_the_row_with_its_key(database: Database) -> None:
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.execute(insert(place), {"x": 1, "y": 1, "seen": 1})
        assert dialect.insert_absent(connection, place, [{"x": 1, "y": 1, "seen": 2}, {"x": 1, "y": 2, "seen": 3}]) == 1
        assert connection.execute(select(place).order_by(place.c.y)).all() == [(1, 1, 1), (1, 2, 3)]


@pytest.mark.parametrize("put", [dialect.upsert, dialect.insert_absent])
def test_a_table_of_nothing_but_keys_is_upserted_too(database: Database, put: Callable[..., int | None]) -> None:
    with database.writing() as connection:
        metadata.create_all(connection)
        for _ in range(2):
            put(connection, bare, [{"x": 1}, {"x": 2}])
        assert connection.execute(select(bare).order_by(bare.c.x)).scalars().all() == [1, 2]


def test_what_follows_the_loss_of_a_connection_in_its_transaction_passes_by_itself_too(database: Database) -> None:
    def lost() -> None:
        with database.writing() as connection:
            connection.invalidate()
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(PendingRollbackError) as error:
        lost()
    assert is_transient(error.value)
