"""`offer` and `drain`: what is applied, what waits, what is put aside."""

import logging
from dataclasses import replace

import pytest

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.log.port import GENESIS_TYPE, Batch, StoredRecord
from entente_eventkit.storage.tables import applied, parked, unreadable
from entente_testkit.history import batch_of, record_of, recorded, records_of, stream_of
from entente_testkit.specimen import report, retraction
from entente_testkit.suites.running import feed_all

TOPIC = OBSERVATIONS.name


def with_header(record, name, value):
    headers = tuple((key, text) for key, text in record.headers if key != name)
    return replace(record, headers=headers if value is None else (*headers, (name, value)))


def test_protocol_10_v2_v1_v2_ends_as_1_2(instances, tallies, all_of):
    first, second = stream_of("a", report(1), report(2))
    feed_all(instances, [second, first, second])
    assert tallies() == {"a": 2}
    assert all_of(parked) == []
    assert [(row["version"], row["id"]) for row in all_of(applied)] == [(2, second.id)]


def test_an_older_version_is_skipped(instances, tallies):
    events = stream_of("a", report(1), report(2))
    feed_all(instances, [*events, events[0]])
    assert tallies() == {"a": 2}


def test_another_event_under_the_version_last_applied_is_a_fork_and_changes_nothing(instances, tallies, caplog):
    with caplog.at_level(logging.ERROR):
        feed_all(instances, [recorded(report(1), "a", 1), recorded(report(2, deaths=9), "a", 1, id="another")])
    assert tallies() == {"a": 1}
    assert "fork: version 1 of a is event another" in caplog.text


def test_what_follows_a_gap_waits_without_a_cause(instances, tallies, all_of):
    events = stream_of("a", report(1), report(2), report(3))
    feed_all(instances, [events[0], events[2]])
    assert tallies() == {"a": 1}
    assert [(row["version"], row["cause"], row["attempts"]) for row in all_of(parked)] == [(3, None, 0)]


def test_what_waited_is_applied_when_the_missing_event_comes_in_a_later_batch(instances, tallies, all_of):
    events = stream_of("a", *map(report, range(1, 6)))
    feed_all(instances, [events[0], *events[2:]], generation="1")
    feed_all(instances, events[:2], generation="2")
    assert tallies() == {"a": 5}
    assert all_of(parked) == []


def test_an_unknown_type_moves_the_version_on(instances, tallies, all_of):
    first, unknown, third = records_of(stream_of("a", report(1), report(2), report(3)))
    unknown = with_header(unknown, "ce_type", b"entente.observations.imagined.v1")
    instances.feed(batch_of(TOPIC, [first, unknown, third]))
    assert tallies() == {"a": 2}
    assert all_of(applied)[0]["version"] == 3


def test_an_unknown_version_of_a_known_type_is_parked_and_holds_its_stream(instances, tallies, all_of):
    first, unknown, third = records_of(stream_of("a", report(1), report(2), report(3)))
    unknown = with_header(unknown, "ce_type", b"entente.observations.reported.v99")
    instances.feed(batch_of(TOPIC, [first, unknown, third]))
    assert tallies() == {"a": 1}
    assert [row["version"] for row in all_of(parked)] == [2, 3]
    assert "no version 99" in all_of(parked)[0]["cause"]
    assert all_of(parked)[1]["cause"] is None


def test_an_event_nobody_folds_is_never_decoded(instances, all_of):
    (record,) = records_of(stream_of("a", report(1)))
    record = replace(with_header(record, "ce_type", b"entente.observations.revised.v1"), value=b"\xff")
    instances.feed(batch_of(TOPIC, [record]))
    assert all_of(applied)[0]["version"] == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: with_header(record, "ce_sequence", None),
        lambda record: with_header(record, "ce_subject", None),
        lambda record: replace(record, headers=tuple((k, None if k == "ce_id" else v) for k, v in record.headers)),
        lambda record: with_header(record, "ce_sequence", b"0"),
        lambda record: with_header(record, "ce_sequence", b"99999999999999999999"),
        lambda record: with_header(record, "ce_subject", b"a\0b"),
        lambda record: with_header(record, "ce_subject", b"\xff"),
        lambda record: replace(record, value=b"no json"),
        lambda record: replace(record, value=None),
        lambda record: replace(record, value=b"\xff\xfe"),
    ],
    ids=["no version", "no stream", "null header", "version 0", "version too large", "NUL", "not UTF-8", "not JSON", "no value", "bytes"],
)
def test_protocol_14_an_unreadable_record_holds_its_stream_until_a_new_generation_brings_it_again(instances, tallies, all_of, spoil):
    events = stream_of("a", report(1), report(2), report(3))
    other = recorded(report(4), "b", 1)
    records = [record_of(event, offset) for offset, event in enumerate([*events, other])]
    records[1] = spoil(records[1])
    instances.feed(batch_of(TOPIC, records))
    assert tallies() == {"a": 1, "b": 1}
    (row,) = all_of(unreadable)
    assert (row["topic"], row["generation"], row["partition"], row["offset"], row["body"]) == (TOPIC, "1", 0, 1, records[1].value)
    assert row["cause"]
    feed_all(instances, [*events, other], generation="2")
    assert tallies() == {"a": 3, "b": 1}
    assert all_of(parked) == []


def test_an_unreadable_record_behind_a_gap_is_put_aside_too_so_that_its_good_copy_counts(instances, tallies, all_of):
    events = stream_of("a", report(1), report(2), report(3))
    bad = replace(record_of(events[2], 1), value=b"{")
    instances.feed(batch_of(TOPIC, [record_of(events[0], 0), bad]))
    feed_all(instances, events, generation="2")
    assert tallies() == {"a": 3}
    assert [row["offset"] for row in all_of(unreadable)] == [1]


def test_a_record_that_is_unreadable_for_two_instances_is_kept_once(instances, all_of):
    green = instances.rebuild("counts")
    record = StoredRecord(0, None, (("ce_type", None),), None)
    batch = batch_of(TOPIC, [record])
    assert instances.feed(batch).applied == {green: 0, "counts@1": 0}
    assert len(all_of(unreadable)) == 1


def test_genesis_records_are_passed_over_in_silence(instances, tallies, all_of):
    genesis = StoredRecord(0, b"a", (("ce_type", GENESIS_TYPE.encode()),), b"{}")
    (record,) = records_of(stream_of("a", report(1)), begin=1)
    instances.feed(Batch(TOPIC, "1", 0, 0, 2, [genesis, record]))
    assert tallies() == {"a": 1}
    assert all_of(unreadable) == []


def test_a_row_can_be_taken_away_and_made_again(instances, tallies):
    feed_all(instances, stream_of("a", report(1), retraction(1)), size=1)
    assert tallies() == {}
    feed_all(instances, stream_of("a", report(1), retraction(1), report(2)), generation="2")
    assert tallies() == {"a": 1}
