"""An intake on a broker: decided, answered, counted; what strangers write ends neither it nor what it is part of."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from sqlalchemy import select

from entente_contracts.topics import GATEWAY, Exchange
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.receiving.declare import Intake, Reply
from entente_eventkit.receiving.receiver import Receiver
from entente_eventkit.storage.tables import checkpoint, unreadable
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on, read_all, write_raw
from entente_testkit.brokers.stores import BECAUSE, arrival, new_store, open_database
from entente_testkit.brokers.waiting import until

LETTERS = Exchange("letters", "gateway", "What strangers write", partitions=2)
ANSWERS = Exchange("answers", "gateway", "What they are told", partitions=1)


def begin():
    """Writes down each letter, and answers those that have a key; `bomb` cannot be decided."""

    def examine(received, at):
        def decide(acting):
            replies = []
            for one in received:
                if one.record.value == b"bomb":
                    raise ValueError("nobody can read this")
                text = (one.record.value or b"").decode()
                acting.head.append(GATEWAY, "letters", [arrival(text)], BECAUSE)
                if one.record.key is not None:
                    replies.append(Reply(ANSWERS, one.record.key, {"of": str(one.record.offset)}, text.encode()))
            return replies

        return decide

    return examine


intake = Intake("letters", LETTERS, "letters-of-tests", begin)


class Dies(BaseException):
    """The process ends here."""


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    with MockCluster() as cluster:
        cluster.create_topic(LETTERS.name, 2)
        cluster.create_topic(ANSWERS.name, 1)
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


def receiver(log: KafkaLog, store: EventStore, **more) -> Receiver:
    return Receiver(intake, log, store.database, store, store.clock, lambda: None, **more)


@asynccontextmanager
async def running(one: Receiver) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def letters(store: EventStore) -> list[str]:
    with store.database.reading() as connection:
        return [json.loads(stored.body)["detail"] for stored in store.after(connection, 0, 1_000)]


def rows(store: EventStore, table):
    with store.database.reading() as connection:
        return connection.execute(select(table)).mappings().all()


def places(store: EventStore) -> dict[int, int]:
    return {row["partition"]: row["next"] for row in rows(store, checkpoint)}


async def answers(cluster: MockCluster) -> list[bytes | None]:
    return [record.value for record in (await read_all(cluster.bootstrap, ANSWERS.name, 1))[0]]


async def test_what_was_written_is_decided_answered_and_counted(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"one"), (None, [], b"two"))
    await write_raw(cluster.bootstrap, LETTERS.name, 1, (b"k", [], b"three"))
    one = receiver(kafka, store)
    assert [(lag.instance, lag.topic, lag.events) for lag in await one.lag()] == [("letters", "letters", 3)]
    async with running(one):
        await until(lambda: places(store) == {0: 2, 1: 1})
    assert sorted(letters(store)) == ["one", "three", "two"]
    assert sorted(await answers(cluster)) == [b"one", b"three"]
    assert [lag.events for lag in await one.lag()] == [0]


@pytest.mark.parametrize("step", ["decided", "replied"])
async def test_a_process_that_dies_before_its_place_moved_decides_and_answers_again(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, step: str
) -> None:
    await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"one"))

    def dies(at: str) -> None:
        if at == step:
            raise Dies

    first = receiver(kafka, store, at=dies)
    with pytest.raises(Dies):
        await first._deliver(await batch_of(cluster))
    assert (letters(store), places(store)) == (["one"], {})
    async with running(receiver(kafka, store)):
        await until(lambda: places(store) == {0: 1})
    assert letters(store) == ["one", "one"]
    assert await answers(cluster) == [b"one"] * (1 if step == "decided" else 2)


async def batch_of(cluster: MockCluster):
    from entente_eventkit.log.port import Batch  # noqa: PLC0415 - only here

    records = (await read_all(cluster.bootstrap, LETTERS.name, 2))[0]
    return Batch(LETTERS.name, "fixed", 0, 0, len(records), records)


async def test_a_record_that_nobody_can_decide_is_set_aside_and_holds_up_no_other(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"one"), (b"k", [("h", b"\xff")], b"bomb"), (b"k", [], b"two"))
    async with running(receiver(kafka, store)):
        await until(lambda: places(store) == {0: 3})
    assert letters(store) == ["one", "two"]
    (aside,) = rows(store, unreadable)
    assert (aside["topic"], aside["partition"], aside["offset"], aside["body"]) == ("letters", 0, 1, b"bomb")
    assert aside["cause"] == "ValueError: nobody can read this"


class NotUtf8(str):
    """The name of a header as only a client of one's own would write it."""

    __slots__ = ()

    def encode(self, *_):
        return b"\xff\xfe"


async def write_unreadable(cluster: MockCluster, partition: int) -> None:
    """A batch of three records, the second of which has a header whose name is not UTF-8."""
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all") as producer:
        await producer.client._wait_on_metadata(LETTERS.name)
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(
            magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1, batch_size=16384
        )
        batch.append(key=b"k", value=b"before", timestamp=None)
        batch.append(key=b"k", value=b"odd", timestamp=None, headers=[(NotUtf8("x"), b"v")])
        batch.append(key=b"k", value=b"behind", timestamp=None)
        await (await producer.send_batch(batch, LETTERS.name, partition=partition))


async def test_a_header_whose_name_is_not_utf8_is_passed_over_and_the_rest_flows(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"one"))
    await write_unreadable(cluster, 0)
    await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"two"))
    async with running(receiver(kafka, store)) as task:
        await until(lambda: places(store).get(0) == 5)
        await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"three"))
        await until(lambda: places(store).get(0) == 6)
        assert not task.done()
    assert letters(store) == ["one", "before", "two", "three"]
    (aside,) = rows(store, unreadable)
    assert (aside["offset"], aside["cause"]) == (2, "it cannot be read, so that it was passed over with what came behind it in its batch")


async def test_an_exchange_that_was_made_anew_is_read_from_its_begin(cluster: MockCluster, kafka: KafkaLog, store: EventStore) -> None:
    await write_raw(cluster.bootstrap, LETTERS.name, 0, *[(b"k", [], b"old")] * 3)
    async with running(receiver(kafka, store)):
        await until(lambda: places(store).get(0) == 3)
    with MockCluster() as anew:
        anew.create_topic(LETTERS.name, 2)
        anew.create_topic(ANSWERS.name, 1)
        await write_raw(anew.bootstrap, LETTERS.name, 0, (b"k", [], b"new"))
        log = kafka_on(anew, metadata_refresh=0.5)
        try:
            async with running(receiver(log, store)):
                await until(lambda: places(store).get(0) == 1)
        finally:
            await log.stop()
    assert letters(store) == ["old", "old", "old", "new"]


async def test_a_reply_topic_that_is_not_there_is_made(store: EventStore) -> None:
    with MockCluster() as cluster:
        cluster.create_topic(LETTERS.name, 2)
        log = kafka_on(cluster, metadata_refresh=0.5)
        try:
            await write_raw(cluster.bootstrap, LETTERS.name, 0, (b"k", [], b"one"))
            async with running(receiver(log, store)):
                await until(lambda: places(store).get(0) == 1)
            assert await answers(cluster) == [b"one"]
        finally:
            await log.stop()
