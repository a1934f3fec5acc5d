"""`kill -9` of the platform in the middle of a publication loses nothing and does nothing twice."""

import csv
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

SHIPPED = Path(__file__).parents[2] / "services/platform/entente_platform/data/ucdp_candidate_2023_10.csv"
CLOCK = "2023-10-03T18:00:00Z"
WITHIN = 60.0
BUCKETS = {
    "observed_bucket": "country, day, known, source, observations, deaths, violent_events, material_conflict, verbal_conflict, cooperation",
    "observed_pair_bucket": "a, b, day, known, source, country, observations, deaths, violent_events, material_conflict",
    "observed_current": "country, source, observation, version",
    "assessments_day": "country, day, stability, z, terms, sources, days_observed, last_observed, confidence, observations, weights",
}
"""What must be equal: all but the ids of the events, which carry the time and chance of their run."""


def entente(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "entente_platform", *arguments]


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, f"not within {WITHIN} s: {what}"
        time.sleep(0.01)


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A platform that answers; whatever of it still runs at the end is ended."""
    (folder / "platform.json").unlink(missing_ok=True)
    with (folder.parent / "output").open("a") as output:
        command = entente("up", "--port", str(port), "--data", str(folder), "--clock", CLOCK)
        child = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            until(lambda: (folder / "platform.json").exists() or child.poll() is not None, "the platform starts")
            assert child.poll() is None, (folder.parent / "output").read_text()
            yield child
        finally:
            child.terminate()
            child.wait(WITHIN)


def kill(child: subprocess.Popen[bytes]) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.wait(WITHIN)


def a_free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def acknowledged(folder: Path) -> int:
    """Lines of the publishing journal: the events whose receipts were written down."""
    return sum(max(0, path.read_bytes().count(b"\n") - 1) for path in (folder / "publishing").glob("*.jsonl"))


def settle(folder: Path) -> None:
    """Waits until the platform has drawn every consequence."""
    url = json.loads((folder / "platform.json").read_text())["url"]
    token = (folder / "tokens" / "operator.token").read_text().strip()
    with httpx2.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30.0) as http:

        def quiet() -> bool:
            lag = http.get("/stability/ops/lag").raise_for_status().json()
            instances = http.get("/stability/ops/instances").raise_for_status().json()
            return not any(one["events"] for one in lag) and not any(one["marks"] for one in instances)

        until(lambda: quiet() and quiet(), "the platform is quiet")


def state(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """The active rows of everything that must be equal, and the sources."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(folder / "stability.sqlite")) as database:
        for table, columns in BUCKETS.items():
            active = "select instance from active where projection = ?"
            query = f"select {columns} from {table} where instance = ({active}) order by {columns}"  # noqa: S608 - constants of this file
            found[table] = database.execute(query, (table.split("_")[0],)).fetchall()
    with closing(sqlite3.connect(folder / "gateway.sqlite")) as database:
        found["sources"] = database.execute("select name, uri, party, rights, version from sources_source").fetchall()
        found["keys"] = database.execute("select source, keyid, pem from sources_key").fetchall()
        found["admitted"] = database.execute("select topic, stream, version from events order by topic, stream, version").fetchall()
    return found


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The events of the first three days of October."""
    made = tmp_path / "three_days.csv"
    with SHIPPED.open(newline="", encoding="utf-8") as shipped, made.open("w", newline="", encoding="utf-8") as chosen:
        table = csv.DictReader(shipped)
        writer = csv.DictWriter(chosen, table.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in table if row["date_end"] < "2023-10-04")
    return made


def publishing(folder: Path, rows: Path, key: Path) -> list[str]:
    return entente("publish", str(rows), "--format", "ucdp-ged", "--source", "ucdp", "--key", str(key), "--data", str(folder), "--json")


@pytest.mark.slow
def test_a_killed_platform_and_the_same_publication_again_end_as_an_undisturbed_run(tmp_path: Path, rows: Path) -> None:
    key = tmp_path / "ucdp.pem"
    calm, disturbed = tmp_path / "calm" / "data", tmp_path / "disturbed" / "data"
    for folder in (calm, disturbed):
        folder.mkdir(parents=True)

    with running(calm, 0):
        add = entente("source", "add", "ucdp", "--uri", "https://ucdp.uu.se/candidate", "--data", str(calm))
        subprocess.run([*add, "--new-key", str(key)], check=True, capture_output=True)
        told = json.loads(subprocess.run(publishing(calm, rows, key), check=True, capture_output=True).stdout)
        settle(calm)
    total = told["admitted"]
    assert total > 200

    port = a_free_port()
    with running(disturbed, port) as platform:
        add = entente("source", "add", "ucdp", "--uri", "https://ucdp.uu.se/candidate", "--data", str(disturbed))
        subprocess.run([*add, "--key", f"{key}.pub"], check=True, capture_output=True)
        publisher = subprocess.Popen(publishing(disturbed, rows, key), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: acknowledged(disturbed) >= 100, "the first receipts come")
        kill(platform)
        _, complaint = publisher.communicate(timeout=WITHIN)
    assert publisher.returncode == 3, complaint
    survived = acknowledged(disturbed)
    assert survived < total, "the platform was killed too late to prove anything"

    with running(disturbed, port):
        again = json.loads(subprocess.run(publishing(disturbed, rows, key), check=True, capture_output=True).stdout)
        settle(disturbed)
    assert again["resumed"] == survived
    assert again["resumed"] + again["admitted"] + again["duplicate"] == total
    assert not again["quarantined"]
    assert state(disturbed) == state(calm)
