"""The cross-checks: what the data sets say of a day, against what the registry answers of it."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.check_data.registry import NOW

from entente_eventkit.projecting.ask import Ask
from entente_partnerships.domain.telling import Piece
from entente_partnerships.questions.moments import by_now
from entente_partnerships.questions.pieces import of_agreement, of_party
from entente_platform.agreements.atop import FLAGS, middle_of
from entente_platform.agreements.dates import day_of
from entente_platform.agreements.lines import Taken
from entente_platform.agreements.states import state_on

ONE_DAY = timedelta(days=1)
TODAY = by_now(NOW.date())


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the two differ, and why, as far as it can be told."""

    where: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was compared, and what did not agree."""

    compared: int
    disagreements: Sequence[Disagreement]

    @property
    def reasons(self) -> Counter[str]:
        """How many disagreements there are of each reason."""
        return Counter(each.reason for each in self.disagreements)


def entries_of_dcad(ask: Ask, path: Path, taken: Sequence[Taken]) -> Checked:
    """Each line with a day of entry into force: both parties are bound on that day, and not on the day before."""
    lines, found, compared = {line.line: line for line in taken}, [], 0
    for number, row in _rows(path):
        entered = day_of(row, "EIFDay", "EIFMonth", "EIFYear")
        if not isinstance(entered, date):
            continue
        compared += 1
        line = lines.get(number)
        where = f"line {number} ({row['DCAid']})"
        if line is None:
            found.append(Disagreement(where, "not imported", "the line was left, and the import says why"))
            continue
        pieces = of_agreement(ask, line.name, TODAY)
        parties = [state_on(row[name], entered) or row[name] for name in ("ccode1", "ccode2")]
        found += [
            Disagreement(where, "bound otherwise", f"{party} of {line.name}, in force since {entered}")
            for party in parties
            if not _bound(pieces.get(party, ()), entered) or _bound(pieces.get(party, ()), entered - ONE_DAY)
        ]
    return Checked(compared, found)


def years_of_atop(ask: Ask, path: Path, taken: Sequence[Taken]) -> Checked:
    """Each pair of states and year: what binds the two on 1 July is what the file says, obligation by obligation."""
    obligations = {topic: flag for flag, (_, topic) in FLAGS.items()}
    mine = {line.name for line in taken}
    of: dict[str, Mapping[str, Sequence[Piece]]] = {}
    found, compared = [], 0
    for number, row in _rows(path):
        day = middle_of(int(row["year"]))
        states = [state_on(row[name], day) for name in ("ccode1", "ccode2")]
        compared += 1
        where = f"line {number} ({row['ccode1']}-{row['ccode2']} {row['year']})"
        if None in states:
            found.append(Disagreement(where, "no such state then", f"{row['ccode1']} or {row['ccode2']} on {day}"))
            continue
        a, b = (str(state) for state in states)
        for state in (a, b):
            if state not in of:
                of[state] = of_party(ask, state, TODAY)
        says = {flag for flag in FLAGS if row[flag] == "1"}
        both = {name for name in mine & set(of[a]) & set(of[b]) if _bound(of[a][name], day) and _bound(of[b][name], day)}
        answers = {obligations[topic] for name in both for piece in of[a][name] for each in piece.gives for topic in each.topics}
        if says != answers:
            found.append(Disagreement(where, "other obligations", f"{a}-{b}: the file {sorted(says)}, the registry {sorted(answers)}"))
    return Checked(compared, found)


SUSPENDED = "suspended"
MEMBER = {"1": "full", "2": "associate", "3": "observer", "0": None}
"""What the file's codes say; any other: it says nothing of that state and year."""
COLUMNS = {
    "osce": "OSCE",
    "asean": "ASEAN",
    "au": "AU",
    "oas": "OAS",
    "ecowas": "ECOWAS",
    "nato": "NATO",
    "csto": "CSTO",
    "eu": "EU",
}
"""The bodies that both have on record, by the column of the file."""


def members_of_igo(bodies: Mapping[str, Mapping[date, Mapping[str, str]]], path: Path) -> Checked:
    """Each state, year and body on record: whether it belonged at the end of the year. `bodies`: member -> standing, by body and day."""
    found, compared = [], 0
    for number, row in _rows(path):
        year = int(float(row["year"]))
        day = date(year, 12, 31)
        state = state_on(str(int(float(row["ccode"]))), day)
        for column, body in COLUMNS.items():
            code = str(int(float(row[column] or "-9")))
            if state is None or code not in MEMBER or body not in bodies:
                continue
            compared += 1
            there = bodies[body][day].get(state)
            if there == MEMBER[code]:
                continue
            if there == SUSPENDED and MEMBER[code] in {None, "full"}:
                found.append(Disagreement(f"line {number}", "suspended", f"{state} in {body} on {day}: {MEMBER[code]} there"))
                continue
            reason = "not in the catalogue" if there is None else "in the catalogue only" if MEMBER[code] is None else "another standing"
            found.append(Disagreement(f"line {number}", reason, f"{state} in {body} on {day}: {MEMBER[code]} there, {there} here"))
    return Checked(compared, found)


def _bound(pieces: Sequence[Piece], day: date) -> bool:
    return any(piece.first <= day < piece.until for piece in pieces)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        yield from enumerate(csv.DictReader(file), 2)
