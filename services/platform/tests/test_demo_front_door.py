"""The third chapter of the demonstration: what is mended at the front door and behind it."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from entente_platform.demo.story import tell_front_door

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told() -> tuple[str, dict[str, Any]]:
    out = StringIO()
    result = tell_front_door(Console(file=out, width=100, highlight=False))
    return out.getvalue(), result


def test_what_was_refused_is_released_once_its_cause_is_mended(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert (result["refused"]["reason"], result["released"]["outcome"]) == ("beyond_rights", "admitted")
    assert "may not report of EGY" in text


def test_both_keys_hold_until_the_old_one_is_revoked(told: tuple[str, dict[str, Any]]) -> None:
    _, result = told
    assert [outcome for _, outcome in result["rotated"]] == ["admitted", "admitted", "revoked_key"]


def test_a_poisoned_event_holds_up_its_own_stream_alone_until_it_is_redriven_in_order(told: tuple[str, dict[str, Any]]) -> None:
    _, result = told
    (parked,) = result["parked"]
    assert (parked["stream"], parked["waiting"]) == ("observation/desk/SDN", 1)
    assert "a fault of this release" in parked["cause"]
    assert result["flowed"] == 2
    assert (result["trial"]["applied"], result["redriven"]["applied"], result["redriven"]["parked"]) == (2, 2, 0)
    assert result["rebuilt"] == "equal"


def test_law_6_what_was_released_is_traced_from_its_first_refusal_to_its_last_consequence(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    types = [event["type"].rpartition(".v")[0].rpartition(".")[2] for event in result["events"]]
    assert types[:2] == ["event-quarantined", "reported"]
    assert sorted(types[2:]) == ["assessed", "quarantine-released"]
    known = {event["id"] for event in result["events"]}
    assert [event["causationid"] in known for event in result["events"]] == [False, True, True, True]
    assert text.index("event-quarantined") < text.index("stability.assessed")


def test_the_chapter_is_no_wider_than_a_page_and_can_be_read_by_programs(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert max(map(len, text.splitlines())) <= 100
    json.dumps(result, default=str)
