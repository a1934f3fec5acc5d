"""What is gathered from a real database and a real log, written by the kernel itself, breaks no rule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.acting.worker import work_marks
from entente_eventkit.clock import SetClock
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.log.relay import Relay
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import kernel
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_testkit.backends import new_database
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.stores import BECAUSE
from entente_testkit.history import START
from entente_testkit.history_checker.gathering import log_of, store_of
from entente_testkit.history_checker.rules import check
from entente_testkit.history_checker.seen import Done, History
from entente_testkit.specimen import TallyRow, metadata, report, specimen, worker

OWNER = replace(specimen, owns=[OBSERVATIONS, STABILITY])
STREAM = "observation/ucdp/SDN"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with new_database(tmp_path, metadata) as database:
        yield database


async def history_of(database: Database, because: Because = BECAUSE) -> History:
    """Two reports, what the specimen makes of them, and all of it in a log, as the kernel writes them."""
    clock = SetClock(START)
    store = EventStore(database, clock, "specimen")
    instances = Instances(database, store, clock, specimen.projections, specimen.policies)
    instances.begin()
    with database.writing() as connection, store.head(connection) as head:
        told = head.append(OBSERVATIONS, STREAM, [report(1, deaths=2), report(2)], because)
    with database.reading() as connection:
        records = [stored_record(event) for event in store.after(connection, 0, 10, [OBSERVATIONS.name])]
    instances.feed(Batch(OBSERVATIONS.name, STORE, 0, 0, records[-1].offset + 1, records))
    work_marks(database, store, clock, worker)
    with MockCluster() as cluster:
        log = kafka_on(cluster)
        for topic in (OBSERVATIONS, STABILITY):
            await Relay(log, database, store, topic).publish()
        partitions = await log_of(log, cluster.bootstrap, (OBSERVATIONS, STABILITY))
        await log.stop()
    seen = store_of(OWNER, database, clock.now())
    return History((seen,), partitions, commands=(Done("specimen", "-", OBSERVATIONS.name, STREAM, 2, tuple(event.id for event in told)),))


async def test_what_the_kernel_wrote_breaks_no_rule(database: Database) -> None:
    history = await history_of(database)
    assert len(history.stores[0].events) > 2
    assert check(history) == []


async def test_what_was_changed_in_the_database_is_found(database: Database) -> None:
    history = await history_of(database)
    with database.writing() as connection:
        connection.execute(update(TallyRow).values(reports=7))
        connection.execute(delete(kernel.tables["applied"]))
    damaged = store_of(OWNER, database, START)
    found = [breach.rule.id for breach in check(History((damaged,), history.log, commands=history.commands))]
    assert found == ["L3", "T1"]
