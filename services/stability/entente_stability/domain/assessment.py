"""The stream of a country's assessments: one is written down where it says something else than the last."""

from collections.abc import Sequence
from dataclasses import dataclass

from entente_contracts.events.stability import StabilityAssessed, Term
from entente_stability.domain.assessing import Assessed


@dataclass(frozen=True, slots=True)
class RecordAssessment:
    """Write down what a country was assessed to be on a day, by the parameters of version `weights`."""

    country: str
    assessed: Assessed
    weights: str


@dataclass(frozen=True, slots=True)
class LastAssessment:
    """All that the stream remembers: its last event."""

    event: StabilityAssessed


def assessment_stream(command: RecordAssessment) -> str:
    """`assessment/<ISO3>`."""
    return f"assessment/{command.country}"


def decide_assessment(command: RecordAssessment, last: LastAssessment | None) -> Sequence[StabilityAssessed]:
    """Nothing where the last assessment said the very same of the same day.

    The stream remembers only its last event, so an older day that is assessed again is written down again even where it says the same:
    that repeats a fact after an outage, and the other choice could lose one.
    """
    event = assessment_event(command)
    return [] if last is not None and last.event == event else [event]


def evolve_assessment(_: LastAssessment | None, event: StabilityAssessed) -> LastAssessment:
    """The last event is the state."""
    return LastAssessment(event)


def assessment_event(command: RecordAssessment) -> StabilityAssessed:
    """The assessment as it is published."""
    assessed = command.assessed
    return StabilityAssessed(
        country=command.country,
        day=assessed.day,
        stability=assessed.score.stability,
        z=assessed.score.z,
        terms=tuple(Term(name=term.name, thousandths=term.thousandths) for term in assessed.score.terms),
        coverage=assessed.coverage,
        confidence=assessed.confidence,
        observations=assessed.observations,
        weights=command.weights,
    )
