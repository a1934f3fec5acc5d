"""What an operator sees."""

from datetime import timedelta

from entente_eventkit.projecting.status import Checkpoint, OpenGap, Progress
from entente_testkit.history import stream_of
from entente_testkit.specimen import counts, report, warn_of_deaths
from entente_testkit.suites.running import feed_all, poisoned

EVENTS = stream_of("a", *map(report, range(1, 8)))


def test_the_status_tells_instances_parked_events_and_checkpoints(service):
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3), warn_of_deaths)
    feed_all(ill, EVENTS)
    projection, policy = ill.status(limit=2)
    assert (projection.name, projection.kind, projection.state, projection.code, projection.active) == (
        "counts@1",
        "projection",
        "live",
        1,
        True,
    )
    assert projection.current
    assert projection.checkpoints == (Checkpoint("entente.observations", "1", 0, 7),)
    assert [(each.version, each.cause is None, each.attempts) for each in projection.parked] == [(3, False, 1), (4, True, 0)]
    assert projection.parked_total == 5
    assert projection.progress == Progress(2, 7)
    assert projection.open_gaps == ()
    assert projection.marks == 1
    assert (policy.name, policy.kind, policy.parked_total) == ("warn-of-deaths@1", "policy", 0)


def test_a_gap_that_stays_open_for_a_minute_is_an_alarm(service, instances):
    feed_all(instances, [EVENTS[0], EVENTS[3], EVENTS[4], EVENTS[6]])
    since = service.clock.now()
    assert instances.status()[0].open_gaps == ()
    service.clock.advance(timedelta(seconds=60))
    assert instances.status()[0].open_gaps == (
        OpenGap("entente.observations", "a", 2, 4, since),
        OpenGap("entente.observations", "a", 6, 7, since),
    )


def test_what_waits_behind_poison_is_no_gap(service):
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3))
    feed_all(ill, EVENTS)
    service.clock.advance(timedelta(hours=1))
    assert ill.status()[0].open_gaps == ()


def test_a_stream_whose_first_event_never_came_is_a_gap(service, instances):
    feed_all(instances, EVENTS[1:2])
    service.clock.advance(timedelta(hours=1))
    assert [(gap.missing_from, gap.before) for gap in instances.status()[0].open_gaps] == [(1, 2)]
