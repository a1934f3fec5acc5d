"""What a killed process leaves behind."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.one_writer import AlreadyInUse
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventStore

CHILD = Path(__file__).with_name("dies_midway.py")


@contextmanager
def process_standing(at: str, url: str) -> Iterator[None]:
    """A process that has come to the point `at` and waits there; killed at the end of the block."""
    command = [sys.executable, str(CHILD), url, at]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == f"{at}\n"
            yield
        finally:
            child.kill()


@pytest.fixture
def url(database: Database) -> str:
    database.close()
    return database.url


def test_law_1_what_was_acknowledged_is_there_after_the_process_was_killed(url: str, clock: SetClock) -> None:
    with process_standing("acknowledged", url):
        pass
    database = Database(url)
    store = EventStore(database, clock, "gateway")
    with database.writing() as connection, store.head(connection) as head:
        assert [event.data for event in head.stream(OBSERVATIONS, "s")] == [
            ObservationRetracted(observation="o1", country="SDN", because="x")
        ]
        assert head.answer("client", "k1") is not None
        assert verify_chain(connection) is None
    database.close()


def test_law_1_what_was_not_committed_leaves_nothing_and_no_hole(url: str, clock: SetClock, because: Because) -> None:
    with process_standing("uncommitted", url):
        pass
    database = Database(url)
    store = EventStore(database, clock, "gateway")
    with database.writing() as connection, store.head(connection) as head:
        assert head.position == 0
        assert head.answer("client", "k1") is None
        head.append(OBSERVATIONS, "s", [ObservationRetracted(observation="o2", country="SDN", because="x")], because)
    with database.reading() as connection:
        assert [(row.position, row.version) for row in store.after(connection, 0, 9)] == [(1, 1)]
        assert verify_chain(connection) is None
    database.close()


def test_a_file_that_another_process_writes_is_refused_until_that_one_is_gone(url: str) -> None:
    database = Database(url)
    with process_standing("acknowledged", url):
        with pytest.raises(AlreadyInUse, match="stop that one first"), database.writing():
            pass
        with database.reading() as connection:
            assert connection.exec_driver_sql("SELECT position FROM head").scalar_one() == 1
    with database.writing():
        pass
    database.close()
