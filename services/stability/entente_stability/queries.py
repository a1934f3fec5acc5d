"""What the pure score needs, asked of the active rows."""

from dataclasses import dataclass
from datetime import date

from entente_eventkit.projecting.ask import Ask
from entente_stability.domain.assessing import Assessed, assess
from entente_stability.domain.buckets import Change, Days, days_as_known
from entente_stability.domain.coverage import Watch
from entente_stability.projections.observed import (
    BucketRow,
    NewsRow,
    PairBucketRow,
    PairWatcherRow,
    Sighting,
    SightingRow,
    WatcherRow,
)
from entente_stability.weights import weights_in_force


def assess_country(ask: Ask, country: str, *, on: date, known: date | None = None) -> Assessed | None:
    """A country's assessment, computed from its buckets; None where nobody watched it then."""
    return assess(country_changes(ask, country, on), country_watches(ask, country), weights_in_force(), on=on, known=known)


def assess_pair(ask: Ask, a: str, b: str, *, on: date, known: date | None = None) -> Assessed | None:
    """The assessment of a pair of states (in alphabetical order), by the same formula from the pair's buckets."""
    return assess(pair_changes(ask, a, b, on), pair_watches(ask, a, b), weights_in_force(), on=on, known=known)


def country_changes(ask: Ask, country: str, on: date) -> list[Change]:
    """All that was ever learnt of a country's days up to `on`."""
    rows = ask.all(BucketRow, BucketRow.country == country, BucketRow.day <= on)
    return [Change(row.day, row.known, row.source, row.amounts) for row in rows]


def country_watches(ask: Ask, country: str) -> list[Watch]:
    """The sources that ever reported a country."""
    return [Watch(row.source, row.since) for row in ask.all(WatcherRow, WatcherRow.country == country)]


def pair_changes(ask: Ask, a: str, b: str, on: date) -> list[Change]:
    """All that was ever learnt of a pair's days up to `on`, wherever it happened."""
    rows = ask.all(PairBucketRow, PairBucketRow.a == a, PairBucketRow.b == b, PairBucketRow.day <= on)
    return [Change(row.day, row.known, row.source, row.amounts) for row in rows]


def pair_watches(ask: Ask, a: str, b: str) -> list[Watch]:
    """The sources that ever reported two states together, each since the first time, wherever that was."""
    since: dict[str, date] = {}
    for row in ask.all(PairWatcherRow, PairWatcherRow.a == a, PairWatcherRow.b == b):
        since[row.source] = min(since.get(row.source, row.since), row.since)
    return [Watch(source, day) for source, day in since.items()]


@dataclass(frozen=True, slots=True)
class Explained:
    """An assessment with what it was computed from: the buckets as known, and the observations in the versions that held."""

    assessed: Assessed
    days: Days
    sightings: list[Sighting]


def explain_country(ask: Ask, country: str, *, on: date, known: date) -> Explained | None:
    """A country's assessment with the observations behind it, all of one moment; None where nobody watched it then."""
    assessed = assess_country(ask, country, on=on, known=known)
    if assessed is None:
        return None
    days = days_as_known(country_changes(ask, country, on), on=on, known=known)
    return Explained(assessed, days, sightings_as_known(ask, country, on=on, known=known))


def sightings_as_known(ask: Ask, country: str, *, on: date, known: date) -> list[Sighting]:
    """The observations of a country up to the day `on` in the versions that held at the end of the day `known`."""
    rows = ask.all(SightingRow, SightingRow.country == country, SightingRow.last <= on, SightingRow.known <= known)
    return [row for row in rows if row.until is None or row.until > known]


def anything_heard_on(ask: Ask, country: str, day: date) -> bool:
    """Whether any source sent anything of a country on a day of the clock."""
    return bool(ask.all(NewsRow, NewsRow.country == country, NewsRow.known == day, limit=1))
