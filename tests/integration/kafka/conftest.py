"""Apache Kafka, for real: one node for most tests, three where copies matter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from entente_backing.kafka import NativeCluster
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.store.store import EventStore
from entente_platform.app import SERVICES
from entente_testkit.brokers.party import MakeParty, parties
from entente_testkit.brokers.stores import new_store, open_database
from entente_testkit.columns.real import empty
from entente_testkit.servers.kafka import native_kafka


@pytest.fixture(scope="session")
def one_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """One node that all tests share and nobody stops."""
    with native_kafka(tmp_path_factory.mktemp("one-node")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def secure_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """One secured node that knows every service and two foreign sources."""
    with native_kafka(tmp_path_factory.mktemp("secure-node"), secure=True) as cluster:
        cluster.provision({service.name: service.reads for service in SERVICES})
        for source in ("ucdp", "other"):
            cluster.invite(source)
        yield cluster


@pytest.fixture(scope="module")
def three_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """Three nodes; who stops one starts it again."""
    with native_kafka(tmp_path_factory.mktemp("three-nodes"), 3) as cluster:
        yield cluster


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    database = open_database(tmp_path, "gateway")
    yield new_store(database, SystemClock())
    database.close()


@pytest.fixture
async def kafka(one_node: NativeCluster) -> AsyncIterator[KafkaLog]:
    """The node that all tests share, as the platform knows it; without topics at the end."""
    log = KafkaLog(one_node.bootstrap, replicas=1, metadata_refresh=0.5)
    await log.start()
    yield log
    await log.stop()
    await empty(one_node.bootstrap)


@pytest.fixture
async def make_party(tmp_path: Path) -> AsyncIterator[MakeParty]:
    async with parties(tmp_path) as make:
        yield make


StartRelays = Callable[..., Awaitable[list[Relay]]]


@pytest.fixture
async def relays() -> AsyncIterator[StartRelays]:
    """Prepares and runs the relays of a store; they probe the log often."""
    running: list[asyncio.Task[None]] = []

    async def start(log: KafkaLog, store: EventStore) -> list[Relay]:
        made = [Relay(log, store.database, store, topic, poll=0.05, probe_every=0.5) for topic in (GATEWAY, OBSERVATIONS)]
        for relay in made:
            await relay.prepare()
            running.append(asyncio.create_task(relay.run()))
        return made

    yield start
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
