"""Every command's help has an example, and each one that needs no server of its own is run as it stands there."""

import json
import shlex
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
from typer.testing import CliRunner

from entente_platform.command import app
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder

ELSEWHERE = ("up", "migrate", "connect", "move", "demo", "database ", "kafka ")
"""Commands that start, stop or move servers: run by other tests; here their options are looked at."""
FIRST = (
    "source add",
    "publish",
    "import agreements",
    "agreement open",
    "agreement act",
    "body register",
    "channel establish",
    "channel test",
    "channel degrade",
    "channel restore",
    "engagement plan",
    "engagement move",
    "engagement hold",
    "engagement promise",
    "engagement keep",
    "engagement release",
    "engagement show",
    "engagement cancel",
    "priorities declare",
)
"""In this order, since they build on one another; the others follow, and what ends things comes last."""
LAST = ("source suspend", "source reinstate", "channel close")
MAY_FAIL = {"parked show": "nothing of 'observation/ucdp/SDN' is parked"}
"""What a well platform has not got; it is told so."""
ROWS = 400
"""Of the shipped month, those around the event that `trace` names."""


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    below: Mapping[str, Any] = getattr(command, "commands", {})
    if not below:
        yield " ".join(path), command
    for name, each in below.items():
        yield from commands(each, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))


def examples(name: str) -> list[list[str]]:
    _, _, text = (COMMANDS[name].help or "").partition("Example: ")
    found = [shlex.split(each.partition(">")[0]) for each in " ".join(text.split()).split("; ") if each]
    assert found, f"`entente {name}` has no example in its help"
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_with_options_that_it_has(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, *parameter.secondary_opts)}
    for program, *arguments in examples(name):
        assert program == "entente"
        assert arguments[: len(name.split())] == name.split()
        assert {argument for argument in arguments if argument.startswith("--")} <= options


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    place = tmp_path_factory.mktemp("examples")
    lines = files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv").read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.startswith("497347,"))
    begin = max(1, at - ROWS // 2)
    (place / "events.csv").write_text("".join([lines[0], *lines[begin : begin + ROWS]]))
    terms = {"title": "Pact", "entry": {"by": "deposits", "deposits": 2}}
    (place / "pact.json").write_text(json.dumps({"agreement": "pact", "terms": terms, "on": "2026-01-01"}))
    binds = {"standings": ["full"], "while_suspended": False, "citation": "its statute"}
    (place / "osce.json").write_text(json.dumps({"body": "EXAMPLE", "name": "An example", "kind": "regional_body", "binds": binds}))
    return place


@pytest.fixture(scope="module")
def folder(place: Path) -> Iterator[DataFolder]:
    with platform_of_ones_own(datetime(2027, 3, 2, 12, tzinfo=UTC)) as running:
        with Platform(running, "officer") as platform:
            platform.post(
                "/partnerships/engagements",
                {
                    "engagement": "talks",
                    "kind": "training",
                    "title": "Talks",
                    "parties": ["FRA"],
                    "first": "2026-12-01",
                    "last": "2026-12-02",
                },
            )
            promise = {"commitment": "visit", "owner": "FRA", "what": "a visit", "due": "2027-04-01"}
            platform.post("/partnerships/engagements/talks/commitments", promise)
            channel = {"channel": "moscow-washington", "kind": "hotline", "title": "Direct Communications Link", "parties": ["RUS", "USA"]}
            platform.post("/partnerships/channels", {**channel, "reaches": "head_of_government", "on": "1963-08-30"})
        yield running


def refused(folder: DataFolder) -> str:
    """The digest of something that was refused a moment ago."""
    content, kind = b'{"specversion":"1.0"}', "application/cloudevents+json"
    answer = httpx2.post(f"{folder.url()}/gateway/events", content=content, headers={"content-type": kind})
    return str(answer.json()["receipts"][0]["digest"])


def settle(folder: DataFolder) -> None:
    """Waits until everything that was written is read."""
    with Platform(folder, "operator") as platform:
        deadline = time.monotonic() + 60
        while any(one["events"] for service in platform.services() for one in platform.get(f"/{service}/ops/lag")):
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.mark.slow
def test_every_example_does_what_it_says(place: Path, folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    runnable = [name for name in COMMANDS if not f"{name} ".startswith(ELSEWHERE)]
    rest = [name for name in runnable if name not in FIRST and name not in LAST]
    digest = refused(folder)
    runner = CliRunner()
    for name in (*FIRST, *rest, *LAST):
        for _, *arguments in examples(name):
            asked = [digest if argument == "3f2a91c0d4e5" else argument for argument in arguments]
            result = runner.invoke(app, [*asked, "--data", str(folder.path)])
            if "--template" in asked:
                Path("mine.csv").write_text(result.stdout)
            if name in MAY_FAIL and result.exit_code:
                assert MAY_FAIL[name] in " ".join(result.stderr.split())
                continue
            assert result.exit_code == 0, f"entente {' '.join(asked)}\n{result.output}"
            settle(folder)
            if name == "import agreements" and "--dry-run" in asked:
                assert runner.invoke(app, ["import", "agreements", "--catalogue", "--data", str(folder.path)]).exit_code == 0
