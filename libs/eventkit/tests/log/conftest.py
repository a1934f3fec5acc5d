from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from entente_eventkit.clock import SystemClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import new_store, open_database


@pytest.fixture(autouse=True)
def _waits_shortly_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entente_eventkit.log.relay.OPENS_WITHIN", 0.3)


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with MockCluster() as cluster:
        yield cluster


@pytest.fixture
async def kafka(cluster: MockCluster) -> AsyncIterator[KafkaLog]:
    log = kafka_on(cluster, metadata_refresh=0.5)
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
async def embedded() -> AsyncIterator[EmbeddedLog]:
    log = EmbeddedLog()
    await log.start()
    yield log
    await log.stop()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path, "gateway")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> EventStore:
    return new_store(database, SystemClock())
