"""A place's assessment for a day: a pure function of what was known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.stability import Coverage
from entente_stability.domain.buckets import Change, days_as_known
from entente_stability.domain.coverage import Watch, confidence_of, coverage_of, watching
from entente_stability.domain.score import Score, score_of
from entente_stability.domain.weights import Weights


@dataclass(frozen=True, slots=True)
class Assessed:
    """The score with its coverage and confidence beside it. `observations` counts those behind it, of all sources."""

    day: date
    known: date
    score: Score
    coverage: Coverage
    confidence: int
    observations: int
    since: date
    """The day on which the place was first heard of, where the sums begin."""


def assess(
    changes: Iterable[Change], watches: Iterable[Watch], weights: Weights, *, on: date, known: date | None = None
) -> Assessed | None:
    """Assesses a place for the day `on` as known at the end of `known` (None: of that same day). None: nobody watched it then.

    A day before anybody watched has an assessment only where something was reported of it, or of a day before it, later.
    """
    known = on if known is None else known
    watches = watching(watches, known=known)
    if not watches:
        return None
    since = min(watch.since for watch in watches)
    days = days_as_known(changes, on=on, known=known)
    if on < since and not days:
        return None
    coverage = coverage_of(days, watches, on)
    return Assessed(
        day=on,
        known=known,
        score=score_of(days, weights, on),
        coverage=coverage,
        confidence=confidence_of(coverage, watches, weights.confidence, on),
        observations=sum(amounts.observations for reports in days.values() for amounts in reports.values()),
        since=since,
    )
