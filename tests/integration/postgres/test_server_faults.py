"""The server crashes, is restarted, or cuts connections: what was acknowledged is there, once, and nothing was parked."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from tests.integration.postgres.processes import Another, another

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.log import generations
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.relay import Relay
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import events, keys, parked
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import kafka_on
from entente_testkit.brokers.waiting import until
from entente_testkit.servers.postgres import NativePostgres
from entente_testkit.specimen import TallyRow


def whole(database: Database, answers: list[dict]) -> None:
    """Everything acknowledged is in the store once, in a sound chain."""
    with database.reading() as connection:
        assert verify_chain(connection) is None
        stored = connection.execute(select(events.c.id, events.c.version).order_by(events.c.position)).all()
        known = set(connection.execute(select(keys.c.key)).scalars())
    assert [row.version for row in stored] == list(range(1, len(stored) + 1))
    assert {event for answer in answers for event in answer["events"]} <= {row.id for row in stored}
    assert {answer["key"] for answer in answers} <= known
    assert len(known) == len(stored)


async def enough(processes: list[Another], number: int) -> None:
    """Waits until they have told of so many answers together."""
    await until(lambda: sum(len(process.acknowledged()) for process in processes) >= number, within=60)


async def test_protocol_24_a_crash_of_the_server_between_commit_and_publication_loses_nothing_acknowledged(
    server: NativePostgres, specimens: Database, clock: SetClock
) -> None:
    with ExitStack() as held, ThreadPoolExecutor(2) as threads:
        processes = [held.enter_context(another(specimens.url, "commands", *(f"{n}-{k}" for k in range(40)))) for n in range(2)]
        for process in processes:
            process.go_on()
        ended = [threads.submit(process.hears, "done") for process in processes]
        await enough(processes, 10)
        server.restart("immediate")
        for one in ended:
            one.result()
        answers = [answer for process in processes for answer in process.acknowledged()]
    assert len(answers) == 80
    await until(lambda: usable(specimens))
    whole(specimens, answers)
    with MockCluster() as cluster:
        log: KafkaLog = kafka_on(cluster)
        await log.start()
        try:
            relay = Relay(log, specimens, EventStore(specimens, clock, "specimen"), OBSERVATIONS)
            await relay.prepare()
            published = 0
            while count := await relay.publish():
                published += count
            at = await specimens.read(generations.current, OBSERVATIONS)
        finally:
            await log.stop()
    assert at is not None
    assert (published, at.cursor) == (80, 80)


async def test_connections_cut_and_a_restart_under_load_are_retried_and_nothing_is_parked_or_lost(
    server: NativePostgres, specimens: Database
) -> None:
    with ExitStack() as held, ThreadPoolExecutor(4) as threads:
        writers = [held.enter_context(another(specimens.url, "commands", *(f"{n}-{k}" for k in range(60)))) for n in range(2)]
        readers = [held.enter_context(another(specimens.url, "feed", "1", f"stream-{n}", str(n), "60")) for n in range(2)]
        for process in [*writers, *readers]:
            process.go_on()
        ended = [threads.submit(process.hears, "done") for process in [*writers, *readers]]
        for number in (10, 25, 40):
            await enough(writers, number)
            assert server.cut_connections(specimens.engine.url.database) > 0
        await enough(writers, 60)
        server.restart("fast")
        for one in ended:
            one.result()
        assert any(line.startswith("again") for process in [*writers, *readers] for line in process.lines)
        answers = [answer for process in writers for answer in process.acknowledged()]
    assert len(answers) == 120
    await until(lambda: usable(specimens))
    whole(specimens, answers)
    with specimens.reading() as connection:
        assert connection.execute(select(parked)).all() == []
        assert {row.stream: row.reports for row in Ask(connection).all(TallyRow)} == {"stream-0": 60, "stream-1": 60}


def usable(database: Database) -> bool:
    """Whether the pool has found out that its connections are gone."""
    try:
        with database.reading() as connection:
            return connection.exec_driver_sql("SELECT true").scalar_one()
    except DBAPIError:
        return False
