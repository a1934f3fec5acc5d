"""Warnings: hysteresis, one event a change, and no flapping."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts.events.stability import WarningLevel, WarningLifted, WarningRaised
from entente_stability.domain.warning import Alarm, JudgeAssessment, WarningEvent, decide_warning, evolve_warning, level_after
from entente_stability.testing.events import day
from entente_stability.weights import weights_in_force

THRESHOLDS = weights_in_force().thresholds
WATCH, ALERT, CRISIS = WarningLevel


def judge(stability: int, on: date | None = None) -> JudgeAssessment:
    return JudgeAssessment("SDN", on or day(1), stability, "assessment-1", THRESHOLDS)


def raised(level: WarningLevel, before: WarningLevel | None, stability: int) -> WarningRaised:
    return WarningRaised(country="SDN", level=level, before=before, day=day(1), stability=stability, assessment="assessment-1")


def lifted(level: WarningLevel, now: WarningLevel | None, stability: int) -> WarningLifted:
    return WarningLifted(country="SDN", level=level, now=now, day=day(1), stability=stability, assessment="assessment-1")


@pytest.mark.parametrize(
    ("stability", "before", "events"),
    [
        (70_001, None, []),
        (70_000, None, [raised(WATCH, None, 70_000)]),
        (50_000, None, [raised(ALERT, None, 50_000)]),
        (50_000, WATCH, [raised(ALERT, WATCH, 50_000)]),
        (20_000, None, [raised(CRISIS, None, 20_000)]),
        (20_000, ALERT, [raised(CRISIS, ALERT, 20_000)]),
        (40_000, CRISIS, []),
        (40_001, CRISIS, [lifted(CRISIS, ALERT, 40_001)]),
        (70_000, ALERT, []),
        (70_001, ALERT, [lifted(ALERT, WATCH, 70_001)]),
        (80_000, WATCH, []),
        (80_001, WATCH, [lifted(WATCH, None, 80_001)]),
        (99_000, CRISIS, [lifted(CRISIS, None, 99_000)]),
        (80_000, CRISIS, [lifted(CRISIS, WATCH, 80_000)]),
    ],
)
def test_a_level_is_entered_at_its_threshold_and_left_above_a_higher_one(
    stability: int, before: WarningLevel | None, events: list[WarningEvent]
) -> None:
    alarm = Alarm(before, day(1)) if before is not None else None
    assert decide_warning(judge(stability), alarm) == events


def test_a_score_that_wavers_between_the_thresholds_changes_nothing() -> None:
    alarm, events = None, []
    for stability in (49_000, 51_000, 69_000, 50_000, 60_000, 49_999, 70_000):
        for event in decide_warning(judge(stability), alarm):
            alarm = evolve_warning(alarm, event)
            events.append(event)
    assert events == [raised(ALERT, None, 49_000)]


def test_an_assessment_of_a_day_before_the_last_change_moves_nothing() -> None:
    assert decide_warning(judge(1_000, on=day(4)), Alarm(WATCH, day(5))) == []
    assert decide_warning(judge(99_000, on=day(4)), Alarm(WATCH, day(5))) == []


def test_a_calm_country_that_was_in_crisis_can_come_to_it_again() -> None:
    alarm = evolve_warning(Alarm(CRISIS, day(1)), lifted(CRISIS, None, 99_000))
    assert alarm == Alarm(None, day(1))
    assert decide_warning(judge(10_000), alarm) == [raised(CRISIS, None, 10_000)]


@given(st.lists(st.integers(0, 100_000), max_size=40))
def test_at_most_one_event_an_assessment_and_each_begins_where_the_last_ended(scores: list[int]) -> None:
    alarm: Alarm | None = None
    for stability in scores:
        before = alarm.level if alarm is not None else None
        events = decide_warning(judge(stability), alarm)
        assert len(events) <= 1
        for event in events:
            assert before == (event.before if isinstance(event, WarningRaised) else event.level)
            alarm = evolve_warning(alarm, event)
        held = alarm.level if alarm is not None else None
        assert held == level_after(stability, held, THRESHOLDS)
        assert decide_warning(judge(stability), alarm) == []


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.sampled_from([None, *WarningLevel]))
def test_a_lower_stability_never_means_a_lower_level(a: int, b: int, before: WarningLevel | None) -> None:
    worse, better = (level_after(stability, before, THRESHOLDS) for stability in sorted((a, b)))
    rank = [None, *WarningLevel].index
    assert rank(worse) >= rank(better)
