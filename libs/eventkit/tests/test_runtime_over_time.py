"""A service after its declarations changed: what is gone from the code, and what cannot be built anew at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from entente_contracts.topics import GATEWAY, OBSERVATIONS, STABILITY, Topic
from entente_eventkit.clock import SetClock
from entente_eventkit.log import generations
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_eventkit.shell.running import Progress
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.storage.tables import active, events, head
from entente_eventkit.store.errors import StoreHalted
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import BECAUSE
from entente_testkit.brokers.waiting import until
from entente_testkit.specimen import TallyRow, counting, report, specimen
from entente_testkit.suites.running import poisoned

NOON = datetime(2023, 10, 1, 12, tzinfo=UTC)

MIGRATION = """
from alembic import op
from entente_testkit.specimen import metadata

revision, down_revision, branch_labels, depends_on = "specimen_0001", None, ("specimen",), None


def upgrade():
    metadata.create_all(op.get_bind())
"""


@pytest.fixture
def service(tmp_path: Path) -> Service:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_specimen.py").write_text(MIGRATION)
    return replace(specimen, migrations=folder, owns=[STABILITY, OBSERVATIONS], workers=[])


@asynccontextmanager
async def running(folder: Path, service: Service, log: EmbeddedLog | KafkaLog | None = None) -> AsyncIterator[ServiceRuntime]:
    url = f"sqlite:///{folder / 'specimen.sqlite'}"
    runtime = ServiceRuntime(service, url, SharedLog(log or EmbeddedLog()), SetClock(NOON), migrates=True)
    try:
        await runtime.start()
        yield runtime
    finally:
        await runtime.stop()


async def reported(runtime: ServiceRuntime, code: str = "battle") -> None:
    def append(connection: Connection) -> None:
        with runtime.store.head(connection) as top:
            top.append(OBSERVATIONS, "observation/test/SDN", [report(code=code)], BECAUSE)

    await runtime.database.write(append)
    runtime.wake()


async def tallies(runtime: ServiceRuntime) -> dict[str, int]:
    rows = await runtime.database.read(lambda connection: Ask(connection).all(TallyRow))
    return {row.stream: row.reports for row in rows}


def newer(reads: list[Topic], bad: list[bool]) -> Projection:
    """The specimen's projection with the next code, whose fold raises as long as `bad` has anything in it."""
    projection = counting(code=2)
    projection.reads = tuple(reads)
    return poisoned(projection, lambda _: bool(bad))


async def test_lag_passes_over_a_projection_that_the_code_no_longer_has(tmp_path, service):
    async with running(tmp_path, service) as one:
        await reported(one)
        await until(lambda: tallies(one))
    async with running(tmp_path, replace(service, projections=[])) as one:
        assert "counts@1" not in {lag.instance for lag in await one.lag()}


async def test_a_renewal_that_is_refused_is_done_once_what_was_parked_is_redriven(tmp_path, service):
    async with running(tmp_path, service) as one:
        await reported(one)
        await until(lambda: tallies(one))
    bad = [True]
    async with running(tmp_path, replace(service, projections=[newer([OBSERVATIONS], bad)])) as one:

        async def parked() -> bool:
            return any(status.parked_total for status in one.instances.status())

        await until(parked)
        await until(one.ready)
        bad.clear()
        await one.redrive("counts@2")

        async def switched() -> bool:
            return await tallies(one) == {"observation/test/SDN": 2}

        await until(switched)

        async def ready() -> bool:
            return not await one.ready()

        await until(ready)


async def test_a_renewal_gives_way_to_an_operator_who_compares_instead(tmp_path, service):
    async with running(tmp_path, service) as one:
        await reported(one)
        await until(lambda: tallies(one))
    bad = [True]
    async with running(tmp_path, replace(service, projections=[newer([OBSERVATIONS], bad)])) as one:

        async def parked() -> bool:
            return any(status.parked_total for status in one.instances.status())

        await until(parked)
        await one.rebuild("counts", Progress(), check=True)
        bad.clear()

        async def switched() -> bool:
            return await tallies(one) == {"observation/test/SDN": 2}

        await until(switched)
        chosen = await one.database.read(lambda connection: connection.execute(select(active.c.instance)).scalars().all())
        assert "counts@1" not in chosen


async def test_a_renewal_waits_for_the_store_of_a_service_that_starts_later(tmp_path, service):
    async with running(tmp_path, service) as one:
        await reported(one)
        await until(lambda: tallies(one))
    log = EmbeddedLog()
    other = Database(f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    log.stores[GATEWAY.name] = EventStore(other, SetClock(NOON), "gateway")
    async with running(tmp_path, replace(service, projections=[newer([OBSERVATIONS, GATEWAY], [])]), log) as one:
        await until(one.ready)
        migrate(other)

        async def switched() -> bool:
            return await tallies(one) == {"observation/test/SDN": 2}

        await until(switched)
    other.close()


async def test_protocol_9_a_store_set_back_under_a_running_service_takes_nothing_more(tmp_path, service):
    """As a failover without a synchronous standby does it."""
    with MockCluster() as cluster:
        async with running(tmp_path, replace(service, projections=[], policies=[]), kafka_on(cluster, metadata_refresh=0.3)) as one:
            for _ in range(3):
                await reported(one)
            before = one.store.last_position

            async def published() -> bool:
                at = await one.database.read(generations.current, OBSERVATIONS)
                return at is not None and at.cursor == 3

            await until(published)

            def set_back(connection: Connection) -> None:
                connection.execute(delete(events).where(events.c.position > 1))
                connection.execute(update(head).values(position=1, hash=connection.execute(select(events.c.hash)).scalar_one()))

            await one.database.write(set_back)
            for relay in one._relays:
                relay._sound_until = 0.0
            one.wake()
            reasons = await until(one.ready)
            assert "was restored to a time before its last publication" in " ".join(reasons)
            with pytest.raises(StoreHalted, match="was restored to a time before its last publication"):
                await reported(one)
            assert await one.database.read(before) == 1
