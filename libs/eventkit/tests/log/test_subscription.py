import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from entente_eventkit.log import subscription as module
from entente_eventkit.log.access import Access
from entente_eventkit.log.framework import framework_broker
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import Batch
from entente_eventkit.log.subscription import Reading, Subscription
from entente_testkit.brokers.raw import write_raw
from entente_testkit.brokers.waiting import until

NAME = "entente.gateway.g1"
ONE = TopicPartition(NAME, 0)


class From:
    """A reader that stands at one offset everywhere."""

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset

    async def next(self, topic: str, generation: str, partition: int) -> int:  # noqa: ARG002 - the port's signature
        return self.offset


class Delivered:
    """Keeps what was delivered; holds each batch while it is `closed`."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, batch: Batch) -> None:
        self.batches.append(batch)
        await self.open.wait()

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for batch in self.batches for record in batch.records]


@pytest.fixture
def delivered() -> Delivered:
    return Delivered()


@pytest.fixture
async def read(cluster: MockCluster, delivered: Delivered) -> AsyncIterator[Callable[..., Awaitable[Subscription]]]:
    cluster.create_topic(NAME, 1)
    started: list[Subscription] = []

    async def start(reading: Reading, offset: int = 0) -> Subscription:
        broker = framework_broker(Access.to(cluster.bootstrap), only_reads=True, metadata_refresh=0.3)
        started.append(Subscription(broker, reading, From(offset), delivered, lambda _: None))
        await started[-1].start()
        return started[-1]

    yield start
    delivered.open.set()
    for subscription in started:
        await subscription.stop()


ASSIGNED = Reading(partitions=[(NAME, 0)])
GROUP = Reading(group="g", pattern=r"^entente\.gateway\.g\d+$", session_timeout=1, hints_every=0.05)


async def write(cluster: MockCluster, *values: str) -> None:
    await write_raw(cluster.bootstrap, NAME, 0, *[(None, [], value.encode()) for value in values])


@pytest.mark.parametrize("reading", [ASSIGNED, GROUP], ids=["assigned", "group"])
async def test_reading_begins_where_the_reader_stands(cluster: MockCluster, read, delivered: Delivered, reading: Reading) -> None:
    await write(cluster, *"abcde")
    await read(reading, 3)
    await until(lambda: delivered.values == [b"d", b"e"])
    assert (delivered.batches[0].topic, delivered.batches[0].generation, delivered.batches[0].begin) == ("entente.gateway", "1", 3)


async def test_what_comes_too_early_is_fetched_again_from_where_it_is_wanted(cluster: MockCluster, read, delivered: Delivered) -> None:
    await write(cluster, *"abc")
    subscription = await read(ASSIGNED)
    await until(lambda: len(delivered.values) == 3)
    subscription.next[ONE] = 1
    await write(cluster, "d")
    await until(lambda: delivered.values == [b"a", b"b", b"c", b"b", b"c", b"d"])


async def test_where_the_log_forgets_a_hole_shows_in_the_next_batch(cluster: MockCluster, read, delivered: Delivered) -> None:
    await write(cluster, *"abc")
    subscription = await read(Reading(partitions=[(NAME, 0)], forgets=True))
    await until(lambda: len(delivered.values) == 3)
    subscription.next[ONE] = 1
    await write(cluster, "d")
    await until(lambda: delivered.values == [b"a", b"b", b"c", b"d"])
    assert delivered.batches[-1].begin == 3


async def test_a_position_beyond_the_log_stops_the_partition(cluster: MockCluster, read, delivered: Delivered) -> None:
    await write(cluster, "a")
    subscription = await read(ASSIGNED, 5)
    await until(lambda: subscription.broken == {ONE: 5})
    await write(cluster, "b")
    await asyncio.sleep(0.1)
    assert delivered.batches == []


async def test_a_revocation_waits_for_the_batch_in_hand_and_what_follows_is_dropped(
    cluster: MockCluster, read, delivered: Delivered, monkeypatch
) -> None:
    monkeypatch.setattr(module, "DRAIN", 0.1)
    subscription = await read(GROUP)
    delivered.open.clear()
    await write(cluster, "a")
    await until(lambda: delivered.batches)
    await subscription.on_partitions_revoked({ONE})
    delivered.open.set()
    await asyncio.sleep(0.05)
    assert subscription.next == {}
    await write(cluster, "b")
    await asyncio.sleep(0.2)
    assert delivered.values == [b"a"]
    await subscription.on_partitions_assigned(set())
    await subscription.on_partitions_assigned({ONE})
    await until(lambda: delivered.values == [b"a", b"a", b"b"])


async def test_where_the_reader_stands_is_told_to_kafka_as_a_hint(cluster: MockCluster, read, delivered: Delivered) -> None:
    await write(cluster, *"abc")
    await read(GROUP)
    await until(lambda: len(delivered.values) == 3)
    async with AIOKafkaConsumer(bootstrap_servers=cluster.bootstrap, group_id="g", enable_auto_commit=False) as other:
        await until(lambda: committed(other))


async def committed(consumer: AIOKafkaConsumer) -> bool:
    return await consumer.committed(ONE) == 3


async def test_a_stopped_subscription_takes_no_assignment(cluster: MockCluster, read) -> None:
    subscription = await read(ASSIGNED)
    await subscription.stop()
    await subscription.on_partitions_assigned({ONE})
    assert subscription.next == {}


async def test_an_assignment_that_comes_while_a_subscription_ends_begins_nothing(read, monkeypatch):
    subscription = await read(GROUP)
    await until(lambda: ONE in subscription.next)
    stop = subscription._broker.stop

    async def assigned_meanwhile() -> None:
        await subscription.on_partitions_assigned({ONE})
        await stop()

    monkeypatch.setattr(subscription._broker, "stop", assigned_meanwhile)
    await subscription.stop()
    assert subscription._tasks == set()
