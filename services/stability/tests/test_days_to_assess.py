"""Which days a mark calls for, and which assessments move a warning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from entente_contracts.events.stability import Coverage, StabilityAssessed
from entente_contracts.recorded import Actor, AuthType, Recorded
from entente_eventkit.acting.declare import Do
from entente_eventkit.projecting.ask import Ask
from entente_stability.domain.assessing import assess
from entente_stability.domain.assessment import RecordAssessment, assessment_event, decide_assessment, evolve_assessment
from entente_stability.domain.buckets import Change
from entente_stability.domain.channels import Amounts
from entente_stability.domain.coverage import Watch
from entente_stability.domain.warning import JudgeAssessment
from entente_stability.policies.assess_what_changed import days_to_assess
from entente_stability.policies.calendar import day_before, end_of
from entente_stability.policies.warn_when_assessed import react
from entente_stability.testing.events import day
from entente_stability.weights import weights_in_force

NOBODY = cast("Ask", None)


def test_a_mark_of_today_calls_for_today() -> None:
    assert days_to_assess(day(5), day(5), heard_today=True) == [day(5)]


def test_a_mark_of_yesterday_calls_for_yesterday_and_for_today_only_if_anything_was_heard_today() -> None:
    assert days_to_assess(day(4), day(5), heard_today=False) == [day(4)]
    assert days_to_assess(day(4), day(5), heard_today=True) == [day(4), day(5)]


def test_a_late_mark_calls_for_every_day_since_since_each_knew_of_it() -> None:
    assert days_to_assess(day(1), day(5), heard_today=False) == [day(1), day(2), day(3), day(4)]


def test_a_mark_of_a_clock_that_runs_ahead_calls_for_its_own_day() -> None:
    assert days_to_assess(day(6), day(5), heard_today=False) == [day(6)]


def test_the_due_of_midnight_is_about_the_day_that_ended() -> None:
    assert end_of(day(5)) == datetime(2023, 10, 6, tzinfo=UTC)
    assert day_before(end_of(day(5))) == day(5)


def command(on: int, deaths: int = 5) -> RecordAssessment:
    changes = [Change(day(1), day(1), "ucdp", Amounts(1, deaths, 1))]
    assessed = assess(changes, [Watch("ucdp", day(1))], weights_in_force(), on=day(on))
    assert assessed is not None
    return RecordAssessment("SDN", assessed, weights_in_force().version)


def test_an_assessment_that_says_something_else_is_written_down() -> None:
    first = command(2)
    last = evolve_assessment(None, assessment_event(first))
    assert decide_assessment(first, None) == [assessment_event(first)]
    assert decide_assessment(command(2, deaths=6), last) == [assessment_event(command(2, deaths=6))]
    assert decide_assessment(command(3), last) == [assessment_event(command(3))]


def test_an_assessment_that_says_the_same_of_the_same_day_is_not() -> None:
    assert decide_assessment(command(2), evolve_assessment(None, assessment_event(command(2)))) == []


def test_the_published_terms_add_up_to_z() -> None:
    event = assessment_event(command(2))
    assert sum(term.thousandths for term in event.terms) == event.z
    assert event.coverage == Coverage(sources=("ucdp",), days_observed=1, last_observed=day(1))


def recorded(on: int) -> Recorded[StabilityAssessed]:
    event = assessment_event(command(on))
    moment = datetime(2023, 10, 20, tzinfo=UTC)
    return Recorded(
        id="assessment-7",
        source="entente/stability",
        type=event.event_type(),
        subject="assessment/SDN",
        sequence=7,
        time=moment,
        recordedtime=moment,
        correlationid="c",
        causationid="c",
        actor=Actor(AuthType.SYSTEM, "stability/assess-what-changed"),
        data=event,
    )


@pytest.mark.parametrize("on", [19, 20])
def test_a_fresh_assessment_is_judged(on: int) -> None:
    deeds = list(react(recorded(on), NOBODY))
    assert len(deeds) == 1
    assert isinstance(deeds[0], Do)
    judged = deeds[0].command
    assert isinstance(judged, JudgeAssessment)
    assert (judged.country, judged.day, judged.assessment) == ("SDN", day(on), "assessment-7")


def test_an_assessment_of_an_older_day_corrects_the_record_and_moves_no_warning() -> None:
    assert list(react(recorded(18), NOBODY)) == []
    late = replace(recorded(20), recordedtime=datetime(2023, 10, 20, tzinfo=UTC) + timedelta(days=30))
    assert list(react(late, NOBODY)) == []
