"""What changed between two releases of a data set: revisions, retractions, and what is new."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from entente_client import Publication
from entente_contracts import strict_json
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_platform.sources.rows import Publishable, Row, Unmapped

GONE = 0
"""The line of what stands in no line any more."""

SHORT = 12
"""Characters of the digest of what was said, by which one retraction is told from a later one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be sent, and how many reports stay as they are."""

    rows: Sequence[Row]
    unchanged: int
    new: int
    revised: int
    retracted: int


def changes(old: Sequence[Row], new: Sequence[Row]) -> Changes:
    """Compares by the source's own id. What is gone is retracted if it lies in the days that the new release covers.

    Ids are made of what is said, so that comparing the same two releases again sends the same again. A row that cannot be read stays so.
    """
    before, after = _reports(old), _reports(new)
    days = [report.when.last for _, report in after.values()]
    found: list[Row] = [row for row in new if isinstance(row, Unmapped)]
    fresh = [row for name, (row, _) in after.items() if name not in before]
    revised = [_revised(*each) for name, each in after.items() if name in before and _body(before[name][1]) != _body(each[1])]
    covered = (min(days), max(days)) if days else None
    gone = [_retracted(*each) for name, each in before.items() if name not in after and _lies_in(each[1], covered)]
    rows = [*found, *sorted([*fresh, *revised, *gone], key=lambda row: (row.time, row.id))]
    return Changes(rows, len(after) - len(fresh) - len(revised), len(fresh), len(revised), len(gone))


def _reports(rows: Sequence[Row]) -> dict[str, tuple[Publishable, ObservationReported]]:
    return {
        row.data.observation: (row, row.data) for row in rows if isinstance(row, Publishable) and isinstance(row.data, ObservationReported)
    }


def _lies_in(report: ObservationReported, covered: tuple[date, date] | None) -> bool:
    return covered is not None and covered[0] <= report.when.last <= covered[1]


def _body(report: ObservationReported) -> bytes:
    return strict_json.canonical(report.model_dump(mode="json"))


def _revised(row: Publishable, report: ObservationReported) -> Publishable:
    revised = ObservationRevised.model_validate(report.model_dump())
    return replace(row, id=Publication.revising(revised).id, data=revised)


def _retracted(row: Publishable, report: ObservationReported) -> Publishable:
    because = f"it is no longer in the release that covers its day; it said {_digest(report)}"
    retracted = ObservationRetracted(observation=report.observation, country=report.where.country, because=because)
    return Publishable(GONE, Publication.retracting(retracted, row.time).id, row.time, retracted)


def _digest(report: ObservationReported) -> str:
    return hashlib.sha256(_body(report)).hexdigest()[:SHORT]
