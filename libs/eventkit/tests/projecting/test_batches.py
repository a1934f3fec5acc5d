"""`batch`: what one transaction does, and what it leaves when it does not come to its end."""

import threading
from concurrent.futures import ThreadPoolExecutor
from sqlite3 import OperationalError

import pytest
from sqlalchemy import MetaData, delete, event, insert
from sqlalchemy.exc import OperationalError as DatabaseError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from entente_contracts.events.gateway import Rights, SourceRegistered
from entente_contracts.events.observations import ObservationReported
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.projecting import rows as eventkit
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.incoming import pack
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.storage.tables import applied, checkpoint, parked
from entente_eventkit.store.store import EventStore
from entente_testkit.backends import new_database
from entente_testkit.faults import Crash, CrashAt, HoldAt
from entente_testkit.history import batch_of, record_of, recorded, records_of, stream_of
from entente_testkit.specimen import DayCountRow, Tally, counting, counts, report
from entente_testkit.suites.running import feed_all

TOPIC = OBSERVATIONS.name


def reports(stream, count, first=1):
    return stream_of(stream, *map(report, range(first, first + count)), first=first)


def test_a_batch_behind_a_hole_changes_nothing_and_is_told(instances, tallies):
    records = records_of(reports("a", 4))
    assert instances.feed(batch_of(TOPIC, records[2:])).holes == ("counts@1",)
    assert tallies() == {}
    assert instances.next(TOPIC, "1", 0) == 0


def test_a_hole_of_one_instance_keeps_no_other_from_its_batch(instances, tallies):
    records = records_of(reports("a", 4))
    instances.feed(batch_of(TOPIC, records[:2]))
    green = instances.rebuild("counts")
    fed = instances.feed(batch_of(TOPIC, records[2:]))
    assert (fed.holes, fed.applied) == ((green,), {"counts@1": 2})
    assert tallies() == {"a": 4}


def test_of_a_batch_that_overlaps_the_checkpoint_only_the_rest_is_offered(instances, tallies):
    records = records_of(reports("a", 4))
    instances.feed(batch_of(TOPIC, records[:3]))
    assert instances.feed(batch_of(TOPIC, records)).applied == {"counts@1": 1}
    assert tallies() == {"a": 4}


def test_a_batch_of_what_was_read_before_does_not_set_the_checkpoint_back(instances):
    records = records_of(reports("a", 4))
    instances.feed(batch_of(TOPIC, records))
    instances.feed(batch_of(TOPIC, records[:2]))
    assert instances.next(TOPIC, "1", 0) == 4


def test_positions_of_a_store_may_have_holes_between_them(instances, tallies):
    first, second, third = reports("a", 3)
    assert instances.feed(batch_of(TOPIC, [record_of(first, 7)], generation="store", begin=0)).holes == ()
    later = [record_of(second, 40), record_of(third, 77)]
    assert instances.feed(batch_of(TOPIC, later, generation="store", begin=8)).holes == ()
    assert (tallies(), instances.next(TOPIC, "store", 0)) == ({"a": 3}, 78)


def test_protocol_4_a_crash_between_the_commits_of_two_instances_leaves_both_complete_after_a_restart(service, instances, all_of):
    green = instances.rebuild("counts")
    events = reports("a", 6)
    with pytest.raises(Crash):
        feed_all(service.instances(counts, at=CrashAt("committed", green)), events)
    again = service.instances(counts)
    assert again.next(TOPIC, "1", 0) == 0
    feed_all(again, events)
    assert again.compare("counts", green, "counts@1") == []
    assert {(row["instance"], row["version"]) for row in all_of(applied)} == {(green, 6), ("counts@1", 6)}


def test_protocol_5_a_zombie_with_a_batch_of_the_lost_log_skips_no_event_of_the_new_one(service, instances, tallies):
    """The lost log had three events of stream b at the offsets where the new log has other events."""
    lost, kept = reports("b", 3), reports("a", 6)
    hold = HoldAt("before")
    zombie = service.instances(counts, at=hold)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(feed_all, zombie, lost, 3, "1")
        hold.wait()
        feed_all(instances, kept[:3], generation="2")
        hold.release()
        held.result()
    feed_all(instances, kept + lost, generation="2")
    assert tallies() == {"a": 6, "b": 3}


def test_law_2_a_zombie_that_held_its_batch_before_its_transaction_changes_nothing(service, instances, tallies):
    events = reports("a", 4)
    hold = HoldAt("before")
    zombie = service.instances(counts, at=hold)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(feed_all, zombie, events, 4)
        hold.wait()
        feed_all(instances, events, 2)
        hold.release()
        held.result()
    assert tallies() == {"a": 4}


def test_a_batch_of_a_retired_instance_is_dropped(service, instances, all_of):
    events = reports("a", 4)
    feed_all(instances, events[:2])
    green = instances.rebuild("counts")
    feed_all(instances, events[:2], only=green)
    hold = HoldAt("before")
    zombie = service.instances(counts, at=hold)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(feed_all, zombie, events, 4, "1", "counts@1")
        hold.wait()
        instances.switch("counts")
        hold.release()
        held.result()
    assert {(row["instance"], row["version"]) for row in all_of(applied)} == {("counts@1", 2), (green, 2)}


def test_protocol_12_the_same_stream_id_in_two_topics_is_two_streams(tmp_path, service):
    metadata = MetaData()

    class Row(eventkit.Row, registry=registry(metadata=metadata)):
        pass

    class Seen(SQLModel):
        topic: str = Field(primary_key=True)
        count: int = 0

    class SeenRow(Row, Seen, table=True):
        pass

    both = Projection("both", SeenRow, code=1, reads=[OBSERVATIONS, GATEWAY])

    @both.on(SourceRegistered)
    @both.on(ObservationReported)
    def _(rows, e):
        seen = rows.get(Seen, e.data.event_topic.name) or Seen(topic=e.data.event_topic.name)
        seen.count += 1
        rows.put(seen)

    registered = SourceRegistered(source="ucdp", uri="https://ucdp.uu.se", party=None, title="UCDP", rights=Rights(types=()))
    with new_database(tmp_path, metadata) as database:
        instances = Instances(database, EventStore(database, service.clock, "both"), service.clock, [both], [])
        instances.begin()
        feed_all(instances, [recorded(report(1), "same", 1), recorded(registered, "same", 1), recorded(report(2), "same", 2)])
        with database.reading() as connection:
            assert {row.topic: row.count for row in Ask(connection).all(SeenRow)} == {OBSERVATIONS.name: 2, GATEWAY.name: 1}


@pytest.mark.parametrize("code", ["poison", "nul", "huge", "long"])
def test_protocol_13_poison_in_fold_or_flush_holds_its_stream_and_leaves_no_half_of_itself(instances, tallies, all_of, code, service):
    good, bad, after = stream_of("a", report(1), report(2, code), report(3))
    feed_all(instances, [good, recorded(report(4), "b", 1), bad, recorded(report(5), "b", 2), after], size=5)
    assert tallies() == {"a": 1, "b": 2}
    with service.database.reading() as connection:
        assert [row.reports for row in Ask(connection).all(DayCountRow)] == [3]
    assert [(row["version"], row["cause"] is None, row["attempts"]) for row in all_of(parked)] == [(2, False, 1), (3, True, 0)]
    assert "parameters" not in all_of(parked)[0]["cause"]
    assert instances.next(TOPIC, "1", 0) == 5


def test_protocol_13_a_fold_that_asks_the_database_for_the_impossible_is_parked_and_no_other(service, tallies, all_of):
    fold = counts.handlers["entente.observations.reported"].fold
    twin = Projection("counts", *counts.tables, code=1, reads=counts.reads)

    @twin.on(ObservationReported)
    def _(rows, e):
        fold(rows, e)
        if e.sequence == 2:
            rows.get(Tally, frozenset())

    feed_all(service.instances(twin), [*reports("a", 3), *reports("b", 1)], size=4)
    assert tallies() == {"a": 1, "b": 1}
    assert [row["version"] for row in all_of(parked)] == [2, 3]
    assert "frozenset" in all_of(parked)[0]["cause"]


def test_protocol_13_poison_in_decoding_is_parked_with_its_cause(instances, tallies, all_of):
    first, second, third = records_of(stream_of("a", report(1), report(2), report(3)))
    bad = type(second)(second.offset, second.key, second.headers, b'{"observation":""}')
    instances.feed(batch_of(TOPIC, [first, bad, third]))
    assert tallies() == {"a": 1}
    assert [row["version"] for row in all_of(parked)] == [2, 3]
    assert "Undecodable" in all_of(parked)[0]["cause"]


@pytest.mark.parametrize("where", ["INSERT INTO tally", "SELECT day_count"], ids=["at the flush", "in a fold"])
def test_a_transient_error_is_raised_and_parks_nothing(service, tallies, all_of, where):
    twin = Projection("counts", *counts.tables, code=1, reads=counts.reads)
    twin.on(ObservationReported)(counts.handlers["entente.observations.reported"].fold)
    instances, events = service.instances(twin), reports("a", 3)
    failing = [True]

    def refuse(connection, cursor, statement, parameters, context, executemany):
        if failing and statement.startswith(where):
            failing.clear()
            busy = OperationalError("database is locked")
            busy.sqlite_errorcode = 5
            raise DatabaseError(statement, None, busy)

    event.listen(service.database.engine, "before_cursor_execute", refuse)
    with pytest.raises(DatabaseError):
        feed_all(instances, events)
    assert all_of(parked) == []
    assert tallies() == {}
    feed_all(instances, events)
    assert tallies() == {"a": 3}


def test_an_instance_that_fails_keeps_no_other_from_its_turn(service, instances, tallies):
    green = instances.rebuild("counts")

    def fail(step, name):
        if name == green and step == "locked":
            raise RuntimeError("not this one")

    broken = service.instances(counts, at=fail)
    with pytest.raises(RuntimeError, match="not this one"):
        feed_all(broken, reports("a", 2))
    assert tallies() == {"a": 2}


def test_protocol_19_threads_that_make_one_absent_row_at_once_lose_nothing(service, instances, tallies):
    """Two partitions bring streams whose rows meet: the same country and day, in opposite order."""
    days = [report(1, country="SDN"), report(2, country="TCD")]
    one, other = stream_of("a", *days), stream_of("b", *reversed(days))
    start = threading.Barrier(2)

    def read(events, partition):
        process = service.instances(counts)
        start.wait()
        for batch in (batch_of(TOPIC, [record], partition=partition) for record in records_of(events)):
            process.feed(batch)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(read, one, 0), threads.submit(read, other, 1)]:
            done.result()
    assert tallies() == {"a": 2, "b": 2}
    with service.database.reading() as connection:
        assert {row.country: row.reports for row in Ask(connection).all(DayCountRow)} == {"SDN": 2, "TCD": 2}


def test_protocol_23_old_and_new_code_at_once_leave_no_instance_with_rows_of_both(service, instances, tallies):
    old, new = service.instances(counting(1)), service.instances(counting(2))
    green = new.rebuild("counts")
    for event_ in reports("a", 4):
        for process in (old, new):
            process.feed(batch_of(TOPIC, records_of([event_], event_.sequence - 1)))
    assert tallies() == {"a": 4}
    new.switch("counts")
    assert tallies() == {"a": 8}
    assert old.feed(batch_of(TOPIC, records_of(reports("a", 1, first=5), 4))).applied == {}
    assert new.names() == [green]


def test_protocol_25_checkpoints_deleted_or_lowered_change_no_row(service, instances, tallies):
    events = reports("a", 5)
    feed_all(instances, events)
    with service.database.writing() as connection:
        connection.execute(checkpoint.update().values(next=2))
    feed_all(instances, events)
    with service.database.writing() as connection:
        connection.execute(delete(checkpoint))
    feed_all(instances, events)
    assert tallies() == {"a": 5}


def test_what_a_crashed_redrive_left_waiting_is_applied_when_its_stream_moves_again(service, instances, tallies, all_of):
    events = reports("a", 3)
    feed_all(instances, [events[0], events[2]])
    with service.database.writing() as connection:
        row = dict(connection.execute(parked.select()).mappings().one())
        left = record_of(events[1], 1)
        connection.execute(insert(parked).values({**row, "version": 2, "headers": pack(left.headers), "body": left.value}))
    feed_all(instances, [*events, *reports("a", 1, first=4)], generation="2")
    assert tallies() == {"a": 4}
    assert all_of(parked) == []
