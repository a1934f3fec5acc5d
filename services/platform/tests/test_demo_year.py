"""The second chapter of the demonstration: what follows from what was told, and the same question as of two dates."""

import json
from datetime import date
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from entente_platform.agreements.catalogue import catalogue
from entente_platform.demo.story import tell_year
from entente_platform.demo.treaty.year import year_2025


@pytest.fixture(scope="module")
def told() -> tuple[str, dict[str, Any]]:
    out = StringIO()
    result = tell_year(Console(file=out, width=100, highlight=False), year_2025())
    return out.getvalue(), result


def test_the_short_catalogue_says_what_the_whole_one_says() -> None:
    year = year_2025()
    whole = next(line.item for line in catalogue() if line.name == year.agreement)
    assert {**year.before, "acts": [*year.before["acts"], *(told.act for told in year.told)]} == whole


def test_all_that_was_told_in_the_year_is_annotated() -> None:
    year = year_2025()
    assert {act["on"][:4] for act in year.before["acts"]}.isdisjoint({"2025"})
    assert {told.day.year for told in year.told} == {2025}
    assert len({told.note for told in year.told}) > 5


@pytest.mark.slow
def test_each_act_takes_effect_on_the_day_that_the_convention_says(told: tuple[str, dict[str, Any]]) -> None:
    _, result = told
    assert {(each["party"], each["bound"], each["day"]) for each in result["consequences"]} == {
        ("MHL", True, date(2025, 9, 1)),
        ("TON", True, date(2025, 12, 1)),
        ("EST", False, date(2025, 12, 27)),
        ("LVA", False, date(2025, 12, 27)),
        ("LTU", False, date(2025, 12, 27)),
        ("FIN", False, date(2026, 1, 10)),
        ("POL", False, date(2026, 2, 20)),
    }


@pytest.mark.slow
def test_every_consequence_names_the_act_that_it_follows_from(told: tuple[str, dict[str, Any]]) -> None:
    _, result = told
    recorded = {entry["event"]: (entry["told"]["act"]["party"], entry["follows"]) for entry in result["entries"]}
    assert {each["cause"]: (each["party"], each["day"]) for each in result["consequences"]} == recorded


@pytest.mark.slow
def test_one_question_has_two_answers_and_the_event_between_them_is_named(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    before, after = result["answers"].values()
    assert before["since"] == "2012-07-01"
    assert after is None
    finland = next(entry["event"] for entry in result["entries"] if entry["told"]["act"]["party"] == "FIN")
    assert result["difference"]["event"] == finland
    assert f"...{finland[-8:]}, recorded 2025-07-10" in text


@pytest.mark.slow
def test_the_shipped_catalogue_is_taken_whole_and_what_was_on_record_stays(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    taken = result["taken"]
    assert taken["outcomes"] == {"taken": len(catalogue()) - 1, "unchanged": 1}
    assert (taken["unchanged"], taken["refused"]) == (["ottawa-1997"], [])
    assert {"north-atlantic-1949", "elysee-1963"} <= {item["agreement"] for item in taken["bound"]["items"]}
    assert "68 taken, 0 changed, 1 unchanged, 0 refused" in text


@pytest.mark.slow
def test_the_chapter_is_no_wider_than_a_page_and_can_be_read_by_programs(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert max(map(len, text.splitlines())) <= 100
    json.dumps(result, default=str)
