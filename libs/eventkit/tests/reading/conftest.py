"""A projection that writes down which versions it applied, in which order: nothing lost, nothing twice, nothing early."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from entente_contracts.topics import GATEWAY, OBSERVATIONS, Topic
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.relay import Relay
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.party import MakeParty, parties, poisoned
from entente_testkit.brokers.stores import new_store, open_database


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entente_eventkit.reading.reader.WATCH_EVERY", 0.1)


@pytest.fixture(autouse=True)
def _poison() -> Iterator[None]:
    poisoned.bad = True
    yield
    poisoned.bad = True


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path, "gateway")
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> EventStore:
    return new_store(database, SystemClock())


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with MockCluster() as cluster:
        yield cluster


@pytest.fixture
async def embedded(store: EventStore) -> AsyncIterator[EmbeddedLog]:
    log = EmbeddedLog()
    await log.start()
    log.stores |= {GATEWAY.name: store, OBSERVATIONS.name: store}
    yield log
    await log.stop()


@pytest.fixture
async def make_party(tmp_path: Path) -> AsyncIterator[MakeParty]:
    """Makes a reading service on a log; the same name again is the same database."""
    async with parties(tmp_path) as make:
        yield make


@pytest.fixture
async def relays() -> AsyncIterator[Callable[..., Awaitable[list[Relay]]]]:
    """Prepares and runs a relay for each of a store's topics."""
    running: list[asyncio.Task[None]] = []

    async def start(log: EmbeddedLog | KafkaLog, store: EventStore, *topics: Topic) -> list[Relay]:
        made = [Relay(log, store.database, store, topic, poll=0.02) for topic in topics or (GATEWAY, OBSERVATIONS)]
        for relay in made:
            await relay.prepare()
            running.append(asyncio.create_task(relay.run()))
        return made

    yield start
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
