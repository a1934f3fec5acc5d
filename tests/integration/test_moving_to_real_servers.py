"""What was stored under SQLite and the embedded log arrives under PostgreSQL and Kafka: equal projections, and nothing done twice."""

import asyncio
import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.shell.running import Progress
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_platform import moving
from entente_platform.command.reach import Platform
from entente_platform.demo.october.settling import Settling
from entente_platform.folder import DataFolder
from entente_platform.running import address_in
from entente_testkit.alive import alive
from entente_testkit.columns import Column

SHIPPED = Path(str(files("entente_platform").joinpath("data/ucdp_candidate_2023_10.csv")))
EVENING = datetime(2023, 10, 3, 18, tzinfo=UTC)
WITHIN = 90.0


def entente(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "entente_platform", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=WITHIN)


@contextmanager
def platform(folder: DataFolder) -> Iterator[None]:
    command = [sys.executable, "-m", "entente_platform", "up", "--port", "0", "--data", str(folder.path), "--clock", EVENING.isoformat()]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + WITHIN
        while folder.url() is None:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(WITHIN)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """What a platform in one process left behind: three days of October."""
    kept = DataFolder(tmp_path / "data")
    rows = tmp_path / "three_days.csv"
    with SHIPPED.open(newline="", encoding="utf-8") as shipped, rows.open("w", newline="", encoding="utf-8") as chosen:
        table = csv.DictReader(shipped)
        writer = csv.DictWriter(chosen, table.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in table if row["date_end"] < "2023-10-04")
    with platform(kept):
        here = ("--data", kept.path)
        entente("source", "add", "ucdp", "--uri", "https://ucdp.uu.se/candidate", "--new-key", tmp_path / "ucdp.pem", *here)
        source = ("--source", "ucdp", "--key", tmp_path / "ucdp.pem")
        told = json.loads(entente("publish", rows, "--format", "ucdp-ged", *source, "--json", *here).stdout)
        assert told["admitted"] > 200
        with Platform(kept, "operator") as asked:
            Settling(asked).wait(assessed=EVENING.date())
    return kept


def digests(address: str, name: str) -> dict[str, str]:
    """The digest of each live projection of a service."""
    (service,) = (one for one in moving.SERVICES if one.name == name)
    database = Database(address)
    try:
        clock = SetClock(EVENING)
        instances = Instances(database, EventStore(database, clock, name), clock, service.projections, [])
        live = [one for one in instances.status(0) if one.active and one.kind == "projection"]
        return {one.projection: instances.digest(one.name) for one in live}
    finally:
        database.close()


def positions(address: str) -> int:
    database = Database(address)
    try:
        store = EventStore(database, SetClock(EVENING), "anybody")
        with database.reading() as connection:
            return store.last_position(connection)
    finally:
        database.close()


@pytest.mark.timeout(300)
def test_law_9_a_platform_moves_to_postgresql_and_kafka_and_every_projection_is_equal(
    column_of_many: Column, folder: DataFolder, tmp_path: Path
) -> None:
    column = column_of_many
    before = {service.name: digests(address_in(folder, service), service.name) for service in moving.SERVICES}
    addresses = {service.name: column.new_database(tmp_path, f"moved-{service.name}") for service in moving.SERVICES}
    moved = {one.service: one for one in moving.move_all(folder, addresses, lambda *_: None)}
    assert {name: digests(address, name) for name, address in addresses.items()} == before

    async def live_on() -> None:
        async with column.logs() as new_log, AsyncExitStack() as living:
            for service in moving.SERVICES:
                one = await living.enter_async_context(alive(service, addresses[service.name], new_log(), EVENING))
                deadline = time.monotonic() + WITHIN
                while await one.behind():
                    assert time.monotonic() < deadline, service.name
                    await asyncio.sleep(0.05)
                for projection in service.projections:
                    assert await one.runtime.rebuild(projection.name, Progress(), check=True) == [], projection.name

    asyncio.run(live_on())
    assert {name: digests(address, name) for name, address in addresses.items()} == before
    assert {name: positions(address) for name, address in addresses.items()} == {name: one.position for name, one in moved.items()}
