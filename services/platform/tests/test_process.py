"""The process as a whole: its clock, its chains of causes, its front page, its start and its end."""

import json
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from entente_eventkit.clock import SetClock
from entente_eventkit.shell.ops import EventShown
from entente_eventkit.shell.settings import WrongSetting
from entente_eventkit.shell.tokens import read_token
from entente_platform import running
from entente_platform.app import SERVICES
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder
from entente_platform.routes import in_order_of_causes
from entente_platform.settings import PlatformSettings

NOON = datetime(2023, 10, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    """Of a platform that runs on a set clock."""
    with platform_of_ones_own(NOON) as running_on:
        yield running_on


@pytest.fixture(scope="module")
def http(folder: DataFolder) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=str(folder.url()), timeout=30.0) as client:
        yield client


def as_role(folder: DataFolder, role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {read_token(folder.tokens, role)}"}


def test_the_front_page_lists_every_service_and_loads_nothing_from_outside(http: httpx2.Client) -> None:
    page = http.get("/").text
    assert all(f'href="{service.name}/docs"' in page for service in SERVICES)
    assert "http://" not in page
    assert "https://" not in page


def test_every_service_is_live_and_ready_through_one_address(http: httpx2.Client) -> None:
    assert http.get("/health/ready").json() == {"status": "ready", "services": ["gateway", "partnerships", "stability"]}


def test_a_set_clock_goes_forward_and_never_back(http: httpx2.Client, folder: DataFolder) -> None:
    operator = as_role(folder, "operator")
    later = http.get("/ops/clock", headers=operator).json()["now"].replace("2023-10-01", "2023-10-02")
    moved = http.post("/ops/clock", json={"now": later}, headers=operator)
    assert moved.json() == {"now": later, "is_set": True}
    refused = http.post("/ops/clock", json={"now": "2023-10-01T00:00:00Z"}, headers=operator)
    assert refused.status_code == 409
    assert refused.json()["code"] == "clock-goes-forward"
    assert refused.json()["mend"] == "name a moment that has not passed"


def test_a_time_without_its_offset_is_refused(http: httpx2.Client, folder: DataFolder) -> None:
    assert http.post("/ops/clock", json={"now": "2023-11-01T00:00:00"}, headers=as_role(folder, "operator")).status_code == 422


def test_only_those_who_may_move_the_clock_do(http: httpx2.Client, folder: DataFolder) -> None:
    moment = {"now": "2023-12-01T00:00:00Z"}
    assert http.post("/ops/clock", json=moment).status_code == 401
    refused = http.post("/ops/clock", json=moment, headers=as_role(folder, "officer"))
    assert refused.status_code == 403
    assert "clock:advance" in refused.text


def test_a_chain_that_nobody_began_is_empty(http: httpx2.Client, folder: DataFolder) -> None:
    trace = http.get("/ops/trace/request/none", headers=as_role(folder, "operator")).json()
    assert trace == {"correlationid": "request/none", "total": 0, "events": []}


def test_a_chain_holds_what_one_command_led_to(http: httpx2.Client, folder: DataFolder) -> None:
    rights = {"types": ["entente.observations.reported"], "countries": None}
    asked = {"name": "desk", "uri": "https://desk.test", "title": "Desk", "rights": rights, "keys": [], "because": "a test"}
    headers = {**as_role(folder, "administrator"), "x-correlation-id": "visit-7"}
    assert http.post("/gateway/sources", json=asked, headers=headers).status_code == 201
    trace = http.get("/ops/trace/visit-7", headers=headers).json()
    assert [event["type"] for event in trace["events"]] == ["entente.gateway.source-registered.v1"]


def test_a_chain_is_told_from_cause_to_effect() -> None:
    def event(id: str, cause: str) -> EventShown:
        return EventShown.model_construct(id=id, causationid=cause)

    ordered = in_order_of_causes([event("4", "2"), event("3", "1"), event("2", "1"), event("1", "outside"), event("5", "elsewhere")])
    assert [each.id for each in ordered] == ["1", "2", "4", "3", "5"]


def test_the_clock_is_the_machines_unless_it_is_set() -> None:
    assert isinstance(running.clock_at(NOON), SetClock)
    assert not isinstance(running.clock_at(None), SetClock)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_PLATFORM_LOG_LEVEL", "loud")
    with pytest.raises(WrongSetting, match=r"ENTENTE_PLATFORM_LOG_LEVEL: .*debug, info, warning"):
        PlatformSettings.read("platform")


def test_a_note_that_is_torn_or_strange_names_no_platform(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.url() is None
    for content in ("", "{", "[]", '{"url": 7}'):
        (tmp_path / "platform.json").write_text(content)
        assert folder.url() is None


def test_nobody_else_can_read_the_databases_even_in_a_folder_that_was_there_before(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    tmp_path.chmod(0o755)
    with running.alone(folder):
        assert list(running.migrate_all(folder)) == [service.name for service in SERVICES]
        folder.note_running("http://127.0.0.1:1")
        open_to_others = [path.name for path in tmp_path.iterdir() if path.stat().st_mode & 0o077]
    assert open_to_others == []
    assert folder.database("gateway").exists()


def test_what_others_could_read_of_an_older_folder_is_closed_to_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    database = folder.database("gateway")
    database.touch(mode=0o644)
    with running.alone(folder):
        assert stat.S_IMODE(database.stat().st_mode) == 0o600


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_platform_says_where_it_answers_and_stops_in_order(by: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "entente_platform", "up", "--port", "0", "--data", str(tmp_path / "data")]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().startswith("Entente is starting; its data is in ")
    url = child.stdout.readline().split()[3].rstrip(";")
    assert url.startswith("http://127.0.0.1:")
    assert httpx2.get(f"{url}/health/live").status_code == 200
    assert DataFolder(tmp_path / "data").url() == url
    child.send_signal(by)
    out, err = child.communicate(timeout=30)
    assert out.endswith("Entente has stopped.\n")
    assert err == ""
    assert child.returncode == 0
    assert DataFolder(tmp_path / "data").url() is None


def test_up_tells_programs_in_json_and_goes_by_the_machines_clock(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "entente_platform", "up", "--port", "0", "--data", str(tmp_path / "data"), "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while (url := DataFolder(tmp_path / "data").url()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    operator = as_role(DataFolder(tmp_path / "data"), "operator")
    refused = httpx2.post(f"{url}/ops/clock", json={"now": "2033-01-01T00:00:00Z"}, headers=operator)
    assert httpx2.get(f"{url}/ops/clock", headers=operator).json()["is_set"] is False
    child.terminate()
    out, _ = child.communicate(timeout=30)
    assert (refused.status_code, refused.json()["code"]) == (409, "clock-not-set")
    assert "--clock" in refused.json()["mend"]
    assert json.loads(out) == {"url": url, "data": str(tmp_path / "data")}


def test_a_platform_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "gateway.sqlite").write_bytes(b"no database " * 100)
    command = [sys.executable, "-m", "entente_platform", "up", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "file is not a database" in done.stderr
    assert DataFolder(tmp_path).url() is None


@pytest.mark.parametrize(
    ("arguments", "detail"),
    [(["score", "--json"], "country"), (["scor", "SDN", "--json"], "No such command"), (["score", "SDN", "--json", "--bogus"], "--bogus")],
)
def test_what_is_asked_wrongly_is_told_as_json_where_json_was_asked_for(arguments: list[str], detail: str) -> None:
    done = subprocess.run([sys.executable, "-m", "entente_platform", *arguments], capture_output=True, text=True, check=False, timeout=60)
    said = json.loads(done.stderr)
    assert (done.returncode, done.stdout, said["error"]) == (2, "", "usage")
    assert detail in said["detail"]


def test_a_clock_before_the_data_folders_last_event_is_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with TestClient(running.platform(folder, running.clock_at(NOON))):
        pass
    command = [sys.executable, "-m", "entente_platform", "up", "--port", "0", "--data", str(tmp_path), "--clock", "2023-09-01T00:00:00Z"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "the clock stands at 2023-09-01" in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
