"""A service that lives: on a database and a log, on a clock that a test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_testkit.brokers.stores import BECAUSE
from entente_testkit.specimen import TallyRow, report, specimen

NOON = datetime(2023, 10, 1, 12, tzinfo=UTC)

_MIGRATION = """
from alembic import op
from entente_testkit.specimen import metadata

revision, down_revision, branch_labels, depends_on = "specimen_0001", None, ("specimen",), None


def upgrade():
    metadata.create_all(op.get_bind())
"""


def migrated_specimen(folder: Path) -> Service:
    """The specimen with migrations (written to a folder), writing the topic that it reads."""
    migrations = folder / "migrations"
    migrations.mkdir(exist_ok=True)
    (migrations / "0001_specimen.py").write_text(_MIGRATION)
    return replace(specimen, migrations=migrations, owns=[STABILITY, OBSERVATIONS])


@dataclass
class Alive:
    """A running service. What is asked of the specimen's own rows holds for it alone."""

    runtime: ServiceRuntime
    clock: SetClock

    async def report(self, country: str = "SDN", **about: Any) -> None:
        """Appends a report of the specimen's and wakes the relay."""

        def append(connection: Connection) -> None:
            with self.runtime.store.head(connection) as head:
                head.append(OBSERVATIONS, f"observation/test/{country}", [report(country=country, **about)], BECAUSE)

        await self.runtime.database.write(append)
        self.runtime.wake()

    async def tallies(self) -> dict[str, tuple[int, int]]:
        """(reports, deaths) of each stream, as the specimen counts them."""
        rows = await self.runtime.database.read(lambda connection: Ask(connection).all(TallyRow))
        return {row.stream: (row.reports, row.deaths) for row in rows}

    async def warned(self, country: str = "SDN") -> int:
        """How often the specimen has warned of a country."""

        def count(connection: Connection) -> int:
            return len(self.runtime.store.stream(connection, STABILITY, f"warning/{country}"))

        return await self.runtime.database.read(count)

    async def behind(self) -> int:
        """Events that its live instances have not applied yet."""
        return sum(one.events for one in await self.runtime.lag())


@asynccontextmanager
async def alive(
    service: Service, database_url: str, log: EmbeddedLog | KafkaLog, now: datetime = NOON, *, migrates: bool = True
) -> AsyncIterator[Alive]:
    """Starts the service; stops it at the end, also where the start failed."""
    clock = SetClock(now)
    runtime = ServiceRuntime(service, database_url, SharedLog(log), clock, migrates=migrates)
    try:
        await runtime.start()
        yield Alive(runtime, clock)
    finally:
        await runtime.stop()
