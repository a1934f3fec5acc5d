"""A CSV of anybody's own as observations, by a mapping file that says which column is what."""

import csv
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from entente_contracts.events.observations import Kind, ObservationReported, Vocabulary
from entente_platform.sources.cameo import kind_of
from entente_platform.sources.cells import Wrong, unmapped
from entente_platform.sources.country_names import iso3_of
from entente_platform.sources.rows import NotThatFormat, Publishable, Row

TEMPLATE = """\
# Which column of your CSV is what. Take this file, change it, and give it with --mapping.
# A field is the name of a column, or { always = "..." }, or { column = "...", values = { "theirs" = "ours" } }.
# Needed: id, first, country, code. Without `kind` it follows from a CAMEO code.

delimiter = ","
dates = "%Y-%m-%d"              # as Python's strptime reads them
countries = "names"             # "iso3" where the column holds alpha-3 codes

[fields]
id = "event_id"                 # your own id of it, the same for ever
first = "date"                  # the first day; `last` where it took several
precision = { always = "day" }  # day, week, month, year or unknown
country = "country"
place = "town"
vocabulary = { always = "cameo" }
code = "code"
title = "what"
# kind = { column = "class", values = { "fight" = "material_conflict", "talk" = "verbal_cooperation" } }
# latitude = "lat"
# longitude = "lon"
# actor_1 = "who"
# actor_2 = "whom"
# deaths_low = "dead_min"
# deaths_best = "dead"
# deaths_high = "dead_max"
# summary = "note"
# taken_from = "newspaper"
"""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Always(_Part):
    """The same for every row."""

    always: str

    def of(self, _: Mapping[str, str]) -> str | None:
        """The value for a row."""
        return self.always


class Column(_Part):
    """What a column says; where `values` are given, what stands for it."""

    column: str
    values: dict[str, str] | None = None

    def of(self, row: Mapping[str, str]) -> str | None:
        """The value for a row; None where it says nothing."""
        said = (row[self.column] or "").strip()
        if not said or self.values is None:
            return said or None
        if said not in self.values:
            known = ", ".join(sorted(self.values))[:200]
            raise Wrong(f"{self.column} {said!r} is none of the values that the mapping knows", f"add it to them: {known}")
        return self.values[said]


Cell = str | Always | Column


class Fields(_Part):
    """Where each field of an observation comes from."""

    id: Cell
    first: Cell
    country: Cell
    code: Cell
    last: Cell | None = None
    precision: Cell | None = None
    place: Cell | None = None
    latitude: Cell | None = None
    longitude: Cell | None = None
    vocabulary: Cell | None = None
    title: Cell | None = None
    kind: Cell | None = None
    actor_1: Cell | None = None
    actor_2: Cell | None = None
    deaths_low: Cell | None = None
    deaths_best: Cell | None = None
    deaths_high: Cell | None = None
    summary: Cell | None = None
    taken_from: Cell | None = None


class Layout(_Part):
    """A mapping file."""

    fields: Fields
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    dates: str = "%Y-%m-%d"
    countries: Literal["names", "iso3"] = "names"


def mapping_of(text: str) -> Layout:
    """Reads a mapping file; raises `NotThatFormat` naming each place, what is there and how to mend it."""
    try:
        return Layout.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise NotThatFormat(f"the mapping is no TOML: {error}; `--mapping-template` prints one to begin with") from error
    except ValidationError as error:
        places = {".".join(str(part) for part in each["loc"][:2]): each for each in error.errors(include_url=False)}
        told = "; ".join(f"{place}: {each['msg']} ({str(each['input'])[:60]})" for place, each in places.items())
        raise NotThatFormat(f"the mapping is wrong at {told}; `--mapping-template` prints one that is right") from error


def reader(mapping: Layout) -> Callable[[Iterable[str]], Iterator[Row]]:
    """A reader of such a file."""

    def read(lines: Iterable[str]) -> Iterator[Row]:
        table = csv.DictReader(lines, delimiter=mapping.delimiter)
        named = {name: cell for name, cell in mapping.fields if cell is not None}
        columns = [cell if isinstance(cell, str) else cell.column for cell in named.values() if not isinstance(cell, Always)]
        missing = [column for column in dict.fromkeys(columns) if column not in (table.fieldnames or ())]
        if missing:
            there = ", ".join(table.fieldnames or ()) or "none"
            raise NotThatFormat(f"the file has no column {', '.join(missing)}, which the mapping names; its columns: {there}")
        for row in table:
            yield _mapped(table.line_num, row, mapping)

    return read


def _mapped(line: int, row: Mapping[str, str], mapping: Layout) -> Row:
    try:
        said = {name: _said(cell, row) for name, cell in mapping.fields if cell is not None}
        data = _data({name: value for name, value in said.items() if value is not None}, mapping)
        observation = ObservationReported.model_validate(data)
    except (Wrong, ValidationError) as error:
        return unmapped(line, error)
    return Publishable(line, f"reported-{observation.observation}", datetime.combine(observation.when.last, time(), UTC), observation)


def _said(cell: Cell, row: Mapping[str, str]) -> str | None:
    return ((row[cell] or "").strip() or None) if isinstance(cell, str) else cell.of(row)


def _data(said: Mapping[str, str], mapping: Layout) -> dict[str, Any]:
    first = _day(_needed(said, "first"), mapping.dates)
    last = _day(said["last"], mapping.dates) if "last" in said else first
    vocabulary = said.get("vocabulary", Vocabulary.CAMEO.value)
    where: dict[str, Any] = {"country": _country(_needed(said, "country"), mapping.countries), "place": said.get("place")}
    if "latitude" in said and "longitude" in said:
        where["point"] = {"latitude": said["latitude"], "longitude": said["longitude"]}
    deaths = {name.removeprefix("deaths_"): said[name] for name in ("deaths_low", "deaths_best", "deaths_high") if name in said}
    if deaths:
        best = deaths.get("best") or deaths.get("low") or deaths["high"]
        deaths = {"low": deaths.get("low", best), "best": best, "high": deaths.get("high", best)}
    return {
        "observation": _needed(said, "id"),
        "kind": said.get("kind") or _kind(vocabulary, _needed(said, "code")),
        "what": {"vocabulary": vocabulary, "code": _needed(said, "code"), "title": said.get("title")},
        "who": [{"name": said[name]} for name in ("actor_1", "actor_2") if name in said],
        "where": where,
        "when": {"first": first, "last": last, "precision": said.get("precision", "unknown")},
        "deaths": deaths or None,
        "summary": said.get("summary"),
        "taken_from": said.get("taken_from"),
    }


def _needed(said: Mapping[str, str], name: str) -> str:
    if name not in said:
        raise Wrong(f"{name} is empty", f"give its column a value, or map {name} otherwise")
    return said[name]


def _day(text: str, format: str) -> date:
    try:
        return datetime.strptime(text, format).date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise Wrong(f"{text!r} is no day written as {format}", "correct it, or `dates` in the mapping") from None


def _country(text: str, countries: str) -> str:
    code = text if countries == "iso3" else iso3_of(text)
    if code is None:
        raise Wrong(f"country {text!r} is no name that is known here", "write its alpha-3 code, or map it with `values`")
    return code


def _kind(vocabulary: str, code: str) -> Kind:
    kind = kind_of(code) if vocabulary == Vocabulary.CAMEO.value else None
    if kind is None:
        raise Wrong(f"nothing says which kind {vocabulary} {code!r} is", "map `kind` to a column or a constant")
    return kind
