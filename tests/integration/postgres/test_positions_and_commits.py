"""Positions, commits and streams agree over real connections, whichever transaction began first."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
from sqlalchemy import Connection, make_url, text
from tests.integration.postgres.processes import another

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until

SOMETHING = ObservationRetracted(observation="o1", country="SDN", because="counted twice")


def begin(connection: Connection) -> int:
    """Makes the server give the transaction its number, as a first write would."""
    number: int = connection.execute(text("SELECT txid_current()")).scalar_one()
    return number


def plain(url: str) -> psycopg.Connection:
    """A connection of some other program, with none of our settings."""
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def waiting_for_locks(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
    connection.commit()
    (count,) = found.fetchone() or (0,)
    return count


def seen_by_a_follower(database: Database, store: EventStore, after: int) -> list[tuple[int, str, int]]:
    with database.reading() as connection:
        return [(row.position, row.stream, row.version) for row in store.after(connection, after, 1_000)]


def test_protocol_1_the_older_transaction_that_commits_last_has_the_later_position(
    database: Database, store: EventStore, because: Because
) -> None:
    other, third = Database(database.url), Database(database.url)
    with ExitStack() as held:
        held.callback(other.close)
        held.callback(third.close)
        with ThreadPoolExecutor(1) as threads:
            with database.writing() as old:
                older = begin(old)

                def in_between() -> int:
                    with other.writing() as young:
                        younger = begin(young)
                        with store.head(young) as head:
                            head.append(OBSERVATIONS, "one stream", [SOMETHING], because)
                    return younger

                younger = threads.submit(in_between).result()
                first = seen_by_a_follower(third, store, 0)
                with store.head(old) as head:
                    head.append(OBSERVATIONS, "one stream", [SOMETHING], because)
                assert seen_by_a_follower(third, store, 1) == []
            assert older < younger
            assert first == [(1, "one stream", 1)]
            assert seen_by_a_follower(third, store, 1) == [(2, "one stream", 2)]


async def test_protocol_1_whoever_holds_the_head_commits_before_the_next_gets_a_position(
    database: Database, store: EventStore, because: Because
) -> None:
    other = Database(database.url)

    def next_one() -> None:
        with other.writing() as connection, store.head(connection) as head:
            head.append(OBSERVATIONS, "b", [SOMETHING], because)

    with ThreadPoolExecutor(1) as threads, plain(database.url) as looking:
        with database.writing() as connection:
            with store.head(connection) as head:
                head.append(OBSERVATIONS, "a", [SOMETHING], because)
            following = threads.submit(next_one)
            await until(lambda: waiting_for_locks(looking))
            assert not following.done()
            assert seen_by_a_follower(other, store, 0) == []
        following.result()
    assert seen_by_a_follower(other, store, 0) == [(1, "a", 1), (2, "b", 1)]
    other.close()


def test_protocol_1_three_processes_write_and_who_follows_the_positions_misses_nothing(specimens: Database, clock: SetClock) -> None:
    store, seen = EventStore(specimens, clock, "specimen"), list[tuple[int, str, int]]()
    with ExitStack() as held, ThreadPoolExecutor(3) as threads:
        processes = [held.enter_context(another(specimens.url, "commands", *(f"{n}-{k}" for k in range(25)))) for n in range(3)]
        for process in processes:
            process.go_on()
        ended = [threads.submit(process.hears, "done") for process in processes]
        while not all(one.done() for one in ended):
            seen += seen_by_a_follower(specimens, store, len(seen))
        for one in ended:
            one.result()
        answers = [answer for process in processes for answer in process.acknowledged()]
    seen += seen_by_a_follower(specimens, store, len(seen))
    assert seen == [(number, "SDN", number) for number in range(1, 76)]
    assert sorted(answer["version"] for answer in answers) == list(range(1, 76))
    with specimens.reading() as connection:
        assert verify_chain(connection) is None


async def test_protocol_2_a_transaction_that_stays_open_elsewhere_does_not_hold_up_the_relay(database: Database, store: EventStore) -> None:
    log = EmbeddedLog()
    log.stores[GATEWAY.name] = store
    await log.start()
    try:
        relay = Relay(log, database, store, GATEWAY)
        await relay.prepare()
        with plain(database.url) as open_for_an_hour:
            open_for_an_hour.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            open_for_an_hour.execute("SELECT txid_current(), count(*) FROM events")
            open_for_an_hour.execute("CREATE TEMPORARY TABLE something (x int)")
            await append(store, "a", "b")
            assert await relay.publish() == 2
            assert open_for_an_hour.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
    finally:
        await log.stop()
