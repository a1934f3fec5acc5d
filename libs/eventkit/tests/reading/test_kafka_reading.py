"""The Kafka adapter, on librdkafka's mock cluster as the server; a real cluster is tested with the real backends."""

import asyncio

import pytest

from entente_contracts.topics import GATEWAY, OBSERVATIONS, Topic
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.outgoing import outgoing
from entente_eventkit.log.relay import Relay
from entente_eventkit.reading.lag import behind_log
from entente_testkit.brokers.raw import kafka_on, write_outgoing, write_raw
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until


def history(last: int) -> str:
    return " ".join(str(version) for version in range(1, last + 1))


@pytest.fixture
async def kafka(cluster: MockCluster):
    log = kafka_on(cluster, metadata_refresh=0.3, session_timeout=1.0)
    await log.start()
    yield log
    await log.stop()


async def test_a_group_reads_its_topics_by_pattern_and_finds_a_new_generation(kafka, store, make_party, relays) -> None:
    await append(store, "a", "b", "a")
    gateway, _ = await relays(kafka, store)
    party = make_party(kafka)
    party.start()
    await append(store, "c", topic=OBSERVATIONS)
    await party.sees({"a": "1 2", "b": "1", "c": "1"})
    await gateway.bump()
    await append(store, "a", "b")
    await party.sees({"a": "1 2 3", "b": "1 2", "c": "1"})


async def test_protocol_10_versions_that_arrive_as_2_1_2_are_applied_as_1_2(kafka, cluster, store, make_party) -> None:
    """A pipelined send fails and the next succeeds; then the relay sends both again."""
    await append(store, "a", "a", "a")
    await Relay(kafka, store.database, store, GATEWAY).prepare()
    await Relay(kafka, store.database, store, OBSERVATIONS).prepare()
    first, second, third = [outgoing(event, GATEWAY.partitions) for event in await store.database.read(store.after, 0, 3)]
    party = make_party(kafka)
    party.start()
    await write_outgoing(cluster.bootstrap, "entente.gateway.g1", second, first, second, third)
    await party.sees({"a": "1 2 3"})


@pytest.mark.parametrize("spoilt", ["null header", "missing sequence", "no JSON"])
async def test_protocol_14_an_unreadable_record_holds_its_stream_with_an_alarm_and_a_bump_heals_it(
    kafka, cluster, store, make_party, spoilt
) -> None:
    relay = Relay(kafka, store.database, store, GATEWAY)
    await relay.prepare()
    await Relay(kafka, store.database, store, OBSERVATIONS).prepare()
    await append(store, "a", "a", "a", "b")
    sound = [outgoing(event, GATEWAY.partitions) for event in await store.database.read(store.after, 0, 4)]
    headers: list[tuple[str, bytes | None]] = [(name, text.encode()) for name, text in sound[1].headers.items()]
    value = sound[1].value
    if spoilt == "null header":
        headers = [(name, None if name == "ce_type" else text) for name, text in headers]
    elif spoilt == "missing sequence":
        headers = [(name, text) for name, text in headers if name != "ce_sequence"]
    else:
        value = b"\xff{"
    party = make_party(kafka)
    party.start()
    name = "entente.gateway.g1"
    await write_outgoing(cluster.bootstrap, name, sound[0])
    await write_raw(cluster.bootstrap, name, sound[1].partition, (sound[1].key, headers, value))
    await write_outgoing(cluster.bootstrap, name, *sound[2:])
    await party.sees({"a": "1", "b": "1"})
    await until(lambda: party.reader.alarms() == ["seen@1 waits for an event of entente.gateway that has not come"])
    with party.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT topic, generation, offset FROM unreadable").all() == [("entente.gateway", "1", 2)]
    await relay.bump()
    while await relay.publish():
        pass
    await party.sees({"a": "1 2 3", "b": "1"})


async def test_law_9_the_stores_publish_a_lost_log_anew_and_projections_end_the_same(store, make_party, tmp_path) -> None:
    streams = [f"s{number % 7}" for number in range(200)]
    with MockCluster() as lost:
        log = kafka_on(lost, metadata_refresh=0.3, session_timeout=1.0)
        undisturbed, disturbed = make_party(log, "undisturbed"), make_party(log, "disturbed")
        gateway = [Relay(log, store.database, store, topic) for topic in (GATEWAY, OBSERVATIONS)]
        await append(store, *streams[:100])
        for relay in gateway:
            await relay.prepare()
            await relay.publish()
        undisturbed.start()
        disturbed.start()
        expected = await complete(undisturbed, streams[:100])
        await disturbed.sees(expected)
        await disturbed.stop()
        await append(store, *streams[100:])
        for relay in gateway:
            await relay.publish()
        expected = await complete(undisturbed, streams)
        await undisturbed.stop()
        await log.stop()
    with MockCluster() as fresh:
        log = kafka_on(fresh, metadata_refresh=0.3, session_timeout=1.0)
        for topic in (GATEWAY, OBSERVATIONS):
            relay = Relay(log, store.database, store, topic)
            await relay.prepare()
            while await relay.publish():
                pass
        again, newcomer = make_party(log, "disturbed"), make_party(log, "newcomer")
        again.start()
        newcomer.start()
        await again.sees(expected)
        await newcomer.sees(expected)
        digests = {await asyncio.to_thread(party.instances.digest, "seen@1") for party in (undisturbed, again, newcomer)}
        assert len(digests) == 1
        await again.stop()
        await newcomer.stop()
        await log.stop()


async def complete(party, streams: list[str]) -> dict[str, str]:
    expected = {stream: history(streams.count(stream)) for stream in streams}
    await party.sees(expected)
    return expected


async def test_checkpoints_deleted_while_reading_send_the_instance_back_and_change_nothing(kafka, store, make_party, relays) -> None:
    await relays(kafka, store)
    party = make_party(kafka)
    party.start()
    await append(store, *["a", "b", "c"] * 100)
    await party.sees(dict.fromkeys("abc", history(100)))
    await party.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM checkpoint"))
    await append(store, "a", "b", "c")
    await party.sees(dict.fromkeys("abc", history(101)))
    await append(store, "a")
    await party.sees({"a": history(102), "b": history(101), "c": history(101)})
    await until(lambda: no_lag(kafka, party))


async def test_a_rebuild_reads_every_generation_of_the_log(kafka, store, make_party, relays) -> None:
    await append(store, *["a", "b"] * 50)
    gateway, _ = await relays(kafka, store)
    party = make_party(kafka)
    party.start()
    await party.sees(dict.fromkeys("ab", history(50)))
    await gateway.bump()
    await append(store, "a")
    expected = {"a": history(51), "b": history(50)}
    await party.sees(expected)
    await party.stop()
    newer = make_party(kafka, code=2)
    building = await asyncio.to_thread(newer.instances.rebuild, "seen")
    told: list[tuple[int, int]] = []
    await newer.reader.catch_up(building, lambda done, total: told.append((done, total)))
    assert await newer.seen(building) == expected
    assert told[-1][0] == told[-1][1] > 200
    newer.start()
    await append(store, "b")
    await newer.sees(expected | {"b": history(51)}, building)


async def test_a_log_that_no_longer_holds_what_is_wanted_stops_the_partition_with_an_alarm_until_the_next_generation(
    store, make_party
) -> None:
    """A log made anew under its name is shorter than the reader's checkpoint: nothing is skipped, nothing is read twice."""
    await append(store, *["a"] * 10)
    one = partition_of("a", GATEWAY.partitions)
    with MockCluster() as lost:
        log = kafka_on(lost, metadata_refresh=0.3, session_timeout=1.0)
        for topic in (GATEWAY, OBSERVATIONS):
            relay = Relay(log, store.database, store, topic)
            await relay.prepare()
            await relay.publish()
        party = make_party(log)
        party.start()
        await party.sees({"a": history(10)})
        await party.stop()
        await log.stop()
    with MockCluster() as emptied:
        log = kafka_on(emptied, metadata_refresh=0.3, session_timeout=1.0)
        emptied.create_topic("entente.gateway.g1", GATEWAY.partitions)
        emptied.create_topic("entente.observations.g1", OBSERVATIONS.partitions)
        party = make_party(log)
        party.start()
        alarm = f"entente.gateway.g1/{one} does not hold offset 11 any more; its owner must begin a new generation"
        await until(lambda: alarm in party.reader.alarms())
        await append(store, "a")
        relay = Relay(log, store.database, store, GATEWAY)
        await relay.prepare()
        await relay.publish()
        await party.sees({"a": history(11)})
        await party.stop()
        await log.stop()


async def test_lag_counts_what_is_missing_and_how_long_it_has_waited(kafka, store, make_party) -> None:
    party = make_party(kafka)
    assert [(lag.events, lag.seconds) for lag in await lags(kafka, party)] == [(0, 0.0), (0, 0.0)]
    await append(store, "a", "a")
    for topic in (GATEWAY, OBSERVATIONS):
        relay = Relay(kafka, store.database, store, topic)
        await relay.prepare()
        await relay.publish()
    lag = (await lags(kafka, party))[0]
    assert (lag.instance, lag.topic, lag.events) == ("seen@1", "entente.gateway", 2 + GATEWAY.partitions)
    party.start()
    await party.sees({"a": "1 2"})
    await until(lambda: no_lag(kafka, party))
    await party.stop()
    await append(store, "a")
    await Relay(kafka, store.database, store, GATEWAY).publish()
    lag = (await lags(kafka, party))[0]
    assert lag.events == 1
    assert 0 < lag.seconds < 60


async def no_lag(log, party) -> bool:
    return not sum(lag.events for lag in await lags(log, party))


async def lags(log, party):
    reads: dict[str, list[Topic]] = {"seen@1": [GATEWAY, OBSERVATIONS]}
    return await behind_log(party.database, log, reads, SystemClock().now())


async def test_a_generation_that_is_deleted_while_it_is_read_is_not_waited_for(kafka, store, make_party, relays, monkeypatch) -> None:
    await append(store, "a")
    await relays(kafka, store)
    await until(lambda: store.database.read(lambda connection: connection.exec_driver_sql("SELECT 1 FROM log WHERE cursor = 1").all()))
    party = make_party(kafka)
    monkeypatch.setattr("entente_eventkit.reading.history.LOOK_AGAIN", 0.05)

    async def deliver_nothing(partitions, position, deliver) -> None:
        monkeypatch.setattr(kafka, "generations", nothing_left)
        await asyncio.Event().wait()

    async def nothing_left(topic: Topic) -> tuple[int, ...]:
        return ()

    monkeypatch.setattr(kafka, "read_assigned", deliver_nothing)
    async with asyncio.timeout(10):
        await party.reader.catch_up("seen@1")


async def test_a_catch_up_whose_log_cannot_be_read_says_so(kafka, store, make_party, relays, monkeypatch) -> None:
    await relays(kafka, store)
    party = make_party(kafka)

    async def fail(partitions, position, deliver) -> None:
        raise ValueError("spoilt")

    monkeypatch.setattr(kafka, "read_assigned", fail)
    monkeypatch.setattr("entente_eventkit.reading.history.LOOK_AGAIN", 0.05)
    with pytest.raises(ValueError, match="spoilt"):
        await party.reader.catch_up("seen@1")


async def test_what_the_brokers_forbid_a_reader_is_told_and_read_once_they_let_it(
    kafka, cluster, store, make_party, relays, monkeypatch
) -> None:
    monkeypatch.setattr("entente_eventkit.log.connection.HOLDS", 1.0)
    await relays(kafka, store)
    party = make_party(kafka)
    party.start()
    await append(store, "a")
    await party.sees({"a": "1"})
    cluster.fail_requests(FETCH, [TOPIC_AUTHORIZATION_FAILED] * 4)
    (told,) = await until(party.reader.faults)
    assert "do not give a client without credentials the rights on the topics entente." in told
    await append(store, "a")
    await party.sees({"a": "1 2"}, seconds=40)
    await until(lambda: not party.reader.faults())


FETCH = 1
TOPIC_AUTHORIZATION_FAILED = 29
