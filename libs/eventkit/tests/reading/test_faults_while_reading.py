import asyncio
import logging
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.port import Batch
from entente_eventkit.reading.feeding import Feeding
from entente_eventkit.reading.lag import behind_stores
from entente_eventkit.threads import in_thread
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until


def locked() -> OperationalError:
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("UPDATE", {}, busy)


LOCKED = locked()


def history(last: int) -> str:
    return " ".join(str(version) for version in range(1, last + 1))


@pytest.mark.parametrize("fault", [LOCKED, RuntimeError("a bug")])
async def test_law_3_a_batch_that_fails_is_repeated_until_it_is_taken_and_nothing_is_parked(
    embedded, store, make_party, relays, monkeypatch, caplog, fault
) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    feed, failures, failing = party.instances.feed, [fault] * 3, []

    def fail_at_first(batch: Batch, *, only=None):
        failing.append(party.reader.alarms())
        if failures:
            raise failures.pop()
        return feed(batch, only=only)

    monkeypatch.setattr(party.instances, "feed", fail_at_first)
    party.start()
    await append(store, "a", "a", "b")
    await party.sees({"a": "1 2", "b": "1"})
    assert any(type(fault).__name__ in alarm for alarms in failing for alarm in alarms)
    await until(lambda: not party.reader.alarms())
    levels = {record.levelno for record in caplog.records if record.name.endswith("feeding")}
    assert levels == {logging.WARNING if fault is LOCKED else logging.ERROR}
    with party.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM parked").scalar_one() == 0


@pytest.mark.parametrize("live", [True, False], ids=["from the log", "from the stores"])
async def test_a_stop_waits_for_the_batch_in_hand(embedded, store, make_party, relays, monkeypatch, live) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    await append(store, "a")
    feed, held, go_on = party.instances.feed, asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(batch: Batch, *, only=None):
        loop.call_soon_threadsafe(held.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return feed(batch, only=only)

    monkeypatch.setattr(party.instances, "feed", hold)
    if live:
        party.start()
        await held.wait()
        go_on.set()
        await party.reads_live()
        held.clear()
        go_on.clear()
        await append(store, "a")
    else:
        await append(store, "a")
        party.start()
    await held.wait()
    stopping = asyncio.create_task(party.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert await party.seen() == {"a": "1 2"}


async def test_a_cancelled_caller_waits_for_its_thread_however_often_it_is_cancelled() -> None:
    go_on, ended = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def work() -> None:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        ended.append(True)

    task = asyncio.create_task(in_thread(work))
    await asyncio.sleep(0.01)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


async def test_the_broker_goes_away_and_comes_back_and_nothing_is_lost(embedded, store, make_party, relays) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    await party.sees({"a": "1"})
    embedded.cluster.broker_down()
    await append(store, "a", "b")
    embedded.cluster.broker_up()
    await append(store, "a")
    await party.sees({"a": "1 2 3", "b": "1"})


async def test_the_reader_asks_again_where_it_stands_while_the_database_is_away(embedded, store, make_party, relays, monkeypatch) -> None:
    await append(store, "a")
    await relays(embedded, store)
    party = make_party(embedded)
    asks, failures = party.instances.next, [LOCKED, LOCKED]

    def fail_at_first(*place, instance=None):
        if failures:
            raise failures.pop()
        return asks(*place, instance=instance)

    monkeypatch.setattr(party.instances, "next", fail_at_first)
    party.start()
    await party.sees({"a": "1"})


async def test_a_catch_up_that_fails_is_tried_again(embedded, store, make_party, relays, monkeypatch) -> None:
    """The log drops what was never read, and the stores cannot be read at first."""
    await relays(embedded, store)
    await append(store, "a")
    party = make_party(embedded)
    party.start()
    await party.sees({"a": "1"})
    run, failures = party.reader._catch_up.run, [LOCKED, LOCKED]

    async def fail_at_first(*args, **kwargs):
        if failures:
            raise failures.pop()
        return await run(*args, **kwargs)

    monkeypatch.setattr(party.reader._catch_up, "run", fail_at_first)
    await party.stop()
    await append(store, "a")
    party.reader._catch_up_later("seen@1")
    party.reader._catch_up_later("seen@1")
    await party.sees({"a": "1 2"})
    await until(lambda: not party.reader._catching_up)


async def test_catching_up_what_nobody_feeds_is_refused(embedded, store, make_party) -> None:
    party = make_party(embedded)
    with pytest.raises(LookupError, match="seen@9"):
        await party.reader.catch_up("seen@9")
    party.reader._catch_up_later("seen@9")
    await until(lambda: not party.reader._catching_up)


async def test_while_standing_still_all_instances_have_the_same_and_nothing_is_fed(embedded, store, make_party, relays) -> None:
    await relays(embedded, store)
    party = make_party(embedded)
    party.start()
    await append(store, *["a", "b"] * 100)
    building = await asyncio.to_thread(party.instances.rebuild, "seen")
    await party.reader.catch_up(building)
    await append(store, *["a", "b"] * 100)
    async with party.reader.standing_still():
        await append(store, "a")
        both = {"a": history(200), "b": history(200)}
        assert (await party.seen(), await party.seen(building)) == (both, both)
    await party.sees({"a": history(201), "b": history(200)})
    await party.sees({"a": history(201), "b": history(200)}, building)


async def test_whoever_wants_to_know_is_told_after_a_batch_that_changed_something(embedded, store, make_party, relays) -> None:
    await relays(embedded, store)
    told = asyncio.Event()
    party = make_party(embedded, after_feeding=told.set)
    party.start()
    await append(store, "a")
    await party.sees({"a": "1"})
    await until(told.is_set)


async def test_a_service_that_reads_nothing_waits_for_its_end(embedded, store, make_party) -> None:
    party = make_party(embedded)
    party.reader.topics = ()
    party.start()
    await asyncio.sleep(0.02)
    (task,) = party.running
    assert not task.done()


async def test_lag_behind_the_stores_counts_events_and_seconds(embedded, store, make_party, relays) -> None:
    party = make_party(embedded)
    reads = {"seen@1": [GATEWAY, OBSERVATIONS]}
    await append(store, "a", "a", "b")

    async def lags():
        found = await behind_stores(party.database, embedded.stores, reads, SystemClock().now())
        return {lag.topic: (lag.events, lag.seconds) for lag in found}

    behind = await lags()
    assert behind["entente.observations"] == (0, 0.0)
    assert behind["entente.gateway"][0] == 3
    assert 0 < behind["entente.gateway"][1] < 60
    await relays(embedded, store)
    party.start()
    await party.sees({"a": "1 2", "b": "1"})
    assert await lags() == {"entente.gateway": (0, 0.0), "entente.observations": (0, 0.0)}
    await append(store, "b", detail="poison")
    await append(store, "b")
    await until(lambda: party.database.read(lambda connection: connection.exec_driver_sql("SELECT 1 FROM parked WHERE version = 3").all()))
    assert (await lags())["entente.gateway"][0] == 2


@pytest.mark.parametrize("fault", [LOCKED, RuntimeError("a bug")])
async def test_law_3_feeding_ends_when_the_batch_is_committed_and_not_before(make_party, embedded, monkeypatch, fault) -> None:
    party = make_party(embedded)
    feeding = Feeding(party.instances)
    feed, failures = party.instances.feed, [fault] * 3

    def fail_at_first(batch: Batch, *, only=None):
        if failures:
            raise failures.pop()
        return feed(batch, only=only)

    monkeypatch.setattr(party.instances, "feed", fail_at_first)
    await feeding.feed(Batch("entente.gateway", "1", 0, 0, 7, ()))
    assert party.instances.next("entente.gateway", "1", 0) == 7
    assert feeding.failing is None


async def test_a_reader_whose_client_has_given_up_its_group_begins_again_with_a_new_one(store, cluster, make_party, relays) -> None:
    """Seen when a whole cluster was lost: the client's coordination met an error that it did not expect, and ended for good."""
    kafka = kafka_on(cluster, metadata_refresh=0.3, session_timeout=1.0)
    await relays(kafka, store)
    party = make_party(kafka)
    party.start()
    await append(store, "a")
    await party.sees({"a": "1"})
    (subscription,) = kafka._connection.subscriptions
    coordinator = subscription._subscriber.consumer._coordinator

    async def unexpected() -> None:
        raise AssertionError

    coordinator.ensure_coordinator_known = unexpected
    coordinator.request_rejoin()
    await until(coordinator._coordination_task.done)
    await append(store, "a", "b")
    await party.sees({"a": "1 2", "b": "1"})
    await party.stop()
    await kafka.stop()
