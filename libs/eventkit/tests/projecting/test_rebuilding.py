"""Rebuild beside the live instance, switch when nothing is missing, sweep afterwards."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest

from entente_contracts.events.observations import Kind
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.projecting.compare import canonical
from entente_eventkit.projecting.instances import Instances, NotReady
from entente_eventkit.projecting.status import Progress
from entente_eventkit.storage.tables import active, applied, checkpoint, instance, mark, parked
from entente_testkit.history import START, batch_of, recorded, records_of, stream_of
from entente_testkit.specimen import counting, counts, report, warn_of_deaths
from entente_testkit.suites.running import feed_all, poisoned

TOPIC = OBSERVATIONS.name
EVENTS = [*stream_of("a", *map(report, range(1, 6))), *stream_of("b", *map(report, range(6, 9)))]


class Side(Enum):
    LEFT = 1


def states(all_of):
    return {row["name"]: (row["code"], row["state"]) for row in all_of(instance)}


def test_begin_makes_one_live_instance_and_leaves_it_alone_afterwards(service, instances, all_of):
    assert instances.begin() == []
    assert states(all_of) == {"counts@1": (1, "live")}
    assert all_of(active) == [{"projection": "counts", "instance": "counts@1"}]


def test_begin_names_the_projections_whose_code_is_new(service, instances, all_of):
    new = Instances(service.database, service.store, service.clock, [counting(2)], [])
    assert new.begin() == ["counts"]
    assert states(all_of) == {"counts@1": (1, "live")}


def test_two_parts_of_one_name_are_refused(service):
    with pytest.raises(ValueError, match="one name"):
        service.instances(counts, counts)


def test_a_rebuild_asked_for_twice_is_one(instances):
    assert instances.rebuild("counts") == instances.rebuild("counts") == "counts@2"


def test_a_rebuild_by_newer_code_takes_the_place_of_an_unfinished_one(service, instances, all_of):
    instances.rebuild("counts")
    assert service.instances(counting(2)).rebuild("counts") == "counts@3"
    assert states(all_of) == {"counts@1": (1, "live"), "counts@2": (1, "retired"), "counts@3": (2, "building")}


def test_a_policy_is_never_rebuilt_nor_switched(service):
    instances = service.instances(counts, warn_of_deaths)
    for refused in (instances.rebuild, instances.switch):
        with pytest.raises(ValueError, match="never rebuilt"):
            refused("warn-of-deaths")


def test_what_the_service_has_not_cannot_be_rebuilt(instances):
    with pytest.raises(LookupError, match="no projection nothing"):
        instances.rebuild("nothing")


def test_nothing_building_is_nothing_to_switch(instances):
    with pytest.raises(LookupError, match="rebuild it first"):
        instances.switch("counts")


def test_a_switch_is_refused_as_long_as_a_stream_is_behind_and_says_which(instances, tallies):
    feed_all(instances, EVENTS)
    green = instances.rebuild("counts")
    feed_all(instances, EVENTS[:3], only=green)
    with pytest.raises(NotReady, match="2 streams are behind the live instance, first a \\(3 of 5\\)") as refused:
        instances.switch("counts")
    assert [(each.stream, each.has, each.needs) for each in refused.value.behind] == [("a", 3, 5), ("b", 0, 3)]
    assert instances.progress(green) == Progress(3, 8)
    assert instances.progress("counts@1") == Progress(8, 8)


def test_protocol_15_a_green_instance_with_poison_that_the_blue_one_has_not_is_not_switched(service, instances, tallies):
    feed_all(instances, EVENTS)
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3))
    green = ill.rebuild("counts")
    feed_all(ill, EVENTS, only=green)
    with pytest.raises(NotReady, match=r"4 events are parked.*poison in") as refused:
        instances.switch("counts")
    assert refused.value.parked_total == 4
    assert instances.redrive(green) == 4
    instances.switch("counts")
    assert tallies() == {"a": 5, "b": 3}


def test_protocol_15_poison_that_the_blue_instance_has_not_even_read_holds_the_switch_too(service, instances):
    feed_all(instances, EVENTS)
    ill = service.instances(poisoned(counts, lambda event: event.subject == "c"))
    green = ill.rebuild("counts")
    feed_all(ill, [*EVENTS, recorded(report(9), "c", 1)], only=green)
    with pytest.raises(NotReady) as refused:
        instances.switch("counts")
    assert (refused.value.streams_behind, refused.value.parked_total) == (0, 1)


def test_protocol_15_a_blue_instance_with_poison_gives_way_and_a_redrive_of_its_rows_changes_nothing(service, tallies, all_of):
    ill = service.instances(poisoned(counts, lambda event: event.sequence == 3))
    feed_all(ill, EVENTS)
    assert tallies() == {"a": 2, "b": 2}
    mended = service.instances(counts)
    green = mended.rebuild("counts")
    feed_all(mended, EVENTS, only=green)
    mended.switch("counts")
    before = mended.digest("counts@1")
    assert mended.redrive("counts@1") == 0
    assert mended.digest("counts@1") == before
    assert tallies() == {"a": 5, "b": 3}
    assert {row["instance"] for row in all_of(parked)} == {"counts@1"}


def test_a_green_instance_that_only_waits_for_an_event_is_not_switched(instances):
    feed_all(instances, [EVENTS[0]])
    green = instances.rebuild("counts")
    feed_all(instances, [EVENTS[0], EVENTS[2]], only=green)
    with pytest.raises(NotReady, match="waits for the version before it"):
        instances.switch("counts")


def test_protocol_16_a_switch_under_load_and_a_new_generation_in_the_middle_of_a_rebuild(service, instances, tallies, all_of):
    feed_all(instances, EVENTS)
    green = instances.rebuild("counts")
    feed_all(instances, EVENTS[:4], only=green, generation="1")
    more = stream_of("a", *map(report, range(20, 60)), first=6)
    again = [*EVENTS, *more]

    def live():
        for batch in (batch_of(TOPIC, records_of(again)[start : start + 2], generation="2") for start in range(0, len(again), 2)):
            instances.feed(batch)

    def switched():
        process = service.instances(counts)
        for _ in range(5_000):
            with suppress(NotReady):
                process.switch("counts")
                return
        raise AssertionError("the building instance never caught up")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(live), threads.submit(switched)]:
            done.result()
    assert states(all_of) == {"counts@1": (1, "retired"), green: (1, "live")}
    assert tallies() == {"a": 45, "b": 3}
    assert all_of(active) == [{"projection": "counts", "instance": green}]


def test_law_4_compare_names_each_row_that_differs(service, instances):
    feed_all(instances, EVENTS)
    green = instances.rebuild("counts")
    feed_all(instances, [*EVENTS, recorded(report(9), "c", 1)], only=green)
    found = instances.compare("counts", "counts@1", green)
    assert [(each.table, each.key) for each in found] == [("tally", ("c",)), ("day_count", ("SDN", date(2023, 10, 1)))]
    assert (found[0].left, found[1].left["reports"], found[1].right["reports"]) == (None, 8, 9)
    assert instances.digest("counts@1") != instances.digest(green)
    assert instances.compare("counts", green, "counts@1")[0].right is None


def test_a_building_instance_is_compared_with_the_live_one_and_given_up(instances, all_of):
    feed_all(instances, EVENTS)
    with pytest.raises(LookupError, match="beside a live one"):
        instances.compare_building("counts")
    feed_all(instances, EVENTS[1:], only=instances.rebuild("counts"))
    assert {each.table for each in instances.compare_building("counts")} == {"tally", "day_count"}
    instances.drop_building("counts")
    assert states(all_of) == {"counts@1": (1, "live"), "counts@2": (1, "retired")}


def test_every_plain_column_has_one_canonical_form():
    values = {
        "b": b"\x01",
        "d": Decimal("1.50"),
        "u": UUID(int=1),
        "day": date(2023, 10, 1),
        "at": START,
        "kind": Kind.MATERIAL_CONFLICT,
        "side": Side.LEFT,
    }
    assert canonical(values) == (
        b'{"at":"2023-10-01T12:00:00+00:00","b":"01","d":"1.50","day":"2023-10-01","kind":"material_conflict","side":1,'
        b'"u":"00000000-0000-0000-0000-000000000001"}'
    )
    with pytest.raises(TypeError, match="set has no canonical form"):
        canonical({"x": {1}})


def test_retired_rows_are_swept_away_in_pieces_and_live_ones_stay(instances, tallies, all_of, service):
    ill = service.instances(poisoned(counts, lambda event: event.id == EVENTS[2].id))
    feed_all(ill, EVENTS)
    green = instances.rebuild("counts")
    feed_all(instances, EVENTS, only=green)
    instances.switch("counts")
    swept = []
    while done := instances.sweep(2):
        swept.append(done)
    assert max(swept) == 2
    for table in (applied, checkpoint, parked, mark):
        assert {row["instance"] for row in all_of(table)} <= {green}
    assert tallies() == {"a": 5, "b": 3}
    assert states(all_of)["counts@1"] == (1, "retired")


def test_a_worker_does_nothing_twice_and_forgets_nothing_after_a_switch(service, instances, all_of):
    done, pending = recorded(report(1, country="SDN"), "a", 1), recorded(report(2, country="TCD"), "b", 1)
    feed_all(instances, [done, pending])
    with service.database.writing() as connection:
        connection.execute(mark.delete().where(mark.c.what == "SDN"))
    green = instances.rebuild("counts")
    newer = recorded(report(3, country="MLI"), "c", 1)
    feed_all(instances, [done, pending, newer], only=green)
    instances.switch("counts")
    assert [(row["instance"], row["what"], row["cause"]) for row in all_of(mark)] == [(green, "MLI", newer.id), (green, "TCD", pending.id)]


def test_of_one_mark_in_both_instances_the_newer_event_wins(instances, all_of):
    first, second = stream_of("a", report(1), report(2))
    feed_all(instances, [first])
    green = instances.rebuild("counts")
    feed_all(instances, [first, second], only=green)
    instances.switch("counts")
    assert [(row["version"], row["cause"]) for row in all_of(mark)] == [(2, second.id)]


def test_protocol_18_new_code_of_a_policy_takes_over_its_instance(service, all_of):
    instances = service.instances(warn_of_deaths)
    feed_all(instances, [recorded(report(1, deaths=2), "a", 1)])
    newer = service.instances(replace(warn_of_deaths, code=2))
    assert states(all_of) == {"warn-of-deaths@1": (2, "live")}
    assert newer.names() == ["warn-of-deaths@1"]
    assert instances.names() == []


def test_next_is_the_smallest_checkpoint_of_the_live_instances_that_this_code_writes(service, instances):
    feed_all(instances, EVENTS[:5])
    green = instances.rebuild("counts")
    assert instances.next(TOPIC, "1", 0) == 5
    assert instances.next(TOPIC, "1", 0, instance=green) == 0
    assert instances.next("entente.nothing", "1", 0) == 0
    assert service.instances(counting(2)).next(TOPIC, "1", 0) == 0
