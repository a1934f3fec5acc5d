"""Catching up while the ground moves: checkpoints vanish, events keep coming, events are large."""

import asyncio
from itertools import pairwise

from sqlalchemy import delete

from entente_contracts.topics import GATEWAY
from entente_eventkit.log.port import STORE
from entente_eventkit.reading import history as histories
from entente_eventkit.reading.history import FromLog, FromStores
from entente_eventkit.storage.tables import checkpoint
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until

LAST_OF_FIRST_ROUND = 3
"""Twelve events in batches of five."""


def history(last: int) -> str:
    return " ".join(str(version) for version in range(1, last + 1))


async def test_protocol_25_a_checkpoint_deleted_while_catching_up_loses_nothing(embedded, store, make_party, relays, monkeypatch) -> None:
    monkeypatch.setattr(histories, "BATCH", 5)
    await relays(embedded, store)
    await append(store, *["a"] * 12)
    party = make_party(embedded)
    feed, fed = party.reader.feeding.feed, 0

    async def deleting(batch, only=None):
        nonlocal fed
        fed += 1
        if fed == LAST_OF_FIRST_ROUND:
            await append(store, *["a"] * 5, "b", "c", "d", "e", "f")
        if fed == LAST_OF_FIRST_ROUND + 2:
            await party.database.write(lambda connection: connection.execute(delete(checkpoint)))
        return await feed(batch, only)

    monkeypatch.setattr(party.reader.feeding, "feed", deleting)
    await party.reader.catch_up("seen@1")
    assert await party.seen() == {"a": history(17), "b": "1", "c": "1", "d": "1", "e": "1", "f": "1"}


async def test_standing_still_brings_all_level_though_events_never_cease(embedded, store, make_party, relays) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    await append(store, *["a", "b"] * 50)
    building = await asyncio.to_thread(party.instances.rebuild, "seen")
    ceased = asyncio.Event()

    async def never_ceasing() -> None:
        while not ceased.is_set():
            await append(store, "a", "b")

    going_on = asyncio.create_task(never_ceasing())
    try:
        async with party.reader.standing_still():
            assert await party.seen() == await party.seen(building)
    finally:
        ceased.set()
        await going_on


async def test_a_batch_of_large_events_is_cut_short(embedded, store, monkeypatch) -> None:
    monkeypatch.setattr(histories, "BATCH_BYTES", 20_000)
    for _ in range(30):
        await append(store, "a", detail="x" * 3_900)
    await append(store, *["b"] * 30)
    batches = []

    class FromZero:
        async def next(self, *place) -> int:
            assert place == (GATEWAY.name, STORE, 0)
            return 0

    async def take(batch) -> None:
        batches.append(batch)

    await FromStores(embedded.stores).read([GATEWAY], FromZero(), take, lambda _: None)
    assert [record.offset for batch in batches for record in batch.records] == list(range(1, 61))
    assert max(sum(len(record.value) for record in batch.records) for batch in batches) <= 20_000
    assert [(one.end, two.begin) for one, two in pairwise(batches) if one.end != two.begin] == []


async def test_what_another_reader_brought_meanwhile_is_not_waited_for(cluster, store, relays, monkeypatch) -> None:
    monkeypatch.setattr(histories, "LOOK_AGAIN", 0.2)
    log = kafka_on(cluster, metadata_refresh=0.5)
    await relays(log, store, GATEWAY)
    await append(store, "a", "b", "c", "d")
    await until(lambda: published(log, 4))
    asked = set()

    class OvertakenAtOnce:
        async def next(self, *place) -> int:
            first = place not in asked
            asked.add(place)
            return 0 if first else 100

    async def take(batch) -> None:
        raise AssertionError("nothing is left to be read")

    async with asyncio.timeout(10):
        await FromLog(log).read([GATEWAY], OvertakenAtOnce(), take, lambda _: None)
    await log.stop()


async def published(log, events: int) -> bool:
    ends = await log.ends(GATEWAY.of_generation(1))
    return sum(ends.values()) >= events + GATEWAY.partitions
