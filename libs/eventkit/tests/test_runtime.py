"""A service as it runs: started, fed, acting by itself, rebuilt, stopped, started again."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.acting.declare import Deed, Worker
from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.runtime import ClockBehindStore, ServiceRuntime, SharedLog, WrongRevision
from entente_eventkit.service import Service
from entente_eventkit.shell.running import Progress
from entente_eventkit.storage.tables import active, due
from entente_eventkit.store.errors import VersionConflict
from entente_testkit.alive import NOON, Alive, alive, migrated_specimen
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.waiting import until
from entente_testkit.specimen import TallyRow, counting, specimen


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return migrated_specimen(tmp_path)


def running(
    folder: Path, service: Service, log: EmbeddedLog | KafkaLog | None = None, now: datetime = NOON
) -> AbstractAsyncContextManager[Alive]:
    return alive(service, f"sqlite:///{folder / 'specimen.sqlite'}", log or EmbeddedLog(), now)


async def test_what_is_appended_is_folded_reacted_to_and_worked_off(tmp_path, service):
    async with running(tmp_path, service) as one:
        await one.report(deaths=3)
        await until(one.tallies)
        assert await one.tallies() == {"observation/test/SDN": (1, 3)}
        await until(one.warned)
        assert await one.runtime.ready() == []


async def test_a_duty_is_done_when_the_clock_reaches_its_due_and_not_before(tmp_path, service):
    quiet = replace(service, workers=[])
    async with running(tmp_path, quiet) as one:
        await one.report(deaths=1)
        await until(one.warned)

        async def dues() -> list[Any]:
            return await one.runtime.database.read(lambda connection: connection.execute(select(due.c.at)).scalars().all())

        assert await dues() == [NOON + timedelta(days=1)]
        one.clock.advance(timedelta(days=1))
        one.runtime.wake()

        async def nothing_due() -> bool:
            return not await dues()

        await until(nothing_due)


async def test_law_1_what_was_appended_before_a_stop_is_projected_after_the_next_start(tmp_path, service):
    async with running(tmp_path, service) as one:
        await one.report()
    async with running(tmp_path, service) as one:
        await one.report()

        async def all_there() -> bool:
            return await one.tallies() == {"observation/test/SDN": (2, 0)}

        await until(all_there)


async def test_law_4_a_rebuild_is_compared_row_by_row_and_every_difference_is_told(tmp_path, service):
    async with running(tmp_path, service) as one:
        for country in ("SDN", "UKR", "SDN"):
            await one.report(country=country, deaths=1)
        await until(one.tallies)

        async def level() -> bool:
            return await one.behind() == 0

        await until(level)
        progress = Progress()
        assert await one.runtime.rebuild("counts", progress, check=True) == []
        assert (progress.done, progress.of) == (3, 3)

        await one.runtime.database.write(lambda connection: connection.execute(update(TallyRow).values(deaths=7)))
        told = await one.runtime.rebuild("counts", Progress(), check=True)
        assert len(told) == 2
        assert "7" in told[0]

        assert await one.runtime.rebuild("counts", Progress(), check=False) == []
        assert await one.tallies() == {"observation/test/SDN": (2, 2), "observation/test/UKR": (1, 1)}


async def test_rows_of_other_code_are_read_until_the_new_ones_have_caught_up(tmp_path, service):
    async with running(tmp_path, service) as one:
        await one.report()
        await until(one.tallies)
    newer = replace(service, projections=[counting(code=2)], workers=[])
    async with running(tmp_path, newer) as one:

        async def switched() -> bool:
            return await one.tallies() == {"observation/test/SDN": (2, 0)}

        await until(switched)
        names = await one.runtime.database.read(lambda connection: connection.execute(select(active.c.instance)).scalars().all())
        assert "counts@2" in names
        assert await one.runtime.ready() == []


async def test_a_parked_stream_is_redriven_by_an_operator(tmp_path, service):
    async with running(tmp_path, service) as one:
        await one.report(code="poison")

        async def parked() -> bool:
            return any(status.parked_total for status in one.runtime.instances.status())

        await until(parked)
        assert await one.runtime.redrive("counts@1") == 0
        assert await one.runtime.redrive("counts@1", OBSERVATIONS.name, "observation/test/SDN") == 0

        async def only_the_parked_one() -> bool:
            return await one.behind() == 1

        await until(only_the_parked_one)


async def test_what_is_not_ready_says_why(tmp_path, service):
    clock, log = SetClock(NOON), SharedLog(EmbeddedLog())
    runtime = ServiceRuntime(service, f"sqlite:///{tmp_path / 'specimen.sqlite'}", log, clock, migrates=False)
    (not_started, behind) = await runtime.ready()
    assert not_started == "it has not started"
    assert "run `entente migrate`" in behind
    with pytest.raises(WrongRevision, match="run `entente migrate`"):
        await runtime.start()
    await runtime.stop()


async def test_a_part_that_has_ended_is_named_by_readiness(tmp_path, service, caplog):
    async with running(tmp_path, service) as one:

        async def refuse(*_: Any) -> None:
            raise VersionConflict("a stream", 1, 2)

        one.runtime._run("reader of tea leaves", refuse())

        async def named() -> Sequence[str]:
            return await one.runtime.ready()

        (reason,) = await until(named)
        assert reason.startswith("the reader of tea leaves has ended:")
        assert "reader of tea leaves has ended" in caplog.text


async def test_a_passing_fault_of_the_database_is_waited_out_by_what_acts(tmp_path, service):
    faults = iter([True, True])

    def work(what: str, causes: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:
        if next(faults, False):
            busy = sqlite3.OperationalError("database is locked")
            busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("select", {}, busy)
        return specimen.workers[0].work(what, causes, ask, now)

    faulty = replace(service, workers=[Worker("warn-of-reports", specimen.projections[0], work)], policies=[])
    async with running(tmp_path, faulty) as one:
        await one.report()
        await until(one.warned)
        assert next(faults, None) is None


async def test_two_services_share_a_log_that_stops_with_the_last_of_them(tmp_path, service):
    log = EmbeddedLog()
    shared = SharedLog(log)
    await shared.join()
    await shared.join()
    await shared.leave()
    assert log.cluster is not None
    await shared.leave()
    assert log.cluster is None


async def test_the_same_service_runs_on_kafka(tmp_path, service):
    with MockCluster() as cluster:
        quick = kafka_on(cluster, metadata_refresh=0.3)
        async with running(tmp_path, service, quick) as one:
            await one.report(deaths=2)
            await until(one.tallies)

            async def level() -> bool:
                return await one.behind() == 0

            await until(level)
            assert await one.tallies() == {"observation/test/SDN": (1, 2)}


def test_two_workers_of_one_projection_are_refused():
    with pytest.raises(ValueError, match="specimen: two workers take the marks of one projection"):
        replace(specimen, workers=[*specimen.workers, *specimen.workers])


async def test_a_clock_that_stands_before_what_the_store_has_recorded_is_refused(tmp_path, service):
    async with running(tmp_path, service, now=NOON) as one:
        await one.report()
    runtime = ServiceRuntime(
        service, f"sqlite:///{tmp_path / 'specimen.sqlite'}", SharedLog(EmbeddedLog()), SetClock(NOON - timedelta(hours=1)), migrates=True
    )
    with pytest.raises(ClockBehindStore, match=r"2023-10-01T11:00:00.*2023-10-01T12:00:00"):
        await runtime.start()
    await runtime.stop()
