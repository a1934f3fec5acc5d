"""What changed between two releases of a data set: revisions, retractions, and what is new."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from entente_contracts import strict_json
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_platform.sources.rows import Publishable, Row, Unmapped

GONE = 0
"""The line of what stands in no line any more."""

SHORT = 16
"""Characters of the mark by which what one comparison sends is told from what another does."""

STILL_THERE = 2
"""One in so many of a month's earlier events has to be in the new release, if the release is to cover the month."""

Reports = Mapping[str, tuple[Publishable, ObservationReported]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be sent, and how many reports stay as they are.

    `kept`: those that are gone but not retracted, since the new release does not cover their month, or has rows that cannot be read.
    """

    rows: Sequence[Row]
    unchanged: int
    new: int
    revised: int
    retracted: int
    kept: int


def changes(old: Sequence[Row], new: Sequence[Row]) -> Changes:
    """Compares by the source's own id; an event that is now of another country is retracted there and reported here.

    Ids carry a mark of both releases: comparing the same two again sends the same again, and what a later release says once more is new. A
    row that cannot be read stays so.
    """
    before, after = _reports(old), _reports(new)
    unreadable: list[Row] = [row for row in new if isinstance(row, Unmapped)]
    mark = _mark(before, after)
    changed = [name for name in after if name in before and _body(before[name][1]) != _body(after[name][1])]
    moved = [name for name in changed if before[name][1].where.country != after[name][1].where.country]
    fresh = [name for name in after if name not in before]
    missing = [name for name in before if name not in after]
    covered = set() if unreadable else _months_covered(before, after)
    gone = [name for name in missing if _month(before[name][1]) in covered]
    sent = [
        *(_reported(after[name][0], mark) for name in [*fresh, *moved]),
        *(_revised(*after[name], mark) for name in changed if name not in moved),
        *(_retracted(*before[name], f"it is now of {after[name][1].where.country}", mark) for name in moved),
        *(_retracted(*before[name], "it is no longer in the release that covers its month", mark) for name in gone),
    ]
    rows = [*unreadable, *sorted(sent, key=lambda row: (row.time, row.id))]
    return Changes(rows, len(after) - len(fresh) - len(changed), len(fresh), len(changed), len(gone), len(missing) - len(gone))


def _reports(rows: Iterable[Row]) -> dict[str, tuple[Publishable, ObservationReported]]:
    return {
        row.data.observation: (row, row.data) for row in rows if isinstance(row, Publishable) and isinstance(row.data, ObservationReported)
    }


def _month(report: ObservationReported) -> tuple[int, int]:
    return report.when.last.year, report.when.last.month


def _months_covered(before: Reports, after: Reports) -> set[tuple[int, int]]:
    """The months of which the new release still has enough of what the old one had to be taken as whole."""
    had = Counter(_month(report) for _, report in before.values())
    has = Counter(_month(report) for name, (_, report) in before.items() if name in after)
    return {month for month, count in had.items() if has[month] * STILL_THERE >= count}


def _body(report: ObservationReported) -> bytes:
    return strict_json.canonical(report.model_dump(mode="json"))


def _mark(*releases: Reports) -> str:
    digest = hashlib.sha256()
    for release in releases:
        for name in sorted(release):
            digest.update(hashlib.sha256(_body(release[name][1])).digest())
        digest.update(b"|")
    return digest.hexdigest()[:SHORT]


def _reported(row: Publishable, mark: str) -> Publishable:
    return replace(row, id=f"{row.id}-{mark}")


def _revised(row: Publishable, report: ObservationReported, mark: str) -> Publishable:
    revised = ObservationRevised.model_validate(report.model_dump())
    return replace(row, id=f"revised-{report.observation}-{mark}", data=revised)


def _retracted(row: Publishable, report: ObservationReported, because: str, mark: str) -> Publishable:
    retracted = ObservationRetracted(observation=report.observation, country=report.where.country, because=because)
    return Publishable(GONE, f"retracted-{report.observation}-{mark}", row.time, retracted)
