"""The same observations for every benchmark: 2,000 streams, bodies of about 600 bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from entente_contracts.events.observations import (
    DatePrecision,
    Deaths,
    Kind,
    ObservationReported,
    Participant,
    Vocabulary,
    What,
    When,
    Where,
)
from entente_contracts.recorded import Actor, AuthType, Recorded
from entente_contracts.topics import OBSERVATIONS, Topic
from entente_eventkit.clock import SetClock
from entente_eventkit.projecting import rows as kernel
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.storage.tables import NAMING
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore

STREAMS = 2_000
NOON = datetime(2023, 10, 1, 12, tzinfo=UTC)
BECAUSE = Because(causationid="request/benchmark", correlationid="request/benchmark", actor=Actor(AuthType.SYSTEM, "benchmark"))


class Base(kernel.Row, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Tables of the benchmarks' own."""


class Tally(SQLModel):
    """How often a stream was heard of, and the deaths that it told of."""

    stream: str = Field(primary_key=True)
    seen: int
    deaths: int


class TallyRow(Base, Tally, table=True):
    """The table of tallies."""


tally = Projection("tally", TallyRow, code=1, reads=[OBSERVATIONS])


@tally.on(ObservationReported, touches=lambda event: [(Tally, (event.subject,))])
def _(rows: Rows, event: Recorded[ObservationReported]) -> None:
    before = rows.get(Tally, event.subject) or Tally(stream=event.subject, seen=0, deaths=0)
    deaths = event.data.deaths.best if event.data.deaths else 0
    rows.put(Tally(stream=event.subject, seen=before.seen + 1, deaths=before.deaths + deaths))


def observation(number: int) -> ObservationReported:
    """An observation like those that come in, told apart by its number."""
    day = date(2023, 10, 1 + number % 28)
    return ObservationReported(
        observation=f"benchmark-{number}",
        kind=Kind.MATERIAL_CONFLICT,
        what=What(vocabulary=Vocabulary.UCDP, code="1", title="state-based conflict"),
        who=(Participant(name="Government of Nowhere", country="SDN"), Participant(name="An armed group")),
        where=Where(country="SDN", place="A town beside a river"),
        when=When(first=day, last=day, precision=DatePrecision.DAY),
        deaths=Deaths(low=number % 3, best=number % 5 + 3, high=number % 7 + 8),
        summary="A clash of which two newspapers wrote on the following day, and which nobody has denied since.",
    )


def stream(number: int) -> str:
    """The stream that an observation belongs to."""
    return f"observation/benchmark/{number % STREAMS:04d}"


@contextmanager
def store() -> Iterator[EventStore]:
    """An empty store in a folder that goes away."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'store.sqlite'}")
        migrate(database)
        with database.writing() as connection:
            TallyRow.__table__.create(connection)  # type: ignore[attr-defined] # SQLModel gives its tables this name
        try:
            yield EventStore(database, SetClock(NOON), "gateway")
        finally:
            database.close()


def fill(one: EventStore, count: int, topic: Topic = OBSERVATIONS) -> None:
    """Appends so many observations, 500 a transaction."""
    for begin in range(0, count, 500):
        with one.database.writing() as connection, one.head(connection) as head:
            for number in range(begin, min(begin + 500, count)):
                head.append(topic, stream(number), [observation(number)], BECAUSE)


def tallies(one: EventStore) -> Instances:
    """The instances of the one projection."""
    instances = Instances(one.database, one, one.clock, [tally], [])
    instances.begin()
    return instances
