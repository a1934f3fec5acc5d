"""October 2023 as two foreign systems report it, day by day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files

from entente_client import Publication
from entente_contracts.events.observations import ObservationReported, Vocabulary, What, Where
from entente_platform.sources.formats import Format, read_file
from entente_platform.sources.rows import Publishable

FIRST, LAST = date(2023, 10, 1), date(2023, 10, 31)
REGION = ("DJI", "ERI", "ETH", "KEN", "SDN", "SOM", "SSD", "UGA")
"""The countries that the regional desk watches and may report."""
CAMEO = {
    "1": ("190", "Use conventional military force"),
    "2": ("190", "Use conventional military force"),
    "3": ("180", "Use unconventional violence"),
}
"""UCDP's types of violence in the desk's vocabulary."""


@dataclass(frozen=True, slots=True)
class Day:
    """What both systems send on one day."""

    day: date
    ucdp: Sequence[Publication]
    desk: Sequence[Publication]


@dataclass(frozen=True, slots=True)
class Month:
    """The days in order; `began_before`: how many events began before the first; `left_out`: how many ended after the last."""

    days: Sequence[Day]
    began_before: int
    left_out: int


def october() -> Month:
    """Each event on its last day, when its source could know all of it; one that ended before the month comes on the first day."""
    with as_file(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv")) as path:
        rows = [row for row in read_file(path, Format.UCDP_GED) if isinstance(row, Publishable)]
    reports = [(row, row.data) for row in rows if isinstance(row.data, ObservationReported)]
    by_day: dict[date, list[tuple[Publishable, ObservationReported]]] = defaultdict(list)
    for row, report in reports:
        by_day[max(FIRST, report.when.last)].append((row, report))
    days = [
        Day(
            day,
            [Publication(row.id, row.time, report) for row, report in by_day[day]],
            [Publication.reporting(_as_the_desk_tells_it(report)) for _, report in by_day[day] if report.where.country in REGION],
        )
        for day in sorted(by_day)
        if day <= LAST
    ]
    began_before = sum(report.when.first < FIRST and report.when.last <= LAST for _, report in reports)
    return Month(days, began_before, left_out=sum(report.when.last > LAST for _, report in reports))


def _as_the_desk_tells_it(report: ObservationReported) -> ObservationReported:
    """The same occurrence, seen by a desk that counts no dead and speaks CAMEO."""
    code, title = CAMEO[report.what.code]
    return ObservationReported(
        observation=f"desk-{report.observation}",
        kind=report.kind,
        what=What(vocabulary=Vocabulary.CAMEO, code=code, title=title),
        who=report.who,
        where=Where(country=report.where.country, place=report.where.place, precision=report.where.precision),
        when=report.when,
        taken_from="the desk's own reading of the day",
    )
