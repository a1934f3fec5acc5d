"""A small service to try the kernel with: it counts what was reported, and warns where people died.

What a report's `what.code` says decides what its fold does: `poison` raises after having changed rows, and `nul`, `huge` and `long` make
what the database refuses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import CheckConstraint, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from entente_contracts.event import Event
from entente_contracts.events.observations import (
    Deaths,
    Kind,
    ObservationReported,
    ObservationRetracted,
    What,
    When,
    Where,
)
from entente_contracts.events.stability import WarningLevel, WarningLifted, WarningRaised
from entente_contracts.recorded import Recorded
from entente_contracts.refused import Refused
from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.acting.declare import Deed, Do, Duty, Policy, Schedule, Worker
from entente_eventkit.projecting import rows as eventkit
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_eventkit.service import Service
from entente_eventkit.storage.tables import NAMING
from entente_eventkit.store.decider import Decider

metadata = MetaData(naming_convention=NAMING)


class Row(eventkit.Row, registry=registry(metadata=metadata)):
    """The base of this service's tables."""


class Tally(SQLModel):
    """What one stream reported."""

    stream: str = Field(primary_key=True)
    reports: int = 0
    deaths: int = 0
    last_kind: Kind | None = None
    last_time: datetime | None = None
    summary: str | None = None


class TallyRow(Row, Tally, table=True):
    __tablename__ = "tally"
    __table_args__ = (
        CheckConstraint("length(summary) <= 1000", name="summary"),
        CheckConstraint("instr(summary, char(0)) = 0", name="summary_nul").ddl_if(dialect="sqlite"),  # PostgreSQL takes no NUL anywhere
    )


class DayCount(SQLModel):
    """Reports of a country and day, whichever stream they came by."""

    country: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    reports: int = 0


class DayCountRow(Row, DayCount, table=True):
    __tablename__ = "day_count"


@dataclass(frozen=True, slots=True)
class Warn:
    """Warns of a country because people died there."""

    country: str
    day: date


def decide(command: Warn, raised: int | None) -> Sequence[Event]:
    """Every second warning is refused."""
    if (raised or 0) % 2:
        raise Refused("warned-already", f"{command.country} was warned of", "wait until the warning is lifted")
    level = WarningLevel.WATCH
    return [WarningRaised(country=command.country, level=level, before=None, day=command.day, stability=50_000, assessment="specimen")]


def evolve(raised: int | None, event: WarningRaised | WarningLifted) -> int:  # noqa: ARG001 - a decider's signature
    """How many warnings there were."""
    return (raised or 0) + 1


warnings = Decider("warnings", STABILITY, lambda command: f"warning/{command.country}", decide, evolve)


def counting(code: int = 1) -> Projection:
    """A projection of the specimen's tables."""
    projection = Projection("counts", TallyRow, DayCountRow, code=code, reads=[OBSERVATIONS])

    @projection.on(ObservationReported, touches=lambda e: [(Tally, (e.subject,)), (DayCount, (e.data.where.country, e.data.when.last))])
    def _(rows: Rows, e: Recorded[ObservationReported]) -> None:
        tally = rows.get(Tally, e.subject) or Tally(stream=e.subject)
        tally.reports += code
        tally.deaths += 0 if e.data.deaths is None else e.data.deaths.best
        tally.last_kind, tally.last_time = e.data.kind, e.time
        rows.put(tally)
        count = rows.get(DayCount, e.data.where.country, e.data.when.last)
        count = count or DayCount(country=e.data.where.country, day=e.data.when.last)
        count.reports += 1
        rows.put(count)
        rows.mark(e.data.where.country)
        match e.data.what.code:
            case "poison":
                raise ValueError("poison in the fold")
            case "nul":
                tally.summary = "a\0b"
            case "huge":
                tally.deaths = 2**70
            case "long":
                tally.summary = "x" * 2_000
        rows.put(tally)

    @projection.on(ObservationRetracted)
    def _(rows: Rows, e: Recorded[ObservationRetracted]) -> None:
        rows.delete(Tally, e.subject)

    return projection


counts = counting()


def react(event: Recorded[ObservationReported], ask: Ask) -> Iterable[Deed]:  # noqa: ARG001 - a policy's signature
    """Warns where people died, and looks again a day later."""
    if event.data.deaths is not None and event.data.deaths.best:
        yield Do(warnings, Warn(event.data.where.country, event.data.when.last))
        yield Schedule("look-again", event.data.where.country, event.recordedtime + timedelta(days=1))


def look_again(subject: str, at: datetime, ask: Ask) -> Iterable[Deed]:  # noqa: ARG001 - a duty's signature
    """Warns once more."""
    yield Do(warnings, Warn(subject, at.date()))


def work(what: str, causes: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:  # noqa: ARG001 - a worker's signature
    """Warns of a country of which something was reported."""
    yield Do(warnings, Warn(what, now.date()))


warn_of_deaths = Policy("warn-of-deaths", [OBSERVATIONS], [ObservationReported], react)
duty = Duty("look-again", look_again)
worker = Worker("warn-of-reports", counts, work)

specimen = Service(
    "specimen",
    "Counts what was reported",
    owns=[STABILITY],
    api=APIRouter(),
    metadata=metadata,
    migrations=Path(),
    deciders=[warnings],
    projections=[counts],
    policies=[warn_of_deaths],
    workers=[worker],
    duties=[duty],
)


def report(number: int = 1, code: str = "battle", country: str = "SDN", deaths: int = 0, day: date = date(2023, 10, 1)) -> Event:
    """A report of so many deaths."""
    return ObservationReported(
        observation=f"report-{number}",
        kind=Kind.MATERIAL_CONFLICT,
        what=What(vocabulary="ucdp", code=code),
        where=Where(country=country),
        when=When(first=day, last=day, precision="day"),
        deaths=Deaths(low=deaths, best=deaths, high=deaths),
    )


def retraction(number: int = 1) -> Event:
    """A report taken back."""
    return ObservationRetracted(observation=f"report-{number}", country="SDN", because="a mistake")
