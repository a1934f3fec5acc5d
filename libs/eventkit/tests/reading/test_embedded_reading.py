import asyncio
from collections.abc import Sequence
from dataclasses import replace

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.log.mock_cluster import RETAINED
from entente_eventkit.log.port import Outgoing
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until

LARGE = "ü" * 4_000
"""About 8 kB as an event's body."""


def history(last: int) -> str:
    return " ".join(str(version) for version in range(1, last + 1))


async def test_history_the_time_of_catching_up_and_live_events_all_arrive_once(embedded, store: EventStore, make_party, relays) -> None:
    await append(store, "quiet", *["a", "b"] * 500)
    await relays(embedded, store)
    await append(store, *["a", "b"] * 100)
    party = make_party(embedded)
    party.start()
    for _ in range(20):
        await append(store, *["a", "b"] * 10)
    await party.sees({"a": history(800), "b": history(800), "quiet": "1"})
    await append(store, "a", "c")
    await party.sees({"a": history(801), "b": history(800), "c": history(1), "quiet": "1"})


async def test_history_is_read_though_nothing_comes_live(embedded, store, make_party, relays) -> None:
    await append(store, "quiet", "a")
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await party.sees({"quiet": "1", "a": "1"})


async def test_both_topics_of_one_store_arrive_and_a_stream_of_one_name_in_each_is_two(embedded, store, make_party, relays) -> None:
    await append(store, "a", "a")
    await append(store, "a", "b", topic=OBSERVATIONS)
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "b", "b", topic=OBSERVATIONS)
    await party.sees({"a": "1 2 1", "b": history(3)})


async def test_a_reader_that_starts_before_any_relay_waits_for_the_topics(embedded, store, make_party, relays) -> None:
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    await asyncio.sleep(0.05)
    assert await party.seen() == {}
    await relays(embedded, store)
    await append(store, "a")
    await party.sees({"a": "1 2"})


async def test_a_new_generation_while_reading_loses_nothing(embedded, store, make_party, relays) -> None:
    gateway, _ = await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    await party.sees({"a": "1"})
    for _ in range(4):
        await append(store, "a", "a")
        await gateway.bump()
        await append(store, "a")
    await party.sees({"a": history(13)})


async def test_a_reader_that_was_stopped_goes_on_where_it_was(embedded, store, make_party, relays) -> None:
    await relays(embedded, store)
    first = make_party(embedded)
    first.start()
    await append(store, "a")
    await first.sees({"a": "1"})
    await first.stop()
    await append(store, "a", "a")
    second = make_party(embedded)
    second.start()
    await append(store, "a")
    await second.sees({"a": history(4)})


async def test_protocol_17_history_of_three_times_the_retention_is_read_whole_and_rebuilt_with_poison(
    embedded, store, make_party, relays
) -> None:
    """The reader is stopped while the log forgets; then a rebuild meets an event that it cannot fold."""
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "a", "b", "poisoned")
    await party.sees({"a": "1", "b": "1", "poisoned": "1"})
    await party.stop()
    each = 3 * RETAINED // len(LARGE.encode()) // 100
    for _ in range(100):
        await append(store, *["a"] * each, detail=LARGE)
    await append(store, "poisoned", detail="poison")
    await append(store, "poisoned", "b")
    party = make_party(embedded)
    party.start()
    expected = {"a": history(1 + 100 * each), "b": "1 2"}
    await party.sees(expected | {"poisoned": "1"})
    await append(store, "a", "b")
    live = {"a": history(2 + 100 * each), "b": "1 2 3"}
    await party.sees(live | {"poisoned": "1"})

    told: list[tuple[int, int]] = []
    newer = make_party(embedded, code=2)
    building = await asyncio.to_thread(newer.instances.rebuild, "seen")
    await party.stop()
    newer.start()
    await newer.reader.catch_up(building, lambda done, total: told.append((done, total)))
    assert await newer.seen(building) == live | {"poisoned": "1"}
    assert told[0] == (0, 100 * each + 8)
    assert told[-1][0] >= told[-1][1] == 100 * each + 8
    await append(store, "a")
    await newer.sees({**live, "a": history(3 + 100 * each), "poisoned": "1"}, building)


async def test_protocol_17_what_the_log_forgot_before_it_was_read_live_is_fetched_from_the_stores(
    embedded, store, make_party, relays, monkeypatch
) -> None:
    """The batch in hand is held until the log has dropped what comes next."""
    await relays(embedded, store)
    party = make_party(embedded)
    feed, held, go_on = party.instances.feed, asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(batch, *, only=None):
        if only is None and not held.is_set():
            loop.call_soon_threadsafe(held.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return feed(batch, only=only)

    monkeypatch.setattr(party.instances, "feed", hold)
    party.start()
    await append(store, "other")
    await append(store, "a")
    await held.wait()
    each = 2 * RETAINED // len(LARGE.encode()) // 20
    for _ in range(20):
        await append(store, *["a"] * each, detail=LARGE)
    await until_published(store)
    go_on.set()
    await party.sees({"a": history(1 + 20 * each), "other": "1"})
    await until(lambda: not party.reader._catching_up)
    monkeypatch.delattr(party.reader, "_catch_up")
    await append(store, "a")
    await party.sees({"a": history(2 + 20 * each), "other": "1"})


async def test_protocol_14_an_unreadable_record_holds_its_stream_until_the_event_is_fetched_from_the_stores(
    embedded, store, make_party, relays, monkeypatch
) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    await party.reads_live()
    send = embedded.send

    async def spoil_one(name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        return await send(name, [replace(record, headers={}) if record.position == 2 else record for record in records])

    monkeypatch.setattr(embedded, "send", spoil_one)
    await append(store, "a", "a", "b")
    await party.sees({"a": "1 2 3", "b": "1"})
    with party.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT topic, generation FROM unreadable").all() == [("entente.gateway", "1")]


async def test_an_event_that_never_comes_through_the_log_is_fetched_once_a_later_one_waits_for_it(
    embedded, store, make_party, relays, monkeypatch
) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    await party.reads_live()
    send, lost = embedded.send, asyncio.Event()

    async def lose_one(name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        ends = await send(name, [record for record in records if record.position != 2])
        lost.set()
        return ends

    monkeypatch.setattr(embedded, "send", lose_one)
    await append(store, "a")
    await lost.wait()
    assert await party.seen() == {"a": "1"}
    await append(store, "a")
    await party.sees({"a": "1 2 3"})


async def until_published(store: EventStore) -> None:
    query = "SELECT cursor = (SELECT position FROM head) FROM log WHERE topic = 'entente.gateway'"
    await until(lambda: store.database.read(lambda connection: connection.exec_driver_sql(query).scalar_one()))
