"""From admitted observations to assessments and warnings, on the real kernel."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from entente_contracts.events.stability import WarningLevel, WarningLifted, WarningRaised
from entente_eventkit.storage.migrations import differences
from entente_stability.app import stability
from entente_stability.projections.assessments import DayAssessmentRow, LatestAssessmentRow
from entente_stability.projections.observed import BucketRow
from entente_stability.projections.warnings import StandingWarningRow, WarningChangeRow
from entente_stability.testing.events import day, reported, retracted, revised
from entente_stability.testing.line import Line


def latest(line: Line) -> dict[tuple[str, date], tuple[Any, ...]]:
    rows = line.ask(DayAssessmentRow)
    return {
        (row.country, row.day): (row.stability, row.z, row.terms, row.sources, row.days_observed, row.last_observed, row.confidence)
        for row in rows
    }


def massacre(line: Line, on: int, *, events: int = 40, deaths: int = 60) -> None:
    line.admit(*(reported(f"{on}-{n}", on=day(on), deaths=deaths) for n in range(events)))


def test_head_and_models_have_the_same_tables(line: Line) -> None:
    assert differences(line.database, stability.metadata) == []


def test_an_observation_becomes_an_assessment_of_the_day_on_which_it_was_known(line: Line) -> None:
    event, *_ = line.admit(reported("a", on=day(1), deaths=5))
    line.settle()
    (assessed,) = line.written("assessment/SDN")
    assert (assessed.data.country, assessed.data.day) == ("SDN", day(1))
    assert sum(term.thousandths for term in assessed.data.terms) == assessed.data.z
    assert assessed.causationid == event
    assert assessed.actor.id == "stability/assess-what-changed"


def test_many_observations_of_one_day_are_one_assessment(line: Line) -> None:
    line.admit(*(reported(f"a{n}", on=day(1), deaths=5) for n in range(30)))
    line.settle()
    assert len(line.written("assessment/SDN")) == 1


def test_nothing_is_written_down_where_nothing_differs(line: Line) -> None:
    event = reported("a", on=day(1), deaths=5)
    line.admit(event)
    line.settle()
    line.admit(event)
    line.settle()
    assert len(line.written("assessment/SDN")) == 1


def test_a_massacre_raises_a_warning_dated_by_the_day_and_caused_by_the_assessment(line: Line) -> None:
    massacre(line, 1)
    line.settle()
    (assessed,) = line.written("assessment/SDN")
    (raised,) = line.written("warning/SDN")
    assert isinstance(raised.data, WarningRaised)
    assert (raised.data.level, raised.data.before, raised.data.day) == (WarningLevel.CRISIS, None, day(1))
    assert raised.data.assessment == raised.causationid == assessed.id
    assert raised.correlationid == assessed.correlationid


def test_law_6_the_chain_of_causes_runs_from_the_foreign_event_to_the_warning(line: Line) -> None:
    massacre(line, 1, events=60)
    line.settle()
    (raised,) = line.written("warning/SDN")
    with line.database.reading() as connection:
        assessed = line.store.event(connection, raised.causationid)
    assert assessed is not None
    with line.gateway.database.reading() as connection:
        admitted = line.gateway.event(connection, assessed.causationid)
    assert admitted is not None
    assert admitted.origin is not None
    assert admitted.causationid == admitted.origin.cause == raised.correlationid


def test_a_warning_is_lifted_in_silence(line: Line) -> None:
    massacre(line, 1, events=1, deaths=80)
    line.settle()
    line.sleep(60)
    raised, lifted = (event.data for event in line.written("warning/SDN"))
    assert isinstance(raised, WarningRaised)
    assert isinstance(lifted, WarningLifted)
    assert (raised.level, lifted.level, lifted.now) == (WarningLevel.WATCH, WarningLevel.WATCH, None)
    assert lifted.stability > 80_000
    assert line.ask(StandingWarningRow) == []
    assert [(row.level, row.before) for row in line.ask(WarningChangeRow)] == [("watch", ""), ("", "watch")]


def test_every_watched_country_is_assessed_once_a_day_of_the_clock(line: Line) -> None:
    line.admit(reported("a", on=day(1), deaths=5), reported("b", country="TCD", on=day(1), deaths=5))
    line.settle()
    line.sleep(5)
    assert sorted(latest(line)) == [(country, day(n)) for country in ("SDN", "TCD") for n in range(1, 6)]
    (sudan,) = line.ask(LatestAssessmentRow, LatestAssessmentRow.country == "SDN")
    assert sudan.day == day(5)


def test_days_missed_in_an_outage_are_made_up_for(line: Line) -> None:
    line.admit(reported("a", on=day(1), deaths=5))
    line.settle()
    line.sleep_until(day(5))
    line.settle()
    assert sorted(on for _, on in latest(line)) == [day(1), day(2), day(3), day(4)]


def test_what_is_learnt_later_changes_no_assessment_of_an_earlier_day(line: Line) -> None:
    line.admit(reported("a", on=day(1), deaths=5))
    line.settle()
    line.sleep(3)
    before = latest(line)
    line.admit(revised("a", on=day(1), deaths=500))
    line.settle()
    after = latest(line)
    assert {key: after[key] for key in before} == before
    assert after["SDN", day(4)][0] < before["SDN", day(3)][0]


def test_an_observation_that_moves_to_another_country_is_taken_from_one_and_given_to_the_other(line: Line) -> None:
    line.admit(reported("a", on=day(1), deaths=500))
    line.settle()
    line.sleep(1)
    line.admit(retracted("a"), reported("a", country="TCD", on=day(1), deaths=500))
    line.settle()
    stability_of = {row.country: row.stability for row in line.ask(LatestAssessmentRow)}
    assert stability_of["SDN"] == 98_201
    assert stability_of["TCD"] < 70_000


def story(line: Line, pauses: set[int], *, dues_first: bool = False) -> dict[tuple[str, date], tuple[Any, ...]]:
    """Ten days of events, none on the fifth and sixth; the service reads none on those in `pauses` and finds them later."""
    for number in range(1, 11):
        line.sleep_until(day(number), hour=1)
        while dues_first and line.fulfil():
            pass
        if number not in pauses:
            line.settle()
        if number not in (5, 6):
            line.admit(reported(f"s{number}", on=day(number), deaths=number * 3))
        if number % 3 == 0 and number != 6:
            line.admit(revised(f"s{number - 1}", on=day(number - 1), deaths=1), retracted(f"s{number - 2}"))
        if number % 4 == 0:
            line.admit(reported(f"t{number}", country="TCD", on=day(number), deaths=40), source="acled")
        if number not in pauses:
            line.settle()
    line.settle()
    return latest(line)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, date], tuple[Any, ...]]:
    line = Line(tmp_path_factory.mktemp("undisturbed"), datetime(2023, 10, 1, tzinfo=UTC))
    result = story(line, set())
    line.close()
    return result


@pytest.mark.parametrize("dues_first", [False, True], ids=["events-first", "dues-first"])
@pytest.mark.parametrize("pauses", [{1}, {4, 5, 6}, set(range(1, 11)), {10}], ids=str)
def test_the_latest_assessment_of_each_day_is_the_same_however_late_its_events_were_met(
    line: Line, undisturbed: dict[tuple[str, date], tuple[Any, ...]], pauses: set[int], *, dues_first: bool
) -> None:
    assert story(line, pauses, dues_first=dues_first) == undisturbed
    assert ("SDN", day(10)) in undisturbed


def test_an_event_met_late_changes_every_assessment_since_the_day_it_was_known(line: Line) -> None:
    line.admit(reported("a", on=day(1), deaths=50))
    line.sleep_until(day(2))
    line.admit(reported("b", on=day(2), deaths=5), source="acled")
    line.overtake("observation/acled/SDN")
    while line.work() + line.fulfil():
        pass
    (early,) = line.written("assessment/SDN")
    assert (early.data.day, early.data.coverage.sources) == (day(2), ("acled",))
    line.settle()
    assert {on: sources for (_, on), (_, _, _, sources, *_) in latest(line).items()} == {day(1): '["ucdp"]', day(2): '["acled","ucdp"]'}


@pytest.mark.parametrize("projection", [projection.name for projection in stability.projections])
def test_law_4_a_rebuilt_projection_equals_the_live_one_byte_for_byte(line: Line, projection: str) -> None:
    story(line, set())
    blue = f"{projection}@1"
    green = line.instances.rebuild(projection)
    line.feed(only=green)
    assert line.instances.compare(projection, blue, green) == []
    assert line.instances.digest(blue) == line.instances.digest(green)
    before = line.written("assessment/SDN")
    line.instances.switch(projection)
    line.settle()
    assert line.written("assessment/SDN") == before


def test_law_3_replaying_everything_makes_no_warning_twice(line: Line) -> None:
    massacre(line, 1)
    line.settle()
    line.feed(only=line.instances.rebuild("observed"))
    line.instances.switch("observed")
    line.settle()
    assert len(line.written("warning/SDN")) == 1
    assert len(line.ask(BucketRow)) == 1
