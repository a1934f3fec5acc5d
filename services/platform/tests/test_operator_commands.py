"""What operators see and mend with the `entente` command: chains of causes, parked events, rebuilds, the log, the installation."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from entente_eventkit.storage.database import Database
from entente_platform.app import SERVICES
from entente_platform.command import app, parked
from entente_platform.command.chains import tree_of
from entente_platform.command.logs import about
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.demo.october.month import Month, october
from entente_platform.demo.october.playing import DESK_URI, UCDP_URI, Play
from entente_platform.folder import DataFolder

Entente = Callable[..., Result]


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    """A platform that played the first two days of October 2023."""
    month = october()
    with platform_of_ones_own(datetime(2023, 10, 1, tzinfo=UTC)) as running:
        with Platform(running, "administrator") as platform:
            play = Play(platform)
            play.play(Month(month.days[:2], month.began_before, month.left_out), lambda *_: None)
            play.close()
        yield running


@pytest.fixture(scope="module")
def entente(folder: DataFolder) -> Entente:
    def run(*arguments: str | Path, code: int = 0, data: Path | None = None) -> Result:
        result = CliRunner().invoke(app, [*map(str, arguments), "--data", str(data or folder.path)])
        assert result.exit_code == code, result.output
        return result

    return run


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
def test_a_warning_is_traced_to_the_foreign_event_at_its_beginning(entente: Entente) -> None:
    changed = json.loads(entente("warnings", "--since", "2023-10-01", "--json").stdout)["changes"][-1]
    told = entente("trace", changed["country"]).stdout
    assert told.splitlines()[0].startswith((f"{UCDP_URI}#", f"{DESK_URI}#"))
    assert told.index("observations.reported") < told.index("stability.assessed") < told.index("warning-raised")
    found = json.loads(entente("trace", changed["event"], "--json").stdout)
    assert [event["service"] for event in found["events"]][:2] == ["gateway", "stability"]
    foreign = found["events"][0]["origin"]
    assert json.loads(entente("trace", f"{foreign['source']}#{foreign['id']}", "--json").stdout) == found
    name = found["events"][0]["actor"]["id"]
    assert json.loads(entente("trace", f"{name}#{foreign['id']}", "--json").stdout) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("XXX", "no warning was ever raised for XXX"),
        ("nobody#1", "no source is named"),
        ("018af7fb-f800-7202-98d1-3a2312a434a0", "no service wrote an event"),
        ("ucdp#never-sent", "no service knows of"),
    ],
)
def test_what_cannot_be_traced_is_told_with_what_to_name(entente: Entente, what: str, told: str) -> None:
    assert told in words(entente("trace", what, code=1).stderr)


def test_a_tree_has_each_event_below_its_cause() -> None:
    def event(id: str, cause: str) -> dict:
        actor = {"id": "role/officer", "party": "FRA" if id == "a" else None}
        return {"id": id, "causationid": cause, "recordedtime": "2023-10-01T00:00:00Z", "type": f"t.{id}", "subject": "s", "actor": actor}

    console = Console(width=60, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123 - closed with the test
    console.print(tree_of("x#1", [event("a", "x#1"), event("b", "a"), event("c", "a"), event("d", "elsewhere")]))
    console.file.close()
    depths = [(len(line) - len(line.lstrip("│├└─ ")), line.lstrip("│├└─ ")[:40]) for line in console.export_text().splitlines()]
    assert [(depth, text.split()[1]) for depth, text in depths if "t." in text] == [(4, "t.a"), (8, "t.b"), (8, "t.c"), (8, "t.d")]


@pytest.mark.slow
def test_the_newest_events_are_told_of_a_type_and_a_place(entente: Entente) -> None:
    newest = json.loads(entente("log", "tail", "--count", "5", "--json").stdout)
    assert len(newest) == 5
    assert newest == sorted(newest, key=lambda event: (event["recordedtime"], event["id"]))
    warnings = json.loads(entente("log", "tail", "--type", "warning-raised", "--place", "nga", "--count", "100", "--json").stdout)
    assert warnings
    assert {(event["subject"], event["service"]) for event in warnings} == {("warning/NGA", "stability")}
    everything = json.loads(entente("log", "tail", "--count", "1000", "--service", "gateway", "--type", "registered", "--json").stdout)
    assert len(everything) == 3
    assert re.search(r"\d  entente\.\S+  \S+  by \S+  [0-9a-f-]{36}", entente("log", "tail").stdout)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"subject": "observation/ucdp/SDN", "data": {}}, True),
        ({"subject": "x", "data": {"who": [{"country": "SDN"}]}}, True),
        ({"subject": "x/SDNX", "data": {"note": "SDN?"}}, False),
    ],
)
def test_an_event_is_about_a_place_by_its_subject_or_by_its_data(event: dict, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert about(event, "SDN") is expected


@pytest.mark.slow
def test_what_two_sources_tell_is_shown_side_by_side_and_counted_once(entente: Entente) -> None:
    asked = ("occurrences", "SDN", "--since", "2023-10-01", "--until", "2023-10-02", "--several")
    found = json.loads(entente(*asked, "--json").stdout)
    assert found["items"]
    for item in found["items"]:
        assert item["sources"] == ["regional-desk", "ucdp"]
        assert item["deaths_low"] == min(report["deaths_low"] for report in item["reports"] if report["deaths_low"] is not None)
    assert found["occurrences"] < found["reports"]
    told = entente(*asked).stdout
    assert "by more than one source" in words(told)
    assert "regional-desk desk-" in told


@pytest.mark.slow
def test_a_projection_is_checked_and_rebuilt(entente: Entente) -> None:
    assert re.search(r"observed: [\d,]+ events in \d+\.\d\d s: equal", entente("rebuild", "stability", "observed", "--check").stdout)
    built = json.loads(entente("rebuild", "gateway", "sources", "--json").stdout)
    assert (built["state"], built["differences"]) == ("switched", [])
    assert "name one of these" in words(entente("rebuild", "gateway", "nothing", code=1).stderr)


@pytest.mark.slow
def test_nothing_parked_is_told_so(entente: Entente) -> None:
    assert "Nothing is parked." in entente("parked", "list").stdout
    assert "Nothing is parked." in entente("parked", "redrive", "--yes").stdout
    assert "nothing of 'x' is parked" in words(entente("parked", "show", "x", code=1).stderr)
    assert json.loads(entente("parked", "redrive", "--json").stdout) == {"trial": [], "redriven": []}


class Stuck:
    """A platform on which two events of one stream stand still until somebody redrives them for good."""

    def __init__(self, applied: int) -> None:
        self.applied, self.redriven = applied, False
        self.asked: list[dict] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def services(self) -> list[str]:
        return ["stability"]

    def get(self, _path: str, **_query: object) -> list[dict]:
        place = {"topic": "t", "stream": "observation/ucdp/SDN", "attempts": 1, "since": "2023-10-01T00:00:00Z"}
        events = [{**place, "version": 5, "cause": None}, {**place, "version": 4, "cause": "ValueError: no such kind"}]
        return [] if self.redriven else [{"instance": "observed@1", "total": 2, "events": events}]

    def post(self, _path: str, body: dict) -> dict:
        self.asked.append(body)
        self.redriven = self.redriven or not body["trial"]
        return {"instance": body["instance"], "applied": self.applied, "parked": 2 - self.applied, "trial": body["trial"]}


@pytest.mark.parametrize(
    ("applied", "options", "sent", "code"), [(2, ["--yes"], [True, False], 0), (0, ["--yes"], [True], 1), (2, ["--trial"], [True], 0)]
)
def test_parked_events_are_redriven_only_after_a_trial_that_goes_through(
    monkeypatch: pytest.MonkeyPatch, applied: int, options: list[str], sent: list[bool], code: int
) -> None:
    stuck = Stuck(applied)
    monkeypatch.setattr(parked, "Platform", lambda *_: stuck)
    run = CliRunner()
    listed = words(run.invoke(app, ["parked", "list"]).stdout)
    assert "observation/ucdp/SDN 4 1 ValueError: no such kind" in listed
    assert "waits for the one before" in words(run.invoke(app, ["parked", "show", "observation/ucdp/SDN"]).stdout)
    result = run.invoke(app, ["parked", "redrive", *options])
    assert result.exit_code == code, result.output
    assert [each["trial"] for each in stuck.asked] == sent
    assert f"{applied} would be applied" in result.stdout


def test_without_a_yes_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = Stuck(2)
    monkeypatch.setattr(parked, "Platform", lambda *_: stuck)
    assert CliRunner().invoke(app, ["parked", "redrive"], input="n\n").exit_code == 0
    assert not stuck.redriven
    assert CliRunner().invoke(app, ["parked", "redrive"], input="y\n").exit_code == 0
    assert stuck.redriven


@pytest.mark.slow
def test_the_doctor_finds_a_platform_that_is_well(entente: Entente) -> None:
    found = {each["what"]: each for each in json.loads(entente("doctor", "--json").stdout)}
    assert {each["state"] for each in found.values()} <= {"ok", "warning"}
    assert found["clock"]["state"] == "warning"
    assert "stability" in found["platform"]["found"]
    assert {f"store of {name}" for name in ("gateway", "partnerships", "stability")} <= set(found)
    assert "up to date" in words(entente("doctor").stdout)


def test_the_doctor_says_what_to_do_about_a_folder_that_others_can_read_and_a_store_that_is_behind(
    entente: Entente, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = DataFolder(tmp_path / "data")
    place.make()
    store = place.database(SERVICES[0].name)
    Database(f"sqlite:///{store}").close()
    place.path.chmod(0o755)
    monkeypatch.setenv("ENTENTE_PLATFORM_LOG_LEVEL", "loud")
    told = words(entente("doctor", code=1, data=place.path).stdout)
    assert "others can look into" in told
    assert "chmod -R go-rwx" in told
    assert "entente migrate" in told
    assert "LOG_LEVEL" in told
    assert "entente up" in told
    assert "is not there" in words(entente("doctor", code=1, data=tmp_path / "nowhere").stdout)
