"""Who was watching, and how far to trust the score because of it. Stands beside the score and never enters it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from entente_contracts.events.stability import Coverage
from entente_stability.domain.buckets import Days
from entente_stability.domain.weights import ConfidenceWeights

LOOK_BACK = timedelta(days=90)
"""The span that observed days are counted over, the day itself included."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A source that ever reported a place, and the day on which it was first heard of it."""

    source: str
    since: date


def watching(watches: Iterable[Watch], *, known: date) -> tuple[Watch, ...]:
    """Those who had reported by the end of the day `known`, by name."""
    return tuple(sorted((watch for watch in watches if watch.since <= known), key=lambda watch: watch.source))


def coverage_of(days: Days, watches: Iterable[Watch], on: date) -> Coverage:
    """What the published assessment says of coverage."""
    observed = [day for day, reports in days.items() if any(amounts.observations > 0 for amounts in reports.values())]
    return Coverage(
        sources=tuple(watch.source for watch in watches),
        days_observed=sum(on - LOOK_BACK < day <= on for day in observed),
        last_observed=max(observed, default=None),
    )


def confidence_of(coverage: Coverage, watches: Iterable[Watch], weights: ConfidenceWeights, on: date) -> int:
    """Percent: so much for the sources, for the length of the history and for how lately anything was observed.

    A history begins when the first source was first heard: the sums hold only what was reported since, so a young history understates
    what came before. A place that nobody has reported for long is either calm or unseen, and the score cannot tell which.
    """
    watches = tuple(watches)
    if not watches:
        return 0
    further = min(len(watches) - 1, weights.further_sources.value)
    sources = weights.first_source.value + further * weights.each_further_source.value
    age = (on - min(watch.since for watch in watches)).days + 1
    history = weights.history.value * min(max(age, 0), weights.history_days.value) // weights.history_days.value
    recency = 0
    if coverage.last_observed is not None:
        silent = (on - coverage.last_observed).days
        recency = weights.recency.value * max(weights.recency_days.value - silent, 0) // weights.recency_days.value
    return max(0, min(100, sources + history + recency))
