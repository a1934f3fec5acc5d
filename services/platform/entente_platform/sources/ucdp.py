"""UCDP GED and its candidate files (CSV) as observations.

Codes follow the UCDP GED codebook: `type_of_violence` 1 to 3, `date_prec` 1 (the day) to 5 (more than a month), `where_prec` 1 (the place)
to 7 (international waters). An event that spans days happened, for its `time`, on the last of them.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

from pydantic import ValidationError

from entente_contracts.events.observations import (
    DatePrecision,
    Deaths,
    Kind,
    ObservationReported,
    Participant,
    PlacePrecision,
    Point,
    Vocabulary,
    What,
    When,
    Where,
)
from entente_platform.sources.cells import Wrong, given, unmapped
from entente_platform.sources.gleditsch_ward import iso3_by_number
from entente_platform.sources.rows import NotThatFormat, Publishable, Row

NEEDED = (
    "id",
    "type_of_violence",
    "side_a",
    "side_b",
    "where_prec",
    "where_coordinates",
    "latitude",
    "longitude",
    "country",
    "country_id",
    "date_prec",
    "date_start",
    "date_end",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
)
"""The columns without which a row cannot be mapped. Used where they are: `relid`, `conflict_name`, `code_status`, `number_of_sources`."""

VIOLENCE = {"1": "state-based conflict", "2": "non-state conflict", "3": "one-sided violence"}
DATES = {
    "1": DatePrecision.DAY,
    "2": DatePrecision.WEEK,
    "3": DatePrecision.WEEK,
    "4": DatePrecision.MONTH,
    "5": DatePrecision.YEAR,
}
PLACES = {
    "1": PlacePrecision.EXACT,
    "2": PlacePrecision.NEAR,
    "3": PlacePrecision.DISTRICT,
    "4": PlacePrecision.PROVINCE,
    "5": PlacePrecision.UNKNOWN,
    "6": PlacePrecision.COUNTRY,
    "7": PlacePrecision.UNKNOWN,
}
"""5 is a line or an area of any size, 7 is at sea: neither says how near the point is."""


def read(lines: Iterable[str]) -> Iterator[Row]:
    """Maps every row of a UCDP GED CSV; raises `NotThatFormat` where columns are missing."""
    table = csv.DictReader(lines)
    missing = [column for column in NEEDED if column not in (table.fieldnames or ())]
    if missing:
        raise NotThatFormat(
            f"no UCDP GED file: its first line lacks {', '.join(missing)}; take the CSV of UCDP GED or of the candidate events"
        )
    for row in table:
        yield _mapped(table.line_num, row)


def _mapped(line: int, row: Mapping[str, str]) -> Row:
    try:
        deaths, note = _deaths(row)
        when = _when(row)
        observation = ObservationReported(
            observation=given(row, "id"),
            kind=Kind.MATERIAL_CONFLICT,
            what=What(
                vocabulary=Vocabulary.UCDP,
                code=_one_of(row, "type_of_violence", VIOLENCE)[0],
                title=_one_of(row, "type_of_violence", VIOLENCE)[1],
            ),
            who=tuple(
                Participant(name=given(row, side), country=_state(row, gwno)) for side, gwno in (("side_a", "gwnoa"), ("side_b", "gwnob"))
            ),
            where=_where(row),
            when=when,
            deaths=deaths,
            summary=row.get("conflict_name") or None,
            taken_from=_taken_from(row, note),
        )
    except (Wrong, ValidationError) as error:
        return unmapped(line, error)
    return Publishable(line, f"reported-{observation.observation}", datetime.combine(when.last, time(), UTC), observation, note)


def _one_of(row: Mapping[str, str], column: str, codes: Mapping[str, str]) -> tuple[str, str]:
    code = given(row, column)
    if code not in codes:
        raise Wrong(f"{column} {code!r} is not in the codebook", f"give {column} one of {', '.join(codes)}")
    return code, codes[code]


def _whole(row: Mapping[str, str], column: str) -> int:
    value = given(row, column)
    try:
        number = int(value)
    except ValueError:
        raise Wrong(f"{column} {value!r} is no whole number", f"give {column} in digits") from None
    if number < 0:
        raise Wrong(f"{column} {number} is below zero", f"give {column} as a count, 0 or more")
    return number


def _degrees(row: Mapping[str, str], column: str) -> float:
    value = given(row, column)
    try:
        return float(value)
    except ValueError:
        raise Wrong(f"{column} {value!r} is no number", f"give {column} in decimal degrees") from None


def _state(row: Mapping[str, str], column: str) -> str | None:
    if not (row[column] or "").strip():
        return None
    number = _whole(row, column)
    iso3 = iso3_by_number().get(number)
    if iso3 is None:
        raise Wrong(
            f"{column} {number} is no Gleditsch-Ward number of a state of today", "correct it, or add the state to data/gleditsch_ward.csv"
        )
    return iso3


def _where(row: Mapping[str, str]) -> Where:
    country = _state(row, "country_id")
    if country is None:
        raise Wrong("country_id is empty", "give the country's Gleditsch-Ward number")
    return Where(
        country=country,
        place=(row["where_coordinates"] or "").strip() or None,
        point=Point(latitude=_degrees(row, "latitude"), longitude=_degrees(row, "longitude")),
        precision=PLACES[_one_of(row, "where_prec", PLACES)[0]],
    )


def _day(row: Mapping[str, str], column: str) -> date:
    value = given(row, column)
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Wrong(f"{column} {value!r} is no date", f"give {column} as YYYY-MM-DD") from None


def _when(row: Mapping[str, str]) -> When:
    return When(first=_day(row, "date_start"), last=_day(row, "date_end"), precision=DATES[_one_of(row, "date_prec", DATES)[0]])


def _deaths(row: Mapping[str, str]) -> tuple[Deaths, str | None]:
    """The three estimates. Candidate rows are not always in order (a high of 0 beside a best of 33): the best stays, the others widen."""
    low, best, high = (_whole(row, column) for column in ("low", "best", "high"))
    if low <= best <= high:
        return Deaths(low=low, best=best, high=high), None
    note = f"deaths coded low {low}, best {best}, high {high}: low and high were widened around the best"
    return Deaths(low=min(low, best), best=best, high=max(high, best)), note


def _taken_from(row: Mapping[str, str], note: str | None) -> str:
    parts = [f"UCDP GED, event {row.get('relid') or row['id']}"]
    if row.get("code_status"):
        parts.append(f"coding status {row['code_status']}")
    if (row.get("number_of_sources") or "-1") != "-1":
        parts.append(f"{row['number_of_sources']} source(s)")
    return "; ".join([*parts, *([note] if note else [])])
