"""When an assessment becomes a warning, and when that is lifted: hysteresis, so that a score on the edge does not flap.

A level is entered at or below its `enter` and left only above its `leave`. A fall may pass several levels at once and a recovery may leave
several at once; each is one event that names where it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.stability import WarningLevel, WarningLifted, WarningRaised
from entente_stability.domain.weights import Threshold

WarningEvent = WarningRaised | WarningLifted
RISING = tuple(WarningLevel)


@dataclass(frozen=True, slots=True)
class JudgeAssessment:
    """Judge whether a country's stability on a day raises or lifts a warning. `assessment`: the id of the event that says so."""

    country: str
    day: date
    stability: int
    assessment: str
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """The level that a country stands at (None: calm) and the day of its last change."""

    level: WarningLevel | None
    changed: date


def warning_stream(command: JudgeAssessment) -> str:
    """`warning/<ISO3>`."""
    return f"warning/{command.country}"


def _rank(level: WarningLevel | None) -> int:
    return -1 if level is None else RISING.index(level)


def level_after(stability: int, before: WarningLevel | None, thresholds: Sequence[Threshold]) -> WarningLevel | None:
    """The worst level that is entered, or that was held before and is not yet left; every level below a held one is held with it."""
    now = None
    for rank, threshold in enumerate(thresholds):
        bound = threshold.leave.value if rank <= _rank(before) else threshold.enter.value
        if stability <= bound:
            now = threshold.level
    return now


def decide_warning(command: JudgeAssessment, alarm: Alarm | None) -> Sequence[WarningEvent]:
    """At most one event. An assessment of a day before the last change is history and moves no warning."""
    if alarm is not None and command.day < alarm.changed:
        return []
    before = alarm.level if alarm is not None else None
    now = level_after(command.stability, before, command.thresholds)
    at = {"country": command.country, "day": command.day, "stability": command.stability, "assessment": command.assessment}
    if now is not None and _rank(now) > _rank(before):
        return [WarningRaised.model_validate({**at, "level": now, "before": before})]
    if before is not None and _rank(now) < _rank(before):
        return [WarningLifted.model_validate({**at, "level": before, "now": now})]
    return []


def evolve_warning(_: Alarm | None, event: WarningEvent) -> Alarm:
    """The level that the event leaves behind."""
    match event:
        case WarningRaised():
            return Alarm(event.level, event.day)
        case WarningLifted():
            return Alarm(event.now, event.day)
