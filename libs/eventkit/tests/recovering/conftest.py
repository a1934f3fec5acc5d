"""A store, its log on a mock cluster, and backups of the store: copies of its file as it was at some moment."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import new_store, open_database

Restore = Callable[[str], EventStore]


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with MockCluster() as cluster:
        yield cluster


@pytest.fixture
async def kafka(cluster: MockCluster) -> AsyncIterator[KafkaLog]:
    log = kafka_on(cluster, metadata_refresh=0.5)
    yield log
    await log.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    database = open_database(tmp_path, "gateway")
    yield new_store(database, SystemClock())
    database.close()


@pytest.fixture
def backup(tmp_path: Path) -> Callable[..., None]:
    """Copies the store's file as it is now, or that of another backup, under a name."""

    def copy(name: str, of: str = "") -> None:
        folder = tmp_path / name
        folder.mkdir()
        with closing(sqlite3.connect(tmp_path / of / "gateway.sqlite")) as now, closing(sqlite3.connect(folder / "gateway.sqlite")) as then:
            now.backup(then)

    return copy


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restore]:
    """The store as a backup has it, opened."""
    opened: list[Database] = []

    def restore(name: str) -> EventStore:
        opened.append(Database(f"sqlite:///{tmp_path / name / 'gateway.sqlite'}"))
        return new_store(opened[-1], SystemClock())

    yield restore
    for database in opened:
        database.close()
