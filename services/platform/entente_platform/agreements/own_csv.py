"""Our own layout: a line an act, the lines of one agreement below each other. The first of them describes the agreement."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import groupby
from typing import Any

from entente_platform.agreements.lines import Left, Line, Taken, must_have

LAYOUT = "csv"
COLUMNS = (
    "agreement", "title", "opened", "negotiated_by", "entry", "entry_on", "deposits", "delay_months", "delay_days",
    "notice_months", "gives", "source", "act", "party", "on", "form", "effective", "note",
)  # fmt: skip
TEMPLATE: str = files("entente_platform").joinpath("data/agreements_template.csv").read_text("utf-8")
"""Columns: `negotiated_by` and `gives` hold words with blanks between; `entry` is signature, deposits, notes, date (with `entry_on`) or
unknown; `effective` belongs to denounced, `form` to consented, `note` is the reason of suspended, resumed and terminated."""


def read(columns: list[str], rows: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    """An agreement after the other; one with a line that cannot be read is left as a whole; raises `NotThatLayout`."""
    must_have(columns, COLUMNS, LAYOUT)
    numbered = [(number, {name: (value or "").strip() for name, value in row.items() if name}) for number, row in enumerate(rows, 2)]
    seen: set[str] = set()
    for name, lines in groupby(numbered, key=lambda each: each[1]["agreement"]):
        yield _agreement(name, list(lines), seen)
        seen.add(name)


def _agreement(name: str, lines: list[tuple[int, dict[str, str]]], seen: set[str]) -> Line:
    number, first = lines[0]
    if not name:
        return Left(number, "no-name", "agreement: is empty", "name the agreement on every line")
    if name in seen:
        return Left(number, "scattered", f"agreement: {name} came further up already", "put the lines of one agreement below each other")
    for column in ("title", "opened", "entry"):
        if not first[column]:
            return Left(number, "not-described", f"{column}: is empty on the first line of {name}", "describe it on its first line")
    return Taken(
        number, {"agreement": name, "terms": _terms(first), "on": first["opened"], "acts": [_act(row) for _, row in lines if row["act"]]}
    )


def _terms(row: Mapping[str, str]) -> dict[str, Any]:
    parties = row["negotiated_by"].split()
    entry: dict[str, Any] = {"by": row["entry"]}
    if row["entry_on"]:
        entry["on"] = row["entry_on"]
    if row["deposits"]:
        entry["deposits"] = row["deposits"]
    delay = {unit: row[f"delay_{unit}"] for unit in ("months", "days") if row[f"delay_{unit}"]}
    if delay:
        entry["delay"] = delay
    terms: dict[str, Any] = {"title": row["title"], "negotiated_by": parties, "entry": entry}
    if row["notice_months"]:
        terms["exit"] = {"notice": {"months": row["notice_months"]}}
    terms["provisions"] = [{"key": f"p{number}", "gives": gives} for number, gives in enumerate(row["gives"].split(), 1)]
    if row["source"]:
        terms["source"] = row["source"]
    return terms


def _act(row: Mapping[str, str]) -> dict[str, Any]:
    act: dict[str, Any] = {"act": row["act"], "on": row["on"]}
    for column in ("party", "form", "effective"):
        if row[column]:
            act[column] = row[column]
    if row["act"] in {"suspended", "resumed", "terminated"}:
        act["because"] = row["note"] or "not said"
        if row["act"] == "terminated":
            act["how"] = "unrecorded"
        elif row["party"]:
            act["parties"] = [act.pop("party")]
    return act
