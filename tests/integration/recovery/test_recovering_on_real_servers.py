"""A store is lost for real, an older copy takes its place, and the service's own command mends it from a real Kafka."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from entente_backing.kafka import NativeCluster
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.probe import StoreBehindLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.storage.tables import events, head
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventStore
from entente_gateway.app import gateway
from entente_testkit.brokers.stores import append
from entente_testkit.servers.kafka import native_kafka
from entente_testkit.servers.postgres import NoServer, shared

TOPICS = (GATEWAY, OBSERVATIONS)


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    with native_kafka(tmp_path_factory.mktemp("kafka")) as cluster:
        yield cluster


async def publish(cluster: NativeCluster, url: str) -> None:
    """Has a gateway's relays publish all that its store holds."""
    database = Database(url)
    log = KafkaLog(cluster.bootstrap, replicas=1)
    try:
        for topic in TOPICS:
            relay = Relay(log, database, EventStore(database, SystemClock(), "gateway"), topic)
            await relay.prepare()
            while await relay.publish():
                pass
    finally:
        await log.stop()
        database.close()


async def write(url: str, *streams: str) -> None:
    database = Database(url)
    try:
        store = EventStore(database, SystemClock(), "gateway")
        await append(store, *streams)
        await append(store, *streams, topic=OBSERVATIONS)
    finally:
        database.close()


def made(url: str) -> None:
    database = Database(url)
    migrate(database, gateway.migrations)
    database.close()


def rows(url: str) -> list[tuple[object, ...]]:
    database = Database(url)
    try:
        with database.reading() as connection:
            assert verify_chain(connection) is None
            found = [tuple(row) for row in connection.execute(select(events).order_by(events.c.position))]
            return [*found, tuple(connection.execute(select(head)).one())]
    finally:
        database.close()


def recover(cluster: NativeCluster, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator gives it."""
    settings = {"DATABASE_URL": url, "BOOTSTRAP": ",".join(cluster.bootstrap), "REPLICAS": "1"}
    environment = os.environ | {f"ENTENTE_GATEWAY_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "entente_gateway.service", "recover", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


async def mended(cluster: NativeCluster, behind: str, lost: list[tuple[object, ...]]) -> None:
    with pytest.raises(StoreBehindLog):
        await publish(cluster, behind)
    trial = await asyncio.to_thread(recover, cluster, behind)
    assert trial.returncode == 0, trial.stderr
    assert "8 events, positions 9 to 16" in trial.stdout
    done = await asyncio.to_thread(recover, cluster, behind, "--apply")
    assert done.returncode == 0, done.stderr
    assert rows(behind) == lost
    await write(behind, "a")
    await publish(cluster, behind)
    again = await asyncio.to_thread(recover, cluster, behind)
    assert "there is nothing to mend" in again.stdout


def put_back(copy: Path, file: Path) -> None:
    """Restores a file from its copy; what was written beside it goes."""
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    shutil.copyfile(copy, file)


async def test_protocol_9_a_sqlite_file_restored_from_a_copy_is_mended_by_the_services_command(
    cluster: NativeCluster, tmp_path: Path
) -> None:
    file, then = tmp_path / "gateway.sqlite", tmp_path / "then.sqlite"
    url = f"sqlite:///{file}"
    made(url)
    await write(url, "a", "b", "c", "a")
    await publish(cluster, url)
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(then)) as copy:
        now.backup(copy)
    await write(url, "a", "d", "b", "b")
    await publish(cluster, url)
    lost = rows(url)
    put_back(then, file)
    await mended(cluster, url, lost)


async def test_protocol_9_a_postgresql_database_restored_from_a_dump_is_mended_by_the_services_command(
    cluster: NativeCluster, tmp_path: Path
) -> None:
    try:
        server = shared()
    except NoServer as why:
        pytest.skip(f"PostgreSQL cannot run here: {why}")
    url, restored = server.new_database("gateway"), server.new_database("restored")
    made(url)
    await write(url, "a", "b", "c", "a")
    await publish(cluster, url)
    dump = tmp_path / "gateway.dump"
    tool(url, "pg_dump", "--format=custom", f"--file={dump}")
    await write(url, "a", "d", "b", "b")
    await publish(cluster, url)
    tool(restored, "pg_restore", "--no-owner", "--no-acl", str(dump))
    await mended(cluster, restored, rows(url))


def tool(url: str, name: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs on a database; its password goes by the environment of that program alone."""
    there = make_url(url)
    program = shutil.which(name) or f"/usr/lib/postgresql/15/bin/{name}"
    where = [f"--host={there.host}", f"--port={there.port}", f"--username={there.username}", f"--dbname={there.database}"]
    done = subprocess.run(
        [program, *where, *arguments], env=os.environ | {"PGPASSWORD": there.password or ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


async def test_protocol_9_a_store_that_went_on_by_itself_is_refused_and_then_told_what_is_void(
    cluster: NativeCluster, tmp_path: Path
) -> None:
    file, then = tmp_path / "gateway.sqlite", tmp_path / "then.sqlite"
    url = f"sqlite:///{file}"
    made(url)
    await write(url, "a", "b")
    await publish(cluster, url)
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(then)) as copy:
        now.backup(copy)
    await write(url, "a", "c")
    await publish(cluster, url)
    forked = f"sqlite:///{then}"
    await write(forked, "z")
    before = rows(forked)
    refused = await asyncio.to_thread(recover, cluster, forked, "--apply")
    assert (refused.returncode, rows(forked)) == (1, before)
    assert "went on differently, 2 events differ" in refused.stdout
    void = tmp_path / "void.jsonl"
    done = await asyncio.to_thread(recover, cluster, forked, "--declare-void", str(void), "--apply")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["position"] for line in void.read_text().splitlines()] == [5, 6, 7, 8]
    await publish(cluster, forked)
    assert rows(forked) == before
    log = KafkaLog(cluster.bootstrap, replicas=1)
    try:
        assert await log.generations(GATEWAY) == (1, 2)
    finally:
        await log.stop()
