"""The layout of the Defense Cooperation Agreement Dataset: a bilateral agreement a line.

What the registry needs and a line does not say stays unknown: without a day of entry into force the agreement is on record and never in
force. Terms, renewals and terminations are given as codes or years only and are not taken; the line's notes say so.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from entente_platform.agreements.dates import MISSING, day_of
from entente_platform.agreements.lines import Left, Line, Taken, must_have
from entente_platform.agreements.states import state_on, successors_note, why_none

LAYOUT = "dcad"
COLUMNS = (
    "ccode1", "ccode2", "signDay", "signMonth", "signYear", "EIFDay", "EIFMonth", "EIFYear", "type",
    "category1", "category2", "category3", "span", "renewType", "terminated", "source", "DCAid",
)  # fmt: skip
GIVES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "DCA": (("cooperation", "defence cooperation"), ("consultation", "defence cooperation")),
    "DIC": (("cooperation", "defence industry"),),
    "PROCUREMENT": (("cooperation", "procurement"),),
    "RESEARCH": (("cooperation", "research"),),
    "TREX": (("exercises", "training and exercises"), ("capacity_building", "training and exercises")),
    "COMMISSION": (("consultation", "joint commission"),),
}
"""What a category gives. Our reading of the category's name; the agreements' texts are not part of the data."""


def read(columns: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    """A line of the file after the other; raises `NotThatLayout`."""
    must_have(columns, COLUMNS, LAYOUT)
    for number, row in enumerate(rows, 2):
        yield _line(number, row)


def _line(number: int, row: Mapping[str, str]) -> Line:
    signed = day_of(row, "signDay", "signMonth", "signYear")
    entered = day_of(row, "EIFDay", "EIFMonth", "EIFYear")
    notes = [f"its signature is left out: {signed}"] if isinstance(signed, str) else []
    notes += [f"its entry into force is left out: {entered}"] if isinstance(entered, str) else []
    known = [day for day in (signed, entered) if isinstance(day, date)]
    if not known:
        return Left(number, "no-date", "; ".join(notes) or "neither its signature nor its entry into force has a day", "find the day")
    on = min(known)
    parties = [state_on(row[name], on) for name in ("ccode1", "ccode2")]
    for name, party in zip(("ccode1", "ccode2"), parties, strict=True):
        if party is None:
            return Left(number, "unknown-state", f"{name}: {why_none(row[name], on)}", "correct the number or the day")
    a, b = (str(party) for party in parties)
    if a == b:
        return Left(number, "one-party", f"both numbers stand for {a} on {on}", "correct one of them")
    if isinstance(signed, date) and isinstance(entered, date) and signed > entered:
        notes.append(f"its signature on {signed} is left out: it was in force since {entered} already")
        signed = None
    notes += [note for party in (a, b) if (note := successors_note(party, on)) is not None]
    notes += _not_taken(row, entered)
    return Taken(number, _item(row, a, b, signed, entered), tuple(notes))


def _item(row: Mapping[str, str], a: str, b: str, signed: date | str | None, entered: date | str | None) -> dict[str, Any]:
    in_force = entered if isinstance(entered, date) else None
    opened = signed if isinstance(signed, date) else in_force
    acts: list[dict[str, Any]] = []
    if isinstance(signed, date):
        acts = [{"act": "signed", "party": party, "on": signed.isoformat()} for party in (a, b)]
    elif in_force is not None:
        acts = [{"act": "consented", "party": party, "form": "unrecorded", "on": in_force.isoformat()} for party in (a, b)]
    entry = {"by": "date", "on": in_force.isoformat()} if in_force is not None else {"by": "unknown"}
    categories = [row[name] for name in ("category1", "category2", "category3") if row[name]]
    terms = {
        "title": f"{row['type'].capitalize()} defence agreement of {a} and {b} ({', '.join(categories).lower() or 'no category'})",
        "negotiated_by": [a, b],
        "open_to": [a, b],
        "entry": entry,
        "provisions": _provisions(categories),
        "source": f"Defense Cooperation Agreement Dataset 1.0, {row['DCAid']} ({row['source'].strip()[:200] or 'no source named'})",
    }
    name = f"dcad-{row['DCAid'].rpartition('-')[2].lower()}"
    return {"agreement": name, "terms": terms, "on": opened.isoformat() if opened is not None else None, "acts": acts}


def _provisions(categories: list[str]) -> list[dict[str, Any]]:
    given = dict.fromkeys(pair for category in categories for pair in GIVES.get(category, ()))
    return [{"key": f"p{number}", "gives": gives, "topics": [topic]} for number, (gives, topic) in enumerate(given, 1)]


def _not_taken(row: Mapping[str, str], entered: date | str | None) -> Iterator[str]:
    if entered is None:
        yield "no day of entry into force: it is on record, and never in force"
    if row["span"] not in MISSING:
        yield f"its term of {row['span']} years (renewal code {row['renewType'] or 'none'}) is not taken: what follows it is not said"
    if row["terminated"] == "1":
        yield "it was terminated, on a day that is not said"
