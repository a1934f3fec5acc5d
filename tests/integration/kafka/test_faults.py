"""Real faults under load: brokers that die and come back, members that share the work, a new generation in the middle of a rebuild."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from entente_backing.kafka import NativeCluster
from entente_backing.kafka.admin import admin_client, metadata
from entente_contracts.topics import GATEWAY
from entente_eventkit.log import generations
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.reading.lag import behind_log
from entente_eventkit.store.store import EventStore
from entente_eventkit.threads import in_thread
from entente_testkit.brokers.party import MakeParty, Party, history
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until
from entente_testkit.columns.real import empty
from entente_testkit.servers.kafka import kill, native_kafka

STREAMS = [f"s{number}" for number in range(8)]
pytestmark = pytest.mark.timeout(400)
BACK_WITHIN = 90.0
"""Seconds that a reader gets to have everything after a fault, on a loaded machine."""


class Load:
    """Appends one event to every stream, again and again, and counts the rounds that were acknowledged by the store."""

    def __init__(self, store: EventStore) -> None:
        self.store, self.rounds, self.ended = store, 0, False

    async def run(self) -> None:
        while not self.ended:
            await append(self.store, *STREAMS)
            self.rounds += 1
            await asyncio.sleep(0.05)

    async def goes_on(self, rounds: int = 3) -> None:
        """Waits until so many more rounds were appended: whatever the log does, the store takes them."""
        until_then = self.rounds + rounds
        await until(lambda: self.rounds >= until_then)

    def expected(self) -> dict[str, str]:
        return dict.fromkeys(STREAMS, history(self.rounds))


@asynccontextmanager
async def under_load(store: EventStore) -> AsyncIterator[Load]:
    load = Load(store)
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        load.ended = True
        await running


async def seen_some(party: Party, load: Load) -> None:
    """Waits until what is appended now has been read."""
    want = load.rounds + 1

    async def there() -> bool:
        rows = await party.seen()
        return len(rows) == len(STREAMS) and all(len(versions.split()) >= want for versions in rows.values())

    await until(there, within=BACK_WITHIN)


async def test_a_broker_that_stops_and_comes_back_costs_time_and_no_event(tmp_path: Path, store: EventStore, make_party: MakeParty, relays):
    with native_kafka(tmp_path / "kafka") as cluster:
        log = KafkaLog(cluster.bootstrap, replicas=1, metadata_refresh=0.5)
        try:
            party = make_party(log)
            await relays(log, store)
            party.start()
            async with under_load(store) as load:
                await seen_some(party, load)
                await asyncio.to_thread(cluster.stop_node, 1)
                await load.goes_on()
                await asyncio.to_thread(cluster.start_node, 1)
                await seen_some(party, load)
                await asyncio.to_thread(kill, cluster, 1)
                await load.goes_on()
                await asyncio.to_thread(cluster.start_node, 1)
                await seen_some(party, load)
            await party.sees(load.expected(), seconds=BACK_WITHIN)
            at = await store.database.read(generations.current, GATEWAY)
            assert at is not None
            assert at.number == 1, "a broker that comes back with what it held needs no new generation"
        finally:
            await party.stop()
            await log.stop()


def leaders(cluster: NativeCluster) -> dict[int, int]:
    """Which node leads each partition of the gateway's topic."""
    known = metadata(cluster.bootstrap, None, 10)
    assert known is not None
    return {number: partition.leader for number, partition in known.topics[GATEWAY.of_generation(1)].partitions.items()}


async def test_of_three_nodes_the_one_that_leads_is_killed_and_the_others_go_on(
    three_nodes: NativeCluster, store: EventStore, make_party: MakeParty, relays
):
    log = KafkaLog(three_nodes.bootstrap, metadata_refresh=0.5)
    party = make_party(log)
    try:
        await relays(log, store)
        party.start()
        async with under_load(store) as load:
            await seen_some(party, load)
            leader = (await asyncio.to_thread(leaders, three_nodes))[0]
            await asyncio.to_thread(kill, three_nodes, leader)
            await seen_some(party, load)
            await asyncio.to_thread(three_nodes.start_node, leader)
            await seen_some(party, load)
        await party.sees(load.expected(), seconds=BACK_WITHIN)

        def whole() -> bool:
            status = three_nodes.status()
            return status.under_replicated == 0 and all(node.answers for node in status.nodes)

        await until(lambda: asyncio.to_thread(whole), within=BACK_WITHIN)
    finally:
        await party.stop()
        await log.stop()
        await empty(three_nodes.bootstrap)


async def test_of_three_nodes_two_are_killed_and_the_log_waits_for_one_of_them(
    three_nodes: NativeCluster, store: EventStore, make_party: MakeParty, relays
):
    log = KafkaLog(three_nodes.bootstrap, metadata_refresh=0.5)
    party = make_party(log)
    try:
        await relays(log, store)
        party.start()
        async with under_load(store) as load:
            await seen_some(party, load)
            for node in (1, 2):
                await asyncio.to_thread(kill, three_nodes, node)
            await load.goes_on()
            await asyncio.to_thread(three_nodes.up)
            await seen_some(party, load)
        await party.sees(load.expected(), seconds=BACK_WITHIN)
    finally:
        await party.stop()
        await log.stop()
        await empty(three_nodes.bootstrap)


async def test_protocol_16_a_switch_under_load_and_under_a_new_generation_in_the_middle_of_the_rebuild_with_two_members(
    kafka: KafkaLog, store: EventStore, make_party: MakeParty, relays
):
    one, two = make_party(kafka, "stability"), make_party(kafka, "stability")
    (relay, _) = await relays(kafka, store)
    one.start()
    two.start()
    async with under_load(store) as load:
        await seen_some(one, load)
        building = await in_thread(one.instances.rebuild, "seen")
        rebuilding = asyncio.create_task(one.reader.catch_up(building))
        await relay.bump()
        await load.goes_on()
        await rebuilding
        await relay.bump()
        await in_thread(one.instances.switch, "seen")
        await load.goes_on()
    await one.sees(load.expected(), building, seconds=BACK_WITHIN)
    with one.database.reading() as connection:
        assert connection.execute(text("SELECT instance FROM active")).scalars().all() == [building]
        assert connection.execute(text("SELECT count(*) FROM parked")).scalar_one() == 0
    assert not one.reader.faults()
    assert not two.reader.faults()


async def test_protocol_6_a_relay_that_comes_late_with_its_cursor_does_not_cut_the_new_generation(
    kafka: KafkaLog, store: EventStore, make_party: MakeParty
):
    late, relay = (Relay(kafka, store.database, store, GATEWAY) for _ in range(2))
    await late.prepare()
    await append(store, "a", "b", "a")
    sent = await store.database.read(generations.current, GATEWAY)
    assert sent is not None
    await relay.prepare()
    await relay.bump()
    assert not await store.database.write(generations.advance, sent, 3, {0: 9}), "it knows another generation"
    while await relay.publish():
        pass
    party = make_party(kafka)
    party.start()
    await party.sees({"a": history(2), "b": history(1)}, seconds=BACK_WITHIN)


async def test_lag_is_that_of_the_newest_generation_and_deleted_ones_do_not_count(
    kafka: KafkaLog, store: EventStore, make_party: MakeParty, one_node: NativeCluster
):
    party, relay = make_party(kafka), Relay(kafka, store.database, store, GATEWAY)
    await relay.prepare()
    await append(store, "a", "b")
    while await relay.publish():
        pass
    party.start()
    await party.sees({"a": history(1), "b": history(1)}, seconds=BACK_WITHIN)
    await relay.bump()
    while await relay.publish():
        pass
    admin = admin_client(one_node.bootstrap, None)
    await asyncio.to_thread(lambda: admin.delete_topics([GATEWAY.of_generation(1)])[GATEWAY.of_generation(1)].result(10))

    async def level() -> bool:
        found = await behind_log(party.database, kafka, {"seen@1": [GATEWAY]}, store.clock.now())
        return [(lag.topic, lag.events, lag.seconds) for lag in found] == [("entente.gateway", 0, 0.0)]

    await until(level, within=BACK_WITHIN)
    await append(store, "a")
    while await relay.publish():
        pass
    await party.sees({"a": history(2), "b": history(1)}, seconds=BACK_WITHIN)
