"""Protocol, case 9: a store that is behind its log takes its own missing events over from there, or says why not."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import APIRouter
from sqlalchemy import MetaData, select

from entente_contracts.topics import GATEWAY, OBSERVATIONS, Topic
from entente_eventkit.clock import SystemClock
from entente_eventkit.log import generations
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.outgoing import outgoing
from entente_eventkit.log.probe import StoreBehindLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.recovering.command import recover
from entente_eventkit.recovering.judging import Reason
from entente_eventkit.recovering.recovery import CannotRecover, Recovery
from entente_eventkit.service import Service
from entente_eventkit.storage.tables import events, head
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import read_all, write_outgoing, write_raw
from entente_testkit.brokers.stores import append, new_store, open_database

Backup = Callable[..., None]
Restore = Callable[[str], EventStore]

TOPICS = (GATEWAY, OBSERVATIONS)
keeper = Service("gateway", "Keeps what it is given", TOPICS, APIRouter(), MetaData(), Path(__file__).parent / "no-migrations")


def relays(log: KafkaLog, store: EventStore) -> list[Relay]:
    return [Relay(log, store.database, store, topic) for topic in TOPICS]


async def publish(log: KafkaLog, store: EventStore) -> None:
    for relay in relays(log, store):
        await relay.prepare()
        while await relay.publish():
            pass


def rows(store: EventStore) -> list[tuple[object, ...]]:
    """Everything that a store says of its events, byte for byte, and its head."""
    with store.database.reading() as connection:
        assert verify_chain(connection) is None
        return [*map(tuple, connection.execute(select(events).order_by(events.c.position))), tuple(connection.execute(select(head)).one())]


def recovery(log: KafkaLog, store: EventStore) -> Recovery:
    return Recovery(keeper, store.database, log)


async def test_protocol_9_a_restored_store_takes_over_its_missing_events_of_all_topics_and_goes_on(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, backup: Backup, restored: Restore
) -> None:
    await append(store, "a", "b")
    await append(store, "a", topic=OBSERVATIONS)
    await publish(kafka, store)
    backup("then")
    await append(store, "a", "c", "a")
    await append(store, "a", "b", topic=OBSERVATIONS)
    await append(store, "b")
    await publish(kafka, store)
    behind = restored("then")
    with pytest.raises(StoreBehindLog, match=r"python -m entente_gateway\.service recover"):
        await publish(kafka, behind)

    looked = await recovery(kafka, behind).look()
    assert looked.refusal is None
    assert [one.stored.position for one in looked.missing] == [4, 5, 6, 7, 8, 9]
    assert (await behind.database.read(behind.last_position)) == 3

    await recovery(kafka, behind).apply(looked)
    assert rows(behind) == rows(store)
    await append(behind, "a")
    await publish(kafka, behind)
    at = await behind.database.read(generations.current, GATEWAY)
    assert at is not None
    assert (at.number, at.cursor) == (1, 10)
    records = [record for some in (await read_all(cluster.bootstrap, at.name, 3)).values() for record in some]
    positions = sorted(int(dict(record.headers).get("ce_position", b"0")) for record in records)
    assert positions == [0, 0, 0, 1, 2, 4, 5, 6, 9, 10]
    assert not (await recovery(kafka, behind).look()).behind


async def test_protocol_9_an_empty_store_is_made_again_from_its_log(kafka: KafkaLog, store: EventStore, tmp_path: Path) -> None:
    await append(store, "a", "b", "a")
    await append(store, "x", topic=OBSERVATIONS)
    await publish(kafka, store)
    (tmp_path / "new").mkdir()
    database = open_database(tmp_path / "new", "gateway")
    try:
        empty = new_store(database, SystemClock())
        await recovery(kafka, empty).apply(await recovery(kafka, empty).look())
        assert rows(empty) == rows(store)
        await publish(kafka, empty)
    finally:
        database.close()


async def test_protocol_9_events_that_a_refill_had_not_reached_are_taken_from_the_generation_before(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore
) -> None:
    """The store is lost while the relay is publishing it anew: the newest generation holds the begin, the one before it everything."""
    await append(store, "a", "b")
    backup("then")
    await append(store, "a", "c", "d")
    await publish(kafka, store)
    await kafka.create(GATEWAY, 2, GATEWAY.partitions)
    await kafka.send("entente.gateway.g2", genesis(GATEWAY, 2, GATEWAY.partitions))
    begin = await store.database.read(store.after, 0, 3)
    await kafka.send("entente.gateway.g2", [outgoing(event, GATEWAY.partitions) for event in begin])
    behind = restored("then")
    looked = await recovery(kafka, behind).look()
    assert looked.refusal is None
    await recovery(kafka, behind).apply(looked)
    assert rows(behind) == rows(store)
    at = await behind.database.read(generations.current, GATEWAY)
    assert at is not None
    assert (at.number, at.open, at.cursor) == (2, True, 3)
    await publish(kafka, behind)
    assert (await kafka.generations(GATEWAY)) == (1, 2)


async def test_protocol_9_a_generation_that_may_never_have_been_opened_is_followed_by_the_next(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore
) -> None:
    await append(store, "a", "b")
    await publish(kafka, store)
    backup("then")
    await kafka.create(GATEWAY, 2, GATEWAY.partitions)
    await kafka.send("entente.gateway.g2", genesis(GATEWAY, 2, GATEWAY.partitions)[:1])
    behind = restored("then")
    looked = await recovery(kafka, behind).look()
    assert looked.behind
    assert not looked.missing
    await recovery(kafka, behind).apply(looked)
    await publish(kafka, behind)
    assert (await kafka.generations(GATEWAY)) == (1, 2, 3)


async def test_protocol_9_records_of_strangers_are_passed_over_and_named(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, backup: Backup, restored: Restore
) -> None:
    await append(store, "a")
    backup("then")
    await append(store, "a")
    await publish(kafka, store)
    (event,) = await store.database.read(store.after, 1, 1)
    forged = outgoing(replace(event, position=3, version=3, id="x", attributes=event.attributes | {"source": "else"}), 3)
    await write_outgoing(cluster.bootstrap, "entente.gateway.g1", forged)
    await write_raw(cluster.bootstrap, "entente.gateway.g1", 0, (None, [("ce_type", None)], b"junk"), (b"k", [("ce_position", b"9")], b"x"))
    behind = restored("then")
    looked = await recovery(kafka, behind).look()
    assert len(looked.evidence.strange) == 3
    await recovery(kafka, behind).apply(looked)
    assert rows(behind) == rows(store)


@pytest.fixture
async def forked(kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore) -> EventStore:
    """A store that went on by itself after it was restored: two histories from position 3 on."""
    await append(store, "a", "b")
    await publish(kafka, store)
    backup("then")
    await append(store, "a", "c", "d")
    await append(store, "x", topic=OBSERVATIONS)
    await publish(kafka, store)
    behind = restored("then")
    await append(behind, "a", detail="another")
    return behind


async def test_protocol_9_a_log_that_forked_changes_nothing_and_its_events_are_named(kafka: KafkaLog, forked: EventStore) -> None:
    before = rows(forked)
    looked = await recovery(kafka, forked).look()
    assert looked.refusal is not None
    assert looked.refusal.reason is Reason.FORKED
    theirs = looked.void[0].event
    mine = (await forked.database.read(forked.after, 2, 1))[0]
    assert f"position 3: {theirs.id} (entente.gateway.g1/" in looked.refusal.text
    assert f"where the store holds {mine.id} ('a' version 2)" in looked.refusal.text
    assert [found.position for found in looked.void] == [3, 4, 5, 6]
    with pytest.raises(CannotRecover, match="went on differently"):
        await recovery(kafka, forked).apply(looked)
    assert rows(forked) == before


async def test_protocol_9_what_is_declared_void_is_written_down_and_the_log_begins_anew_from_the_store(
    kafka: KafkaLog, cluster: MockCluster, forked: EventStore, tmp_path: Path
) -> None:
    before = rows(forked)
    file = tmp_path / "void.jsonl"
    await recovery(kafka, forked).declare_void(await recovery(kafka, forked).look(), file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["position"], line["topic"]) for line in lines] == [
        (3, "entente.gateway"), (4, "entente.gateway"), (5, "entente.gateway"), (6, "entente.observations"),
    ]  # fmt: skip
    assert lines[0]["attributes"]["subject"] == "a"
    assert json.loads(lines[0]["data"])["mend"] == "sign it"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert rows(forked) == before
    await publish(kafka, forked)
    for topic, expected in ((GATEWAY, [1, 2, 3]), (OBSERVATIONS, [])):
        found = await read_all(cluster.bootstrap, topic.of_generation(2), topic.partitions)
        positions = [int(dict(record.headers).get("ce_position", b"0")) for some in found.values() for record in some]
        assert sorted(filter(None, positions)) == expected
    after = await recovery(kafka, forked).look()
    assert not after.behind


async def test_protocol_9_what_was_declared_void_does_not_come_back_with_a_later_recovery(
    kafka: KafkaLog, forked: EventStore, tmp_path: Path, backup: Backup, restored: Restore
) -> None:
    await recovery(kafka, forked).declare_void(await recovery(kafka, forked).look(), tmp_path / "void.jsonl")
    await publish(kafka, forked)
    backup("later", of="then")
    await append(forked, "e")
    await publish(kafka, forked)
    behind = restored("later")
    looked = await recovery(kafka, behind).look()
    assert sorted(looked.evidence.void) == [3, 4, 5, 6]
    await recovery(kafka, behind).apply(looked)
    assert rows(behind) == rows(forked)


def holding(*, without: tuple[int, ...] = (), **changed: object) -> Callable[[EventStore], object]:
    """A log that lacks some events of the store, or holds the one of position 3 otherwise."""

    async def records(store: EventStore) -> dict[Topic, list[object]]:
        found: dict[Topic, list[object]] = {topic: [] for topic in TOPICS}
        for event in await store.database.read(store.after, 0, 100):
            if event.position in without:
                continue
            each = replace(event, **changed) if event.position == 3 else event
            found[next(topic for topic in TOPICS if topic.name == event.topic)].append(each)
        return found

    return records


REFUSED = {
    "a position that was never published": (holding(without=(3,)), Reason.HOLE, "up to position 6, but not position 3"),
    "two positions that were never published": (holding(without=(3, 4)), Reason.HOLE, "not positions 3 to 4"),
    "a body that is not what its hash was made from": (holding(body=b"{}"), Reason.BROKEN, "does not follow what stands before it"),
    "a hash that is another": (holding(hash=bytes(32)), Reason.BROKEN, "does not follow"),
    "a version that does not follow": (holding(version=7), Reason.VERSION, "is version 7 of 'a', which stands at 1"),
    "an id that is there already": (holding(id="1"), Reason.REPEATED, "another event of the store has"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_protocol_9_what_cannot_be_taken_over_without_a_doubt_is_refused_and_nothing_changes(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore, case: str
) -> None:
    records, reason, says = REFUSED[case]
    first, _ = await append(store, "a", "b")
    backup("then")
    await append(store, "a", "c")
    await append(store, "x", topic=OBSERVATIONS)
    await append(store, "d")
    for topic, some in (await records(store)).items():
        await kafka.create(topic, 1, topic.partitions)
        await kafka.send(topic.of_generation(1), genesis(topic, 1, topic.partitions))
        ready = [
            replace(one, attributes=one.attributes | {"sequence": str(one.version).zfill(20), "id": first if one.id == "1" else one.id})
            for one in some
        ]
        await kafka.send(topic.of_generation(1), [outgoing(one, topic.partitions) for one in ready])
    behind = restored("then")
    before = rows(behind)
    looked = await recovery(kafka, behind).look()
    assert looked.refusal is not None
    assert (looked.refusal.reason, looked.missing) == (reason, ())
    assert says in looked.refusal.text
    with pytest.raises(CannotRecover):
        await recovery(kafka, behind).apply(looked)
    assert rows(behind) == before


async def test_protocol_9_what_comes_before_a_hole_is_taken_over_when_the_rest_is_declared_void(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore, tmp_path: Path
) -> None:
    await append(store, "a")
    backup("then")
    await append(store, "b", "c", "d", "e")
    await kafka.create(GATEWAY, 1, GATEWAY.partitions)
    await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, GATEWAY.partitions))
    sent = [event for event in await store.database.read(store.after, 0, 9) if event.position != 4]
    await kafka.send("entente.gateway.g1", [outgoing(event, GATEWAY.partitions) for event in sent])
    behind = restored("then")
    looked = await recovery(kafka, behind).look()
    assert looked.refusal is not None
    assert ([one.stored.position for one in looked.missing], [one.position for one in looked.void]) == ([2, 3], [5])
    await recovery(kafka, behind).declare_void(looked, tmp_path / "void.jsonl")
    assert rows(behind)[:3] == rows(store)[:3]
    await publish(kafka, behind)
    assert (await kafka.generations(GATEWAY)) == (1, 2)


async def test_protocol_9_two_events_at_one_position_of_the_log_are_told_apart_by_nobody(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore
) -> None:
    await append(store, "a")
    backup("then")
    await append(store, "a")
    await publish(kafka, store)
    other = restored("then")
    await append(other, "a", detail="another")
    await kafka.send("entente.gateway.g1", [outgoing(one, 3) for one in await other.database.read(other.after, 1, 9)])
    other.database.close()
    behind = new_store(store.database, SystemClock())
    with behind.database.writing() as connection:
        first = behind.after(connection, 0, 1)[0]
        connection.execute(events.delete().where(events.c.position > 1))
        connection.execute(head.update().values(position=1, hash=first.hash))
    looked = await recovery(kafka, behind).look()
    assert looked.refusal is not None
    assert looked.refusal.reason is Reason.TWO_EVENTS
    assert "the log holds 2 different events at position 2" in looked.refusal.text


async def test_protocol_9_a_store_that_was_appended_to_after_the_trial_is_left_alone(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore
) -> None:
    await append(store, "a")
    backup("then")
    await append(store, "a")
    await publish(kafka, store)
    behind = restored("then")
    looked = await recovery(kafka, behind).look()
    await append(behind, "b")
    before = rows(behind)
    with pytest.raises(Exception, match="stop every process of the service, then begin again"):
        await recovery(kafka, behind).apply(looked)
    assert rows(behind) == before


async def test_a_damaged_store_is_told_so(kafka: KafkaLog, store: EventStore) -> None:
    await append(store, "a", "b")
    with store.database.writing() as connection:
        connection.execute(events.update().where(events.c.position == 1).values(body=b"{}"))
    with pytest.raises(CannotRecover, match="not whole in itself: at position 1"):
        await recovery(kafka, store).look()


async def test_the_operator_sees_a_trial_first_and_asks_for_more(
    kafka: KafkaLog, store: EventStore, backup: Backup, restored: Restore, capsys: pytest.CaptureFixture[str]
) -> None:
    await append(store, "a")
    await publish(kafka, store)
    backup("then")
    await append(store, "a", "b")
    await publish(kafka, store)
    behind = restored("then")
    assert await recover(keeper, behind.database, kafka, []) == 0
    said = capsys.readouterr().out
    assert "2 events, positions 2 to 3" in said
    assert "2 of them were made by requests" in said
    assert "in 2 streams: a (1), b (1)" in said
    assert said.endswith("This was a trial and nothing was changed; add --apply to do it\n")
    assert await recover(keeper, behind.database, kafka, ["--apply"]) == 0
    assert rows(behind) == rows(store)
    assert await recover(keeper, behind.database, kafka, ["--apply"]) == 0
    assert "there is nothing to mend" in capsys.readouterr().out


async def test_a_broker_that_does_not_answer_is_told_in_a_sentence(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.broker_down()
    assert await recover(keeper, store.database, kafka, []) == 1
    assert "the log does not answer" in capsys.readouterr().err


async def test_the_operator_of_a_forked_store_is_told_the_ways_out(
    kafka: KafkaLog, forked: EventStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await recover(keeper, forked.database, kafka, ["--apply"]) == 1
    assert "Restore a later backup" in capsys.readouterr().out
    file = tmp_path / "void.jsonl"
    assert await recover(keeper, forked.database, kafka, ["--declare-void", str(file)]) == 0
    assert not file.exists()
    file.touch()
    assert await recover(keeper, forked.database, kafka, ["--declare-void", str(file), "--apply"]) == 1
    assert "is there already" in capsys.readouterr().err
    file.unlink()
    assert await recover(keeper, forked.database, kafka, ["--declare-void", str(file), "--apply"]) == 0
    assert "delete entente.gateway.g1, entente.observations.g1" in capsys.readouterr().out
