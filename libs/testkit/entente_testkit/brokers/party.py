"""A service that reads, and a projection that writes down which versions it applied, in which order: nothing lost, twice or early."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, MetaData, select
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from entente_contracts.events.gateway import EventQuarantined
from entente_contracts.recorded import Recorded
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Row as KernelRow
from entente_eventkit.projecting.rows import Rows
from entente_eventkit.reading.reader import Reader
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import NAMING
from entente_testkit.brokers.stores import new_store, open_database
from entente_testkit.brokers.waiting import until

metadata = MetaData(naming_convention=NAMING)

POISON = "poison"


class Row(KernelRow, registry=registry(metadata=metadata)):
    pass


class Seen(SQLModel):
    stream: str = Field(primary_key=True)
    versions: str


class SeenRow(Row, Seen, table=True):
    __tablename__ = "seen"


@dataclass
class Poisoned:
    """What the fold chokes on, as long as it is `bad`."""

    bad: bool = True


poisoned = Poisoned()


def make_projection(code: int = 1) -> Projection:
    """The projection in a version of its code."""
    seen = Projection("seen", SeenRow, code=code, reads=[GATEWAY, OBSERVATIONS])

    @seen.on(EventQuarantined, touches=lambda event: [(Seen, (event.subject,))])
    def _(rows: Rows, event: Recorded[EventQuarantined]) -> None:
        if event.data.detail == POISON and poisoned.bad:
            raise ValueError("cannot be folded")
        before = rows.get(Seen, event.subject)
        rows.put(Seen(stream=event.subject, versions=f"{before.versions if before else ''} {event.sequence}".strip()))

    return seen


def history(last: int) -> str:
    """What the projection must have seen of a stream with so many versions."""
    return " ".join(str(version) for version in range(1, last + 1))


@dataclass
class Party:
    """A service that reads: its own database, instances and reader."""

    database: Database
    instances: Instances
    projection: Projection
    reader: Reader
    running: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self.running.append(asyncio.create_task(self.reader.run()))

    async def stop(self) -> None:
        tasks, self.running = self.running, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def seen(self, instance: str = "seen@1") -> dict[str, str]:
        def work(connection: Connection) -> dict[str, str]:
            table = metadata.tables["seen"]
            rows = connection.execute(select(table.c.stream, table.c.versions).where(table.c.instance == instance))
            return {row.stream: row.versions for row in rows}

        return await self.database.read(work)

    async def reads_live(self) -> None:
        """Waits until something came through the log, not from the stores."""
        query = "SELECT 1 FROM checkpoint WHERE generation <> 'store'"
        await until(lambda: self.database.read(lambda connection: connection.exec_driver_sql(query).all()))

    async def sees(self, expected: Mapping[str, str], instance: str = "seen@1", seconds: float = 20) -> None:
        """Waits until the rows are these; says what they are where they never come to it."""
        now: dict[str, str] = {}

        async def there() -> bool:
            nonlocal now
            now = await self.seen(instance)
            return now == expected

        with suppress(TimeoutError):
            await until(there, within=seconds)
        assert now == expected


MakeParty = Callable[..., Party]
"""(log, name="stability", code=1, **of the reader) -> a party; the same name again is the same database."""


@asynccontextmanager
async def parties(folder: Path) -> AsyncIterator[MakeParty]:
    """Makes reading services on a log; at the end they are stopped and their databases closed."""
    made: list[Party] = []
    databases: dict[str, Database] = {}

    def make(log: EmbeddedLog | KafkaLog, name: str = "stability", code: int = 1, **settings: object) -> Party:
        if name not in databases:
            databases[name] = open_database(folder, name)
            with databases[name].writing() as connection:
                metadata.create_all(connection)
        database, projection = databases[name], make_projection(code)
        instances = Instances(database, new_store(database, SystemClock(), name), SystemClock(), [projection], [])
        instances.begin()
        reader = Reader(log, name, {"seen": projection.reads}, instances, database, **settings)  # type: ignore[arg-type] # optional ones
        made.append(Party(database, instances, projection, reader))
        return made[-1]

    try:
        yield make
    finally:
        for party in made:
            await party.stop()
        for database in databases.values():
            database.close()
