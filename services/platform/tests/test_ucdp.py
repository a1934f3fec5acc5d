"""UCDP rows as observations: every shipped row maps, and what cannot be mapped is named by its line."""

import csv
from collections import Counter
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from entente_contracts.events.observations import DatePrecision, Deaths, Kind, ObservationReported, PlacePrecision
from entente_contracts.recording import body_of
from entente_contracts.validation import validate
from entente_platform.sources import ucdp
from entente_platform.sources.formats import Format, read_file
from entente_platform.sources.gleditsch_ward import iso3_by_number
from entente_platform.sources.rows import NotThatFormat, Publishable, Row, Unmapped

SHIPPED = Path(str(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv")))
GOOD = {
    "id": "497344",
    "relid": "CAO-2023-1-1",
    "code_status": "Clear",
    "type_of_violence": "1",
    "conflict_name": "Cameroon: Ambazonia",
    "side_a": "Government of Cameroon",
    "side_b": "Ambazonia insurgents",
    "number_of_sources": "3",
    "where_prec": "1",
    "where_coordinates": "Bamenda town",
    "latitude": "5.9527",
    "longitude": "10.1582",
    "country": "Cameroon",
    "country_id": "471",
    "date_prec": "1",
    "date_start": "2023-10-05 00:00:00.000",
    "date_end": "2023-10-05 00:00:00.000",
    "best": "2",
    "high": "4",
    "low": "1",
    "gwnoa": "471",
    "gwnob": "",
}


def mapped(**changed: str) -> Row:
    row = {**GOOD, **changed}
    lines = [",".join(row), ",".join(f'"{value}"' for value in row.values())]
    (only,) = ucdp.read(lines)
    return only


def observation(**changed: str) -> ObservationReported:
    row = mapped(**changed)
    assert isinstance(row, Publishable), row
    assert isinstance(row.data, ObservationReported)
    return row.data


def test_every_shipped_row_maps_and_passes_the_gateways_own_judgement() -> None:
    rows = read_file(SHIPPED, Format.UCDP_GED)
    assert len(rows) == 2_391
    assert [row for row in rows if isinstance(row, Unmapped)] == []
    ready = [row for row in rows if isinstance(row, Publishable)]
    assert len({row.id for row in ready}) == len(ready)
    for row in ready:
        assert validate(row.data.event_type(), body_of(row.data)) == row.data


def test_the_shipped_totals_are_those_of_the_file() -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines))
    data = [row.data for row in read_file(SHIPPED, Format.UCDP_GED) if isinstance(row, Publishable)]
    observations = [one for one in data if isinstance(one, ObservationReported)]
    assert sum(one.deaths.best for one in observations if one.deaths) == sum(int(row["best"]) for row in table) == 12_603
    assert len({one.where.country for one in observations}) == len({row["country_id"] for row in table}) == 48
    assert Counter(one.what.code for one in observations) == Counter(row["type_of_violence"] for row in table)


def test_only_rows_whose_estimates_are_out_of_order_are_changed_and_each_says_how() -> None:
    notes = [row.note for row in read_file(SHIPPED, Format.UCDP_GED) if isinstance(row, Publishable) and row.note]
    assert len(notes) == 15
    assert notes[0] == "deaths coded low 4, best 5, high 4: low and high were widened around the best"


def test_a_row_becomes_an_observation_with_all_that_it_says() -> None:
    row = mapped()
    assert isinstance(row, Publishable)
    assert (row.line, row.id, row.time, row.note) == (2, "reported-497344", datetime(2023, 10, 5, tzinfo=UTC), None)
    found = observation()
    assert (found.observation, found.kind, found.what.code, found.what.title) == (
        "497344",
        Kind.MATERIAL_CONFLICT,
        "1",
        "state-based conflict",
    )
    assert [(one.name, one.country) for one in found.who] == [("Government of Cameroon", "CMR"), ("Ambazonia insurgents", None)]
    assert (found.where.country, found.where.place, found.where.precision) == ("CMR", "Bamenda town", PlacePrecision.EXACT)
    assert found.where.point is not None
    assert (found.where.point.latitude, found.where.point.longitude) == (5.9527, 10.1582)
    assert found.deaths == Deaths(low=1, best=2, high=4)
    assert found.summary == "Cameroon: Ambazonia"
    assert found.taken_from == "UCDP GED, event CAO-2023-1-1; coding status Clear; 3 source(s)"


@pytest.mark.parametrize(
    ("code", "precision"),
    [("1", DatePrecision.DAY), ("2", DatePrecision.WEEK), ("3", DatePrecision.WEEK), ("4", DatePrecision.MONTH), ("5", DatePrecision.YEAR)],
)
def test_date_precision_follows_the_codebook(code: str, precision: DatePrecision) -> None:
    assert observation(date_prec=code).when.precision is precision


@pytest.mark.parametrize(("code", "title"), [("2", "non-state conflict"), ("3", "one-sided violence")])
def test_the_type_of_violence_is_kept_as_the_code(code: str, title: str) -> None:
    found = observation(type_of_violence=code).what
    assert (found.vocabulary, found.code, found.title) == ("ucdp", code, title)


@pytest.mark.parametrize(
    ("code", "precision"),
    [("2", "near"), ("3", "district"), ("4", "province"), ("5", "unknown"), ("6", "country"), ("7", "unknown")],
)
def test_place_precision_follows_the_codebook(code: str, precision: str) -> None:
    assert observation(where_prec=code).where.precision == precision


def test_an_event_that_spans_days_happened_on_the_last_of_them() -> None:
    row = mapped(date_start="2023-09-28", date_end="2023-10-03")
    assert isinstance(row, Publishable)
    assert row.time == datetime(2023, 10, 3, tzinfo=UTC)
    when = observation(date_start="2023-09-28", date_end="2023-10-03").when
    assert (when.first, when.last) == (date(2023, 9, 28), date(2023, 10, 3))


@pytest.mark.parametrize(
    ("low", "best", "high", "expected"),
    [("4", "5", "4", (4, 5, 5)), ("5", "4", "4", (4, 4, 4)), ("1", "0", "1", (0, 0, 1)), ("33", "33", "0", (33, 33, 33))],
)
def test_estimates_out_of_order_are_widened_around_the_best_and_the_event_says_so(
    low: str, best: str, high: str, expected: tuple[int, int, int]
) -> None:
    found = observation(low=low, best=best, high=high)
    assert found.deaths is not None
    assert (found.deaths.low, found.deaths.best, found.deaths.high) == expected
    assert f"deaths coded low {low}, best {best}, high {high}" in (found.taken_from or "")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"id": ""}, "id is empty"),
        ({"type_of_violence": "4"}, "type_of_violence '4' is not in the codebook"),
        ({"country_id": "999"}, "country_id 999 is no Gleditsch-Ward number"),
        ({"country_id": ""}, "country_id is empty"),
        ({"country_id": "Sudan"}, "country_id 'Sudan' is no whole number"),
        ({"gwnob": "1"}, "gwnob 1 is no Gleditsch-Ward number"),
        ({"best": "-1"}, "best -1 is below zero"),
        ({"best": "many"}, "best 'many' is no whole number"),
        ({"best": "90000000", "high": "90000000"}, "less than or equal to 10000000"),
        ({"date_start": "5 October"}, "date_start '5 October' is no date"),
        ({"date_start": "2023-10-06"}, "last day 2023-10-05 is before the first 2023-10-06"),
        ({"date_prec": "6"}, "date_prec '6' is not in the codebook"),
        ({"where_prec": "0"}, "where_prec '0' is not in the codebook"),
        ({"latitude": "north"}, "latitude 'north' is no number"),
        ({"latitude": "95"}, "latitude"),
        ({"side_a": " "}, "side_a is empty"),
    ],
)
def test_a_row_that_cannot_be_mapped_is_named_by_its_line_with_what_and_how_to_mend(changed: dict[str, str], what: str) -> None:
    row = mapped(**changed)
    assert isinstance(row, Unmapped)
    assert row.line == 2
    assert what in row.what
    assert row.mend


def test_a_row_cut_short_is_named_and_does_not_end_the_reading() -> None:
    lines = [",".join(GOOD), "1,2,3", ",".join(f'"{value}"' for value in GOOD.values())]
    short, whole = ucdp.read(lines)
    assert isinstance(short, Unmapped)
    assert isinstance(whole, Publishable)


def test_a_file_of_another_kind_is_refused_by_the_columns_that_it_lacks() -> None:
    with pytest.raises(NotThatFormat, match="lacks id, type_of_violence"):
        list(ucdp.read(["date,source", "2023-10-01,x"]))


def test_the_states_of_today_have_one_number_and_one_code_each() -> None:
    table = iso3_by_number()
    assert len(table) == len(set(table.values())) > 170
    known: dict[int, Any] = {365: "RUS", 678: "YEM", 775: "MMR", 345: None, 816: "VNM", 347: "XKX"}
    assert {number: table.get(number) for number in known} == known
