"""Which reports of different sources are of one occurrence.

Two reports are of one occurrence where all of this holds: other sources; the same country; the same channel; days that overlap or lie at
most one day apart; places of the same name, or one that names none; states that took part in common, or one that names none. Of several
that would fit, the nearest are taken: first those whose places have the same name, then those whose days lie nearest, then by name. A
source tells of an occurrence once, so that no two of its reports are ever put together. What came first does not matter.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from entente_stability.domain.channels import Channel

MOST_DAYS_APART = 1


@dataclass(frozen=True, slots=True)
class Deaths:
    """A source's lowest, best and highest estimate."""

    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one source says of one occurrence, as it says it by now."""

    source: str
    observation: str
    country: str
    channel: Channel
    first: date
    last: date
    place: str | None = None
    states: frozenset[str] = frozenset()
    deaths: Deaths | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.source, self.observation


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Reports of one occurrence, by source. `deaths`: from the lowest to the highest figure, and all best ones in order."""

    reports: tuple[Report, ...]

    @property
    def deaths(self) -> tuple[int, int, tuple[int, ...]] | None:
        """The range of all figures; None where nobody gives any."""
        given = [report.deaths for report in self.reports if report.deaths is not None]
        if not given:
            return None
        best = tuple(sorted({deaths.best for deaths in given}))
        return min(deaths.low for deaths in given), max(deaths.high for deaths in given), best

    @property
    def contradicting(self) -> bool:
        """Whether the sources' best figures differ."""
        return self.deaths is not None and len(self.deaths[2]) > 1


def linked(one: Report, other: Report) -> bool:
    """Whether the two may be of one occurrence, by the rule above."""
    return (
        one.source != other.source
        and (one.country, one.channel) == (other.country, other.channel)
        and _days_apart(one, other) <= MOST_DAYS_APART
        and (one.place is None or other.place is None or _folded(one) == _folded(other))
        and (not one.states or not other.states or bool(one.states & other.states))
    )


def occurrences(reports: Iterable[Report]) -> list[Occurrence]:
    """Every report in exactly one occurrence, in order of their first days."""
    found = [
        Occurrence(tuple(group))
        for _, of_one in groupby(sorted(reports, key=_kin), key=_kin)
        for group in _grouped(sorted(of_one, key=lambda report: (report.first, report.name)))
    ]
    return sorted(found, key=lambda each: (min(report.first for report in each.reports), each.reports[0].name))


def _kin(report: Report) -> tuple[str, str]:
    return report.country, report.channel.value


def _grouped(reports: Sequence[Report]) -> Iterator[list[Report]]:
    groups = {report.name: [report] for report in reports}
    for one, other in sorted(_candidates(reports), key=_nearness):
        mine, theirs = groups[one.name], groups[other.name]
        if (
            mine is not theirs
            and not {report.source for report in mine} & {report.source for report in theirs}
            and _all_linked(mine, theirs)
        ):
            joined = sorted([*mine, *theirs], key=lambda report: report.name)
            for report in joined:
                groups[report.name] = joined
    told: set[int] = set()
    for group in groups.values():
        if id(group) not in told:
            told.add(id(group))
            yield group


def _candidates(reports: Sequence[Report]) -> Iterator[tuple[Report, Report]]:
    """Pairs that may be of one occurrence; `reports` are in order of their first days, which ends the search early."""
    for number, one in enumerate(reports):
        for other in reports[number + 1 :]:
            if (other.first - one.last).days > MOST_DAYS_APART:
                break
            if linked(one, other):
                yield one, other


def _nearness(pair: tuple[Report, Report]) -> tuple[bool, int, list[tuple[str, str]]]:
    one, other = pair
    named = one.place is not None and other.place is not None
    return not named, _days_apart(one, other), sorted([one.name, other.name])


def _all_linked(mine: Sequence[Report], theirs: Sequence[Report]) -> bool:
    return all(linked(one, other) for one in mine for other in theirs)


def _days_apart(one: Report, other: Report) -> int:
    return max(0, (one.first - other.last).days, (other.first - one.last).days)


def _folded(report: Report) -> str:
    return (report.place or "").casefold().strip()
