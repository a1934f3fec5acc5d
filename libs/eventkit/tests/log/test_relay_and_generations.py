import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError

from entente_contracts.topics import GATEWAY, OBSERVATIONS, Topic
from entente_eventkit.clock import SystemClock
from entente_eventkit.log import generations
from entente_eventkit.log.access import Refused
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.generations import Generation
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import GENESIS_TYPE
from entente_eventkit.log.probe import StoreBehindLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on, read_all, write_outgoing, write_raw
from entente_testkit.brokers.stores import append, new_store, open_database
from entente_testkit.brokers.waiting import until

PRODUCE = 0
MESSAGE_TOO_LARGE = 10
TOPIC_AUTHORIZATION_FAILED = 29


class Crash(Exception):
    """The process dies here."""


class Interrupted:
    """A log on which the relay dies at a step of its bump: the call is made or not, and then nothing follows."""

    def __init__(self, log: KafkaLog, step: str, *, after: bool) -> None:
        self._log, self._step, self._after = log, step, after

    def __getattr__(self, name: str) -> object:
        real = getattr(self._log, name)
        if name != self._step:
            return real

        async def die(*args: object) -> None:
            if self._after:
                await real(*args)
            raise Crash

        return die


async def published(cluster: MockCluster, generation: int, topic: Topic = GATEWAY) -> list[tuple[str, int]]:
    """Stream and version of every event in a generation, in the order of each partition."""
    found = await read_all(cluster.bootstrap, topic.of_generation(generation), topic.partitions)
    return [place(record) for records in found.values() for record in records if kind(record) != GENESIS_TYPE]


def place(record: ConsumerRecord) -> tuple[str, int]:
    headers = dict(record.headers)
    return headers["ce_subject"].decode(), int(headers["ce_sequence"])


def kind(record: ConsumerRecord) -> str:
    return dict(record.headers)["ce_type"].decode()


async def drain(relay: Relay) -> int:
    """Publishes until nothing is left; gives how many events were acknowledged."""
    total = 0
    while (count := await relay.publish()) > 0:
        total += count
    return total


async def at(database: Database, topic: Topic = GATEWAY) -> Generation:
    found = await database.read(generations.current, topic)
    assert found is not None
    return found


async def test_events_are_published_in_order_with_their_place_and_hash(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    await append(store, "a", "b", "a", "c", "a")
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 5
    records = [record for some in (await read_all(cluster.bootstrap, "entente.gateway.g1", 3)).values() for record in some]
    assert sorted(map(place, (record for record in records if kind(record) != GENESIS_TYPE))) == [
        ("a", 1), ("a", 2), ("a", 3), ("b", 1), ("c", 1),
    ]  # fmt: skip
    for stored in await store.database.read(store.after, 0, 10):
        (record,) = [each for each in records if dict(each.headers)["ce_id"].decode() == stored.id]
        headers = dict(record.headers)
        assert record.value == stored.body
        assert record.key == stored.stream.encode()
        assert headers["ce_position"] == str(stored.position).encode()
        assert headers["ce_chainhash"] == stored.hash.hex().encode()
        assert headers["content-type"] == b"application/json"
        assert "correlation_id" not in headers


async def test_only_the_events_of_its_topic_are_published(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    await append(store, "a")
    await append(store, "a", topic=OBSERVATIONS)
    await append(store, "b")
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 2
    assert sorted(await published(cluster, 1)) == [("a", 1), ("b", 1)]


async def test_every_partition_begins_with_its_genesis(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    await Relay(kafka, store.database, store, GATEWAY).prepare()
    found = await read_all(cluster.bootstrap, "entente.gateway.g1", 3)
    assert {partition: [kind(record) for record in records] for partition, records in found.items()} == {
        partition: [GENESIS_TYPE] for partition in range(3)
    }
    assert (await at(store.database)).ends == {0: 0, 1: 0, 2: 0}


async def test_law_1_what_was_appended_while_the_broker_was_down_is_published_afterwards(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    await append(store, "a")
    await drain(relay)
    running = asyncio.create_task(relay.run())
    cluster.broker_down()
    await append(store, "a", "b")
    relay.wake()
    await asyncio.sleep(0)
    cluster.broker_up()
    await until(lambda: published_up_to(store.database, 3))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert {("a", 1), ("a", 2), ("b", 1)} == set(await published(cluster, 1))


async def test_law_1_a_relay_that_dies_between_sending_and_saving_sends_again(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await append(store, "a", "a")
    await Relay(kafka, store.database, store, GATEWAY).prepare()
    with pytest.raises(Crash):
        await Relay(Interrupted(kafka, "send", after=True), store.database, store, GATEWAY).publish()
    assert (await at(store.database)).cursor == 0
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 2
    assert await published(cluster, 1) == [("a", 1), ("a", 2), ("a", 1), ("a", 2)]


async def test_protocol_6_a_late_relay_saves_its_cursor_after_a_bump_and_the_new_log_is_complete(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await append(store, "a", "b")
    await Relay(kafka, store.database, store, GATEWAY).prepare()
    sent, go_on = asyncio.Event(), asyncio.Event()

    class Held(Interrupted):
        def __getattr__(self, name: str) -> object:
            real = getattr(self._log, name)

            async def send(*args: object) -> object:
                ends = await real(*args)
                sent.set()
                await go_on.wait()
                return ends

            return send if name == "send" else real

    late = asyncio.create_task(Relay(Held(kafka, "", after=True), store.database, store, GATEWAY).publish())
    await sent.wait()
    other = Relay(kafka, store.database, store, GATEWAY)
    await other.bump()
    go_on.set()
    assert await late == 0
    now = await at(store.database)
    assert (now.number, now.cursor) == (2, 0)
    assert await drain(other) == 2
    assert sorted(await published(cluster, 2)) == [("a", 1), ("b", 1)]


@pytest.mark.parametrize("written_since", [0, 1, 5])
async def test_protocol_7_a_topic_emptied_under_its_name_is_followed_by_the_next_generation(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, written_since: int
) -> None:
    await append(store, "a", "b", "c", "a")
    await drain(Relay(kafka, store.database, store, GATEWAY))
    with MockCluster() as emptied:
        emptied.create_topic("entente.gateway.g1", GATEWAY.partitions)
        for partition in range(GATEWAY.partitions):
            await write_raw(emptied.bootstrap, "entente.gateway.g1", partition, *[(b"k", [("ce_type", b"x")], b"{}")] * written_since)
        log = kafka_on(emptied)
        try:
            assert await drain(Relay(log, store.database, store, GATEWAY)) == 4
            assert (await at(store.database)).number == 2
            assert sorted(await published(emptied, 2)) == [("a", 1), ("a", 2), ("b", 1), ("c", 1)]
        finally:
            await log.stop()


async def test_protocol_7_a_topic_that_lost_its_end_is_followed_by_the_next_generation(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await append(store, "a", "a", "a")
    await drain(Relay(kafka, store.database, store, GATEWAY))
    with MockCluster() as cut:
        cut.create_topic("entente.gateway.g1", GATEWAY.partitions)
        await write_outgoing(cut.bootstrap, "entente.gateway.g1", *genesis(GATEWAY, 1, GATEWAY.partitions))
        log = kafka_on(cut)
        try:
            assert await drain(Relay(log, store.database, store, GATEWAY)) == 3
            assert (await at(store.database)).number == 2
        finally:
            await log.stop()


async def test_protocol_7_another_number_of_partitions_begins_the_next_generation(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    fewer = Topic(GATEWAY.name, GATEWAY.owner, GATEWAY.about, partitions=2)
    await append(store, "a", "b")
    await drain(Relay(kafka, store.database, store, fewer))
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 2
    now = await at(store.database)
    assert (now.number, now.partitions) == (2, 3)


@pytest.mark.parametrize(("step", "after"), [("create", False), ("create", True), ("send", False), ("send", True)])
async def test_protocol_8_a_generation_whose_maker_died_is_followed_by_the_next_and_never_completed(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, step: str, *, after: bool
) -> None:
    await append(store, "a", "b")
    with pytest.raises(Crash):
        await Relay(Interrupted(kafka, step, after=after), store.database, store, GATEWAY).publish()
    assert not (await at(store.database)).open
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 2
    assert (await at(store.database)).number == 2
    found = await read_all(cluster.bootstrap, "entente.gateway.g2", 3)
    assert all([kind(record) == GENESIS_TYPE for record in records][:2] in ([True], [True, False]) for records in found.values())
    assert sorted(await published(cluster, 2)) == [("a", 1), ("b", 1)]


async def test_protocol_8_two_relays_begin_a_generation_at_once_and_one_of_them_completes_it(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    await append(store, *[f"s{number}" for number in range(20)])
    relays = [Relay(kafka, store.database, store, GATEWAY, poll=0.01) for _ in range(2)]
    running = [asyncio.create_task(relay.run()) for relay in relays]
    await until(lambda: published_up_to(store.database, 20))
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    now = await at(store.database)
    found = await read_all(cluster.bootstrap, now.name, 3)
    assert all([kind(record) for record in records].count(GENESIS_TYPE) == 1 for records in found.values())
    assert all(kind(records[0]) == GENESIS_TYPE for records in found.values())
    assert set(await published(cluster, now.number)) == {(f"s{number}", 1) for number in range(20)}


async def test_a_bump_that_another_relay_made_first_is_left_to_it(kafka: KafkaLog, store: EventStore) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    await relay.prepare()
    seen = await at(store.database)
    await Relay(kafka, store.database, store, GATEWAY).bump()
    assert not await store.database.write(generations.begin, GATEWAY, seen.number, 0)
    assert not await store.database.write(generations.open_, GATEWAY, seen.number, {})
    assert (await at(store.database)).number == 2


@pytest.fixture
async def restored(kafka: KafkaLog, store: EventStore, tmp_path: Path) -> AsyncIterator[EventStore]:
    """A store as it was after two events, while the log has three of them."""
    await append(store, "a", "a")
    await drain(Relay(kafka, store.database, store, GATEWAY))
    backup = tmp_path / "backup"
    backup.mkdir()
    with closing(sqlite3.connect(tmp_path / "gateway.sqlite")) as original, closing(sqlite3.connect(backup / "gateway.sqlite")) as copy:
        original.backup(copy)
    await append(store, "a")
    await drain(Relay(kafka, store.database, store, GATEWAY))
    database = open_database(backup, "gateway")
    yield new_store(database, SystemClock())
    database.close()


async def test_protocol_9_a_store_restored_to_before_its_last_publication_refuses_to_start(kafka: KafkaLog, restored: EventStore) -> None:
    with pytest.raises(
        StoreBehindLog, match=r"ends with the event of position 3, but the store ends at position 2.*Restore a later backup"
    ):
        await Relay(kafka, restored.database, restored, GATEWAY).prepare()


async def test_protocol_9_a_restored_store_that_went_on_differently_refuses_to_start(kafka: KafkaLog, restored: EventStore) -> None:
    await append(restored, "a")
    relay = Relay(kafka, restored.database, restored, GATEWAY)
    with pytest.raises(StoreBehindLog, match="holds another event at position 3"):
        await relay.run()


async def test_protocol_9_a_store_older_than_the_logs_generation_refuses_to_start(
    kafka: KafkaLog, restored: EventStore, store: EventStore
) -> None:
    await Relay(kafka, store.database, store, GATEWAY).bump()
    with pytest.raises(StoreBehindLog, match="the log is at generation 2, but the store of gateway knows of 1"):
        await Relay(kafka, restored.database, restored, GATEWAY).prepare()


async def test_protocol_9_an_empty_store_before_a_log_that_is_there_refuses_to_start(
    kafka: KafkaLog, store: EventStore, tmp_path: Path
) -> None:
    await Relay(kafka, store.database, store, GATEWAY).prepare()
    database = open_database(tmp_path, "empty")
    empty = new_store(database, SystemClock())
    try:
        with pytest.raises(StoreBehindLog, match="knows of none"):
            await Relay(kafka, database, empty, GATEWAY).prepare()
    finally:
        database.close()


async def test_protocol_9_what_others_wrote_at_the_end_is_passed_over(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    await append(store, "a", "b", "c", "d")
    await drain(Relay(kafka, store.database, store, GATEWAY))
    for partition in range(3):
        await write_raw(cluster.bootstrap, "entente.gateway.g1", partition, (None, [("ce_type", None)], b"junk"))
    await append(store, "a")
    assert await drain(Relay(kafka, store.database, store, GATEWAY)) == 1
    assert (await at(store.database)).number == 1


async def test_a_failed_sending_saves_nothing_and_is_repeated(kafka: KafkaLog, cluster: MockCluster, store: EventStore) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    await relay.prepare()
    await append(store, *"abcdefgh")
    cluster.fail_requests(PRODUCE, [MESSAGE_TOO_LARGE])
    with pytest.raises(KafkaError):
        await relay.publish()
    assert (await at(store.database)).cursor == 0
    assert await drain(relay) == 8
    assert set(await published(cluster, 1)) == {(stream, 1) for stream in "abcdefgh"}


async def test_a_log_that_forbids_writing_lets_no_service_start_and_says_whose_rights_are_missing(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    cluster.fail_requests(PRODUCE, [TOPIC_AUTHORIZATION_FAILED] * 10)
    with pytest.raises(Refused, match=r"a client without credentials the rights on the topics entente\.gateway\.g1\. Run as"):
        await relay.prepare()


async def test_a_log_that_forbids_writing_later_is_told_until_it_lets_the_relay_again(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore
) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    await relay.prepare()
    await append(store, "a")
    cluster.fail_requests(PRODUCE, [TOPIC_AUTHORIZATION_FAILED])
    running = asyncio.create_task(relay.run())
    try:
        told = await until(lambda: relay.refused)
        assert told.startswith("entente.gateway is not published: the brokers at")
        await until(lambda: relay.refused is None)
        assert await published(cluster, 1) == [("a", 1)]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_embedded_log_begins_a_generation_at_each_start_and_carries_only_what_comes(
    database: Database, store: EventStore
) -> None:
    for start in (1, 2):
        log = EmbeddedLog()
        await log.start()
        try:
            await append(store, "old")
            relay = Relay(log, database, store, GATEWAY)
            await relay.prepare()
            assert (await at(database)).number == start
            await append(store, "new")
            assert await drain(relay) == 1
            assert log.cluster is not None
            assert await published(log.cluster, start) == [("new", start)]
        finally:
            await log.stop()


async def test_a_relay_is_woken_by_an_append(embedded: EmbeddedLog, store: EventStore) -> None:
    relay = Relay(embedded, store.database, store, GATEWAY, poll=3600)
    relay.wake()
    await relay.prepare()
    running = asyncio.create_task(relay.run())
    await asyncio.sleep(0)
    await append(store, "a")
    await asyncio.to_thread(relay.wake)
    await until(lambda: published_up_to(store.database, 1))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_preparing_waits_for_a_broker_that_is_away(cluster: MockCluster, kafka: KafkaLog, store: EventStore) -> None:
    cluster.broker_down()
    preparing = asyncio.create_task(Relay(kafka, store.database, store, GATEWAY).prepare())
    await asyncio.sleep(0.1)
    assert not preparing.done()
    cluster.broker_up()
    await preparing
    assert (await at(store.database)).open


async def published_up_to(database: Database, position: int) -> bool:
    found = await database.read(generations.current, GATEWAY)
    return found is not None and found.open and found.cursor >= position
