"""Processes that outlive their starter: found again, and never mistaken for another that got their number."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from entente_backing.kafka.process import Process


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    one = Process.spawn([sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"], tmp_path / "says")
    yield one
    one.tell(signal.SIGKILL)
    assert one.ended(10)


def test_a_noted_process_is_found_again(tmp_path: Path, process: Process):
    process.note(tmp_path / "note")
    assert Process.noted(tmp_path / "note") == process
    assert os.getsid(process.pid) == process.pid, "it is in a session of its own, so an interrupted terminal leaves it alone"


def test_a_process_that_was_killed_is_no_longer_found(tmp_path: Path, process: Process):
    process.note(tmp_path / "note")
    os.kill(process.pid, signal.SIGKILL)
    assert process.ended(10)
    assert Process.noted(tmp_path / "note") is None


def test_another_process_with_the_number_of_a_noted_one_is_not_taken_for_it(tmp_path: Path, process: Process):
    (tmp_path / "note").write_text(json.dumps({"pid": process.pid, "started": process.started - 1}))
    assert Process.noted(tmp_path / "note") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x", "started": 1}', '{"pid": 1'])
def test_a_note_that_says_nothing_names_nobody(tmp_path: Path, text: str):
    (tmp_path / "note").write_text(text)
    assert Process.noted(tmp_path / "note") is None


def test_what_a_process_says_is_for_its_owner_alone(tmp_path: Path, process: Process):
    while not (tmp_path / "says").read_text():
        assert process.alive()
    assert (tmp_path / "says").read_text() == "here\n"
    assert (tmp_path / "says").stat().st_mode & 0o777 == 0o600
