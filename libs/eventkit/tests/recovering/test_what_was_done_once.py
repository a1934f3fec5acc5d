"""What a service did once stays done once, wherever its store was cut and mended from the log."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from fastapi import APIRouter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from entente_contracts.event import Event
from entente_contracts.events.observations import ObservationReported
from entente_contracts.events.stability import WarningLevel, WarningRaised
from entente_contracts.recorded import Recorded
from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.acting.declare import Deed, Do, Duty, Policy, Schedule
from entente_eventkit.acting.duties import fulfil_dues
from entente_eventkit.clock import SetClock
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.relay import Relay
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.recovering.recovery import Recovery
from entente_eventkit.service import Service
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.storage.tables import due, events, keys
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.history import batch_of, recorded, records_of
from entente_testkit.specimen import metadata, report

START = datetime(2023, 10, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Warn:
    country: str
    day: date


def decide(command: Warn, _: int | None) -> Sequence[Event]:
    level = WarningLevel.WATCH
    return [WarningRaised(country=command.country, level=level, before=None, day=command.day, stability=50_000, assessment="specimen")]


warnings: Decider[Warn, int] = Decider("warnings", STABILITY, lambda c: f"warning/{c.country}", decide, lambda n, _: (n or 0) + 1)


def react(event: Recorded[ObservationReported], ask: Ask) -> Iterable[Deed]:
    yield Do(warnings, Warn(event.data.where.country, date(2000, 1, 1)))
    yield Schedule("look-daily", event.data.where.country, midnight(event.recordedtime.date() + timedelta(days=1)))


def look(subject: str, at: datetime, ask: Ask) -> Iterable[Deed]:
    yield Do(warnings, Warn(subject, at.date()))
    yield Schedule("look-daily", subject, at + timedelta(days=1))


def looked(event: Recorded[WarningRaised]) -> Iterable[tuple[str, datetime]]:
    yield event.data.country, midnight(event.data.day)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


watcher = Service(
    "watcher", "Warns of what is reported, and daily from then on", [STABILITY], APIRouter(), metadata, Path(__file__).parent / "none",
    deciders=[warnings],
    policies=[Policy("warn", [OBSERVATIONS], [ObservationReported], react)],
    duties=[Duty("look-daily", look, looked)],
)  # fmt: skip


class Watcher:
    """The service on a database of its own, without its log."""

    def __init__(self, file: Path, now: datetime) -> None:
        self.file = file
        self.database = Database(f"sqlite:///{file}")
        migrate(self.database)
        self.clock = SetClock(now)
        self.store = EventStore(self.database, self.clock, "watcher")
        self.instances = Instances(self.database, self.store, self.clock, [], watcher.policies)
        self.instances.begin()

    def hear(self, happened: Sequence[Recorded[Event]]) -> None:
        if happened:
            self.instances.feed(batch_of(OBSERVATIONS.name, records_of(happened)))

    def fulfil(self) -> None:
        while fulfil_dues(self.database, self.store, self.clock, watcher.duties):
            pass

    def rows(self, table) -> list[tuple[object, ...]]:
        with self.database.reading() as connection:
            assert verify_chain(connection) is None
            return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]

    def backup(self, file: Path) -> None:
        with closing(sqlite3.connect(self.file)) as now, closing(sqlite3.connect(file)) as then:
            now.backup(then)


Happening = st.one_of(st.sampled_from(["SDN", "TCD", "MLI"]), st.none())
"""A report of a country, or that a day passes."""


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(Happening, min_size=1, max_size=8), st.data())
def test_protocol_9_wherever_the_store_was_cut_no_policy_and_no_duty_acts_again(happenings, data):
    cut = data.draw(st.integers(0, len(happenings)))
    folder = Path(tempfile.mkdtemp())
    lost = Watcher(folder / "lost.sqlite", START)
    lost.backup(folder / "mended.sqlite")
    heard: list[Recorded[Event]] = []
    for number, country in enumerate(happenings, 1):
        if country is None:
            lost.clock.advance(timedelta(days=1))
            lost.fulfil()
        else:
            event = recorded(report(number, country=country), f"stream-{number}", 1)
            heard.append(replace(event, recordedtime=lost.clock.now()))
            lost.hear(heard)
        if number == cut:
            (folder / "mended.sqlite").unlink()
            lost.backup(folder / "mended.sqlite")
    mended = Watcher(folder / "mended.sqlite", lost.clock.now())
    try:
        asyncio.run(mend(lost, mended))
        assert mended.rows(events) == lost.rows(events)
        mended.hear(heard)
        mended.fulfil()
        assert mended.rows(events) == lost.rows(events)
        assert [row[:3] for row in mended.rows(due)] == [row[:3] for row in lost.rows(due)]
        assert [row[:3] for row in mended.rows(keys)] == [row[:3] for row in lost.rows(keys)]
    finally:
        lost.database.close()
        mended.database.close()
        shutil.rmtree(folder)


async def mend(lost: Watcher, mended: Watcher) -> None:
    with MockCluster() as cluster:
        log = kafka_on(cluster)
        try:
            relay = Relay(log, lost.database, lost.store, STABILITY)
            await relay.prepare()
            while await relay.publish():
                pass
            recovery = Recovery(watcher, mended.database, log)
            await recovery.apply(await recovery.look())
            relay = Relay(log, mended.database, mended.store, STABILITY)
            await relay.prepare()
            assert not await relay.publish()
            assert await log.generations(STABILITY) == ((1,) if lost.rows(events) else (1, 2))
        finally:
            await log.stop()
