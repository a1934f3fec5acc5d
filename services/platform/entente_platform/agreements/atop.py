"""The layout of ATOP's dyad-years: for each pair of states and year, what alliances between them oblige them to.

Consecutive years in which a pair has the same obligations become one agreement, from the first day of the first year up to the first day
after the last; years before the first in the file may have been the same. The states are those of the middle of each year.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entente_platform.agreements.lines import Left, Line, Taken, must_have
from entente_platform.agreements.states import state_on, successors_note, why_none

LAYOUT = "atop"
FLAGS: Mapping[str, tuple[str, str]] = {
    "atop_defense": ("mutual_defence", "defence"),
    "atop_offense": ("cooperation", "offence"),
    "atop_neutral": ("cooperation", "neutrality"),
    "atop_nonagg": ("non_aggression", "non-aggression"),
    "atop_consul": ("consultation", "consultation"),
}
"""What each obligation gives."""
COLUMNS = ("ccode1", "ccode2", "year", *FLAGS)


@dataclass(frozen=True, slots=True)
class Year:
    """A line that can be read: who, when, and which obligations."""

    line: int
    numbers: tuple[str, str]
    year: int
    parties: tuple[str, str]
    flags: tuple[str, ...]

    def goes_on(self, other: "Year") -> bool:
        """Whether another year continues this one."""
        return (self.numbers, self.parties, self.flags, self.year + 1) == (other.numbers, other.parties, other.flags, other.year)


def read(columns: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    """Agreements and lines that were left; raises `NotThatLayout`."""
    must_have(columns, COLUMNS, LAYOUT)
    years: list[Year] = []
    for number, row in enumerate(rows, 2):
        found = _year(number, row)
        if isinstance(found, Left):
            yield found
        elif found is not None:
            years.append(found)
    years.sort(key=lambda year: (int(year.numbers[0]), int(year.numbers[1]), year.year))
    last = max((year.year for year in years), default=0)
    run: list[Year] = []
    for year in years:
        if run and not run[-1].goes_on(year):
            yield _taken(run, last)
            run = []
        run.append(year)
    if run:
        yield _taken(run, last)


def middle_of(year: int) -> date:
    """The day on which a year's states are looked up, and its obligations asked about."""
    return date(year, 7, 1)


def _year(number: int, row: Mapping[str, str]) -> Year | Left | None:
    if not row["year"].strip().isdigit() or not 1 <= int(row["year"]) < date.max.year:
        return Left(number, "no-date", f"year: {row['year']!r} is no year", "correct the year")
    year = int(row["year"])
    numbers = row["ccode1"].strip(), row["ccode2"].strip()
    parties = []
    for name, numeral in zip(("ccode1", "ccode2"), numbers, strict=True):
        state = state_on(numeral, middle_of(year))
        if state is None:
            return Left(number, "unknown-state", f"{name}: {why_none(numeral, middle_of(year))}", "correct the number or the year")
        parties.append(state)
    flags = tuple(name for name in FLAGS if row[name].strip() == "1")
    return Year(number, numbers, year, (parties[0], parties[1]), flags) if flags else None


def _taken(run: list[Year], last: int) -> Taken:
    first, end = run[0], run[-1]
    (a, b), opened = first.parties, date(first.year, 1, 1)
    acts: list[dict[str, Any]] = [{"act": "consented", "party": party, "form": "unrecorded", "on": opened.isoformat()} for party in (a, b)]
    if end.year < last:
        because = "the data set has other obligations, or none, from this year on"
        acts.append({"act": "terminated", "how": "unrecorded", "because": because, "on": date(end.year + 1, 1, 1).isoformat()})
    terms = {
        "title": f"Alliance obligations of {a} and {b} ({', '.join(FLAGS[name][1] for name in first.flags)})",
        "negotiated_by": [a, b],
        "open_to": [a, b],
        "entry": {"by": "date", "on": opened.isoformat()},
        "provisions": [{"key": FLAGS[name][1], "gives": FLAGS[name][0], "topics": [FLAGS[name][1]]} for name in first.flags],
        "source": f"Alliance Treaty Obligations and Provisions, dyad-years {first.year} to {end.year}",
    }
    name = f"atop-{first.numbers[0]}-{first.numbers[1]}-{first.year}"
    notes = tuple(note for party in (a, b) if (note := successors_note(party, middle_of(end.year))) is not None)
    return Taken(first.line, {"agreement": name, "terms": terms, "on": opened.isoformat(), "acts": acts}, notes)
