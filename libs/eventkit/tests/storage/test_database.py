"""Whole transactions: committed or not at all, one writer at a time, shielded from a caller that is cancelled."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import OperationalError

from entente_eventkit.storage import sqlite
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase
from entente_eventkit.storage.one_writer import AlreadyInUse

metadata = MetaData()
number = Table("number", metadata, Column("value", Integer))


def add(connection: Connection, value: int) -> int:
    connection.execute(insert(number), {"value": value})
    return value


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(number)).scalar_one()


@pytest.fixture
def numbers(database: Database) -> Database:
    with database.writing() as connection:
        metadata.create_all(connection)
    return database


def test_a_transaction_that_ends_well_is_there(numbers: Database) -> None:
    with numbers.writing() as connection:
        add(connection, 1)
    with numbers.reading() as connection:
        assert count(connection) == 1


def test_a_transaction_that_raises_leaves_nothing(numbers: Database) -> None:
    with suppress(LookupError), numbers.writing() as connection:
        add(connection, 1)
        raise LookupError
    with numbers.reading() as connection:
        assert count(connection) == 0


def test_a_table_made_in_a_transaction_that_raises_is_not_there(database: Database) -> None:
    with suppress(LookupError), database.writing() as connection:
        metadata.create_all(connection)
        raise LookupError
    with database.reading() as connection, pytest.raises(OperationalError, match="no such table"):
        count(connection)


def test_a_reading_transaction_cannot_write(numbers: Database) -> None:
    with numbers.reading() as connection, pytest.raises(OperationalError, match="readonly"):
        add(connection, 1)


def test_a_connection_that_has_read_may_write_the_next_time(numbers: Database) -> None:
    for value in range(3):
        with numbers.reading() as connection:
            assert count(connection) == value
        with numbers.writing() as connection:
            add(connection, value)


def test_a_reading_transaction_sees_one_moment(numbers: Database) -> None:
    with numbers.reading() as before:
        assert count(before) == 0
        with numbers.writing() as connection:
            add(connection, 1)
        assert count(before) == 0
        with numbers.reading() as after:
            assert count(after) == 1


def test_many_writing_threads_wait_for_each_other(numbers: Database) -> None:
    def increment(_: int) -> None:
        with numbers.writing() as connection:
            add(connection, count(connection))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(increment, range(80)))
    with numbers.reading() as connection:
        assert connection.execute(select(number.c.value).order_by(number.c.value)).scalars().all() == list(range(80))


def test_a_thread_cannot_wait_for_itself(numbers: Database) -> None:
    with numbers.writing(), pytest.raises(RuntimeError, match="use its connection"), numbers.writing():
        pass
    with numbers.writing() as connection:
        add(connection, 1)


def test_a_second_database_on_the_file_may_read_but_not_write(numbers: Database, url: str) -> None:
    second = Database(url)
    with second.reading() as connection:
        assert count(connection) == 0
    with pytest.raises(AlreadyInUse, match=r"service\.sqlite is being written by another process; stop that one"), second.writing():
        pass
    numbers.close()
    with second.writing() as connection:
        add(connection, 1)
    second.close()


async def test_work_runs_in_a_thread_with_the_callers_context(numbers: Database) -> None:
    name = contextvars.ContextVar("name", default="nobody")
    name.set("caller")
    seen: list[tuple[str, bool]] = []

    def look(_: Connection) -> None:
        seen.append((name.get(), threading.current_thread() is threading.main_thread()))

    await numbers.read(look)
    await numbers.write(look)
    assert seen == [("caller", False)] * 2


async def test_what_work_returns_and_raises_comes_back(numbers: Database) -> None:
    assert await numbers.write(add, value=7) == 7
    assert await numbers.read(count) == 1
    with pytest.raises(OperationalError):
        await numbers.read(add, 1)


async def test_a_cancelled_writer_waits_for_the_end_of_its_transaction(numbers: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> None:
        begun.set()
        go_on.wait()
        add(connection, 1)

    caller = asyncio.create_task(numbers.write(slowly))
    await asyncio.to_thread(begun.wait)
    waiting = []
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
        waiting.append(not caller.done())
    go_on.set()
    assert waiting == [True, True, True]
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await numbers.read(count) == 1


async def test_a_cancelled_writer_whose_work_fails_is_cancelled_quietly(numbers: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def fail(_: Connection) -> None:
        begun.set()
        go_on.wait()
        raise LookupError

    caller = asyncio.create_task(numbers.write(fail))
    await asyncio.to_thread(begun.wait)
    caller.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_writer_cancelled_before_its_turn_does_nothing(numbers: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(_: Connection) -> None:
        begun.set()
        go_on.wait()

    first = asyncio.create_task(numbers.write(slowly))
    await asyncio.to_thread(begun.wait)
    second = asyncio.create_task(numbers.write(add, 1))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await numbers.read(count) == 0


def test_protocol_24_the_settings_that_survive_a_power_loss_are_in_force_on_every_connection(numbers: Database) -> None:
    with numbers.writing() as one, numbers.reading() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_protocol_24_a_database_that_is_not_fully_synchronous_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sqlite.PRAGMAS, "synchronous", ("NORMAL", 2))
    with pytest.raises(UnusableDatabase, match="synchronous is 1 and must be 2"):
        Database(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "in memory keeps nothing"),
        ("sqlite:///:memory:", "in memory keeps nothing"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory keeps nothing"),
        ("mysql://localhost/x", "mysql is not supported; give sqlite"),
    ],
)
def test_a_database_that_cannot_keep_anything_is_refused(url: str, message: str) -> None:
    with pytest.raises(UnusableDatabase, match=message):
        Database(url)


def test_a_database_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match=r"there is no folder .*nowhere .* make the folder first"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'a.sqlite'}")


def test_a_lock_file_that_cannot_be_made_leaves_the_turn_to_the_next(numbers: Database, url: str) -> None:
    numbers.close()
    second = Database(url)
    lock = Path(url.removeprefix("sqlite:///") + ".lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(IsADirectoryError), second.writing():
        pass
    lock.rmdir()
    with second.writing() as connection:
        add(connection, 1)
    second.close()
