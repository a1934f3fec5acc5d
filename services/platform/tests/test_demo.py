"""The demonstration, its first days: what it tells, and that it leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from entente_contracts.events.gateway import QuarantineReason
from entente_contracts.events.observations import ObservationReported
from entente_platform.demo.october.mischief import MISDEEDS
from entente_platform.demo.october.month import FIRST, LAST, REGION, Day, Month, october
from entente_platform.demo.october.playing import DESK_URI, UCDP_URI
from entente_platform.demo.story import ending, tell_month
from entente_platform.demo.words import Words

INTERRUPTIBLE = """
import signal
from entente_platform.command import main

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""The command with its signals as a terminal gives them: whoever runs the tests may have SIGINT ignored."""


def sent_on(days: Sequence[Day]) -> set[str]:
    """The names of all reports; either system's may come last before a score moves, and be named as its cause."""
    return {f"{UCDP_URI}#{one.id}" for day in days for one in day.ucdp} | {f"{DESK_URI}#{one.id}" for day in days for one in day.desk}


def left_behind() -> list[str]:
    return [path.name for path in Path(tempfile.gettempdir()).glob("entente-demo-*")]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What the first four days are told as, in words and for programs."""
    place = tmp_path_factory.mktemp("demo")
    before, tempfile.tempdir = tempfile.tempdir, str(place)
    try:
        month = october()
        out = StringIO()
        result = tell_month(Console(file=out, width=100, highlight=False), Month(month.days[:4], month.began_before, month.left_out))
        assert left_behind() == []
    finally:
        tempfile.tempdir = before
    return out.getvalue(), result


def test_the_month_has_every_event_that_ended_in_it_on_its_last_day() -> None:
    month = october()
    assert [day.day for day in month.days] == [date(2023, 10, number) for number in range(1, 32)]
    assert sum(len(day.ucdp) for day in month.days) == 2_391 - month.left_out == 2_360
    for day in month.days:
        assert {report.data.when.last for report in day.ucdp if isinstance(report.data, ObservationReported)} == {day.day}
    assert month.began_before > 0


def test_the_desk_reports_its_own_region_without_counting_the_dead() -> None:
    reports = [report.data for day in october().days for report in day.desk]
    assert len(reports) == 98
    for report in reports:
        assert isinstance(report, ObservationReported)
        assert report.where.country in REGION
        assert report.deaths is None


def test_every_reason_for_quarantine_is_among_the_bad_ones() -> None:
    assert {misdeed.reason for misdeed in MISDEEDS} == {reason.value for reason in QuarantineReason}
    assert len(MISDEEDS) == len({misdeed.what for misdeed in MISDEEDS})
    assert all(FIRST.day <= misdeed.day <= LAST.day for misdeed in MISDEEDS)


@pytest.mark.slow
def test_all_that_was_sent_is_accounted_for(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    days = october().days[:4]
    assert result["admitted"] == {"ucdp": sum(len(day.ucdp) for day in days), "regional-desk": sum(len(day.desk) for day in days)}
    assert result["duplicate"] == {"ucdp": len(days[3].ucdp)}
    assert Counter(one["reason"] for one in result["quarantined"]) == {"unsigned": 1, "not_utf8": 1}
    assert all(one["reason"] == one["expected"] and one["mend"] for one in result["quarantined"])
    assert "quarantined, kept as they came, and told why: 2" in text


@pytest.mark.slow
def test_places_warnings_and_a_score_are_told(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert len(result["places"]) == 10
    assert result["places"] == sorted(result["places"], key=lambda place: (place["stability"], place["country"]))
    assert f"The ten least stable of {result['watched']} watched countries on 04 October" in text
    assert result["changes"][0]["country"] == "UKR"
    assert "1 Oct  UKR calm to watch" in text
    assert sum(term["thousandths"] for term in result["why"]["terms"]) == result["why"]["z"]
    assert f"Why {result['why']['name']} stood at" in text


@pytest.mark.slow
def test_law_6_the_chain_told_leads_from_a_foreign_event_to_a_warning_without_a_hole(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert result["foreign_cause"] in sent_on(october().days[:4])
    assert [link["type"] for link in result["chain"]] == [
        "entente.observations.reported.v2",
        "entente.stability.assessed.v1",
        "entente.stability.warning-raised.v1",
    ]
    assert result["foreign_cause"] in text


@pytest.mark.slow
def test_law_4_every_projection_of_the_demonstration_is_equal_when_built_anew(told: tuple[str, dict[str, Any]]) -> None:
    _, result = told
    assert {one["projection"]: (one["state"], list(one["differences"])) for one in result["rebuilt"]} == {
        "observed": ("equal", []),
        "assessments": ("equal", []),
        "warnings": ("equal", []),
    }


@pytest.mark.slow
def test_what_is_printed_is_no_wider_than_a_page(told: tuple[str, dict[str, Any]]) -> None:
    text, result = told
    assert max(map(len, text.splitlines())) <= 100
    assert json.loads(json.dumps(result, default=str))["events_a_second"] > 0


def test_the_end_says_what_to_try_next_and_that_nothing_is_left() -> None:
    out = StringIO()
    ending(Words(Console(file=out, width=100)))
    assert "entente up" in out.getvalue()
    assert "nothing is left behind" in out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demonstration_leaves_no_folder_and_no_process(by: signal.Signals, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    notes: list[Path] = []
    deadline = time.monotonic() + 60
    while not notes and time.monotonic() < deadline:
        notes = list(tmp_path.glob("entente-demo-*/data/platform.json"))
        time.sleep(0.02)
    process = json.loads(notes[0].read_text())["process"]
    child.send_signal(by)
    child.communicate(timeout=60)
    assert child.returncode != 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
