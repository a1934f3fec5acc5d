"""Redrive: in order, through the fold as it is now, never past what still fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.projecting import instances as instances_module
from entente_eventkit.storage.tables import parked
from entente_testkit.history import batch_of, recorded, records_of, stream_of
from entente_testkit.specimen import counts, report
from entente_testkit.suites.running import feed_all, poisoned

TOPIC = OBSERVATIONS.name
EVENTS = stream_of("a", *map(report, range(1, 8)))


@pytest.fixture
def held(service):
    """Stream a stands at version 2: version 3 was poison once, all later ones wait behind it."""
    feed_all(service.instances(poisoned(counts, lambda event: event.sequence == 3)), EVENTS)
    return service.instances(counts)


def test_a_redrive_applies_what_is_mended_and_all_that_waited(held, tallies, all_of):
    assert tallies() == {"a": 2}
    assert held.redrive("counts@1") == 5
    assert tallies() == {"a": 7}
    assert all_of(parked) == []


def test_a_redrive_of_what_is_not_mended_counts_the_attempt_and_changes_nothing(service, held, tallies, all_of):
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3))
    assert ill.redrive("counts@1", (TOPIC, "a")) == 0
    assert tallies() == {"a": 2}
    assert [(row["version"], row["attempts"]) for row in all_of(parked)] == [(3, 2), (4, 0), (5, 0), (6, 0), (7, 0)]


def test_a_redrive_stops_at_the_next_poison(service, held, tallies, all_of):
    assert service.instances(poisoned(counts, lambda event: event.sequence == 6)).redrive("counts@1") == 3
    assert tallies() == {"a": 5}
    assert [(row["version"], row["cause"] is None) for row in all_of(parked)] == [(6, False), (7, True)]


def test_a_redrive_of_a_stream_that_waits_for_an_absent_event_takes_nothing(instances, tallies, all_of):
    feed_all(instances, [EVENTS[0], *EVENTS[2:]])
    assert instances.redrive("counts@1") == 0
    assert instances.redrive("counts@1", (TOPIC, "a")) == 0
    assert (tallies(), len(all_of(parked))) == ({"a": 1}, 5)


def test_a_redrive_longer_than_one_transaction_takes_several(held, tallies, monkeypatch):
    monkeypatch.setattr(instances_module, "EVENTS_A_REDRIVE", 2)
    assert held.redrive("counts@1") == 5
    assert tallies() == {"a": 7}


def test_protocol_13_two_redrives_at_once_apply_everything_once(service, held, tallies, all_of):
    start = threading.Barrier(2)

    def again():
        process = service.instances(counts)
        start.wait()
        return process.redrive("counts@1")

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(again) for _ in range(2)]
        assert sum(each.result() for each in done) == 5
    assert tallies() == {"a": 7}
    assert all_of(parked) == []


def test_protocol_13_a_redrive_against_live_batches_keeps_the_order(service, held, tallies, all_of):
    later = stream_of("a", *map(report, range(8, 20)), first=8)
    start = threading.Barrier(2)

    def live():
        start.wait()
        for event in later:
            held.feed(batch_of(TOPIC, records_of([event], event.sequence - 1)))

    def again():
        start.wait()
        return service.instances(counts).redrive("counts@1")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(live), threads.submit(again)]:
            done.result()
    assert tallies() == {"a": 19}
    assert all_of(parked) == []


def test_protocol_13_a_redrive_against_the_switch_changes_no_retired_row(service, held, tallies):
    green = held.rebuild("counts")
    feed_all(held, EVENTS, only=green)
    held.switch("counts")
    assert held.redrive("counts@1") == 0
    assert tallies() == {"a": 7}


def test_a_redrive_of_an_instance_that_is_not_there_says_so(instances):
    with pytest.raises(LookupError, match="no instance nobody@1"):
        instances.redrive("nobody@1")


def test_a_parked_event_whose_body_is_gone_is_parked_again_with_that_as_its_cause(service, held, tallies, all_of):
    with service.database.writing() as connection:
        connection.execute(parked.update().where(parked.c.version == 4).values(body=None))
    assert held.redrive("counts@1") == 1
    assert tallies() == {"a": 3}
    assert all_of(parked)[0]["cause"].startswith("the value is no JSON")


def test_streams_are_redriven_apart_from_each_other(service, tallies):
    other = recorded(report(1), "b", 1)
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3 or event.subject == "b"))
    feed_all(ill, [*EVENTS, other])
    assert service.instances(counts).redrive("counts@1", (TOPIC, "b")) == 1
    assert tallies() == {"a": 2, "b": 1}


def test_a_trial_tells_what_would_be_applied_and_changes_nothing(held, tallies, all_of):
    before = all_of(parked)
    assert held.redrive("counts@1", trial=True) == 5
    assert (tallies(), all_of(parked)) == ({"a": 2}, before)
    assert held.redrive("counts@1", (TOPIC, "a"), trial=True) == 5
    assert held.redrive("counts@1") == 5


def test_a_trial_of_what_is_not_mended_tells_so_and_counts_no_attempt(service, held, tallies, all_of):
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 6))
    before = all_of(parked)
    assert ill.redrive("counts@1", trial=True) == 3
    assert (tallies(), all_of(parked)) == ({"a": 2}, before)
