"""ICEWS coded event data (tab separated, 20 columns) as observations.

Each row is a sentence of a news story, coded by machine: who did what (CAMEO) to whom, where, on which day. It says nothing of deaths.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time

from pydantic import ValidationError

from entente_contracts.events.observations import (
    DatePrecision,
    ObservationReported,
    Participant,
    PlacePrecision,
    Point,
    Vocabulary,
    What,
    When,
    Where,
)
from entente_platform.sources.cameo import kind_of
from entente_platform.sources.cells import Wrong, given, unmapped
from entente_platform.sources.country_names import iso3_of
from entente_platform.sources.rows import NotThatFormat, Publishable, Row

NEEDED = (
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Target Name",
    "Target Country",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
)
"""The columns without which a row cannot be mapped. Used where they are: `Publisher`, `Story ID`, `Sentence Number`."""

NOTHING = frozenset({"", "NA", "None"})
PLACES = (("City", PlacePrecision.NEAR), ("District", PlacePrecision.DISTRICT), ("Province", PlacePrecision.PROVINCE))
"""The narrowest place that a row names, and how exactly its point is known then; where it names none, the country."""


def read(lines: Iterable[str]) -> Iterator[Row]:
    """Maps every row of an ICEWS file; raises `NotThatFormat` where columns are missing."""
    table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [column for column in NEEDED if column not in (table.fieldnames or ())]
    if missing:
        raise NotThatFormat(f"no ICEWS event file: its first line lacks {', '.join(missing)}; take the tab-separated event data")
    for row in table:
        yield _mapped(table.line_num, row)


def _mapped(line: int, row: Mapping[str, str]) -> Row:
    try:
        day, code = _day(row), given(row, "CAMEO Code", NOTHING)
        kind = kind_of(code)
        if kind is None:
            raise Wrong(f"CAMEO Code {code!r} is no code of CAMEO", "give a code whose first two digits are 01 to 20")
        observation = ObservationReported(
            observation=given(row, "Event ID", NOTHING),
            kind=kind,
            what=What(vocabulary=Vocabulary.CAMEO, code=code, title=given(row, "Event Text", NOTHING)),
            who=tuple(_participant(row, side) for side in ("Source", "Target")),
            where=_where(row),
            when=When(first=day, last=day, precision=DatePrecision.DAY),
            taken_from=_taken_from(row),
        )
    except (Wrong, ValidationError) as error:
        return unmapped(line, error)
    return Publishable(line, f"reported-{observation.observation}", datetime.combine(day, time(), UTC), observation)


def _day(row: Mapping[str, str]) -> date:
    value = given(row, "Event Date", NOTHING)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Wrong(f"Event Date {value!r} is no date", "give it as YYYY-MM-DD") from None


def _participant(row: Mapping[str, str], side: str) -> Participant:
    country = (row[f"{side} Country"] or "").strip()
    return Participant(
        name=given(row, f"{side} Name", NOTHING), country=None if country in NOTHING else _country(f"{side} Country", country)
    )


def _country(column: str, name: str) -> str:
    code = iso3_of(name)
    if code is None:
        raise Wrong(f"{column} {name!r} is no name of a country that is known here", "write its ISO 3166 code")
    return code


def _where(row: Mapping[str, str]) -> Where:
    country = _country("Country", given(row, "Country", NOTHING))
    narrow = next(((column, precision) for column, precision in PLACES if (row[column] or "").strip() not in NOTHING), None)
    precision = PlacePrecision.COUNTRY if narrow is None else narrow[1]
    place = None if narrow is None else row[narrow[0]].strip()
    return Where(country=country, place=place, point=_point(row), precision=precision)


def _point(row: Mapping[str, str]) -> Point | None:
    latitude, longitude = ((row[column] or "").strip() for column in ("Latitude", "Longitude"))
    if latitude in NOTHING or longitude in NOTHING:
        return None
    try:
        return Point(latitude=float(latitude), longitude=float(longitude))
    except ValueError:
        raise Wrong(f"{latitude!r}, {longitude!r} is no point", "give latitude and longitude in decimal degrees") from None


def _taken_from(row: Mapping[str, str]) -> str:
    said = [f"ICEWS, event {row['Event ID']}"]
    if row.get("Publisher", "") not in NOTHING:
        said.append(f"{row['Publisher']}, story {row.get('Story ID') or '?'}, sentence {row.get('Sentence Number') or '?'}")
    return "; ".join(said)
