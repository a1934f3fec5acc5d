"""Processes that are stopped dead within a transaction (SIGSTOP) hold nobody up for long, and double nothing when they go on."""

from time import monotonic

from sqlalchemy import select
from tests.integration.postgres.processes import another

from entente_eventkit.projecting.ask import Ask
from entente_eventkit.storage import postgres
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import events, keys, parked
from entente_eventkit.store.chain import verify_chain
from entente_testkit.specimen import TallyRow

WITHIN = 25.0
"""Seconds: what the settings allow a stopped process (10), and what a busy machine takes beside that."""


def test_protocol_3_a_process_stopped_inside_an_append_is_cut_off_and_its_command_has_one_effect(specimens: Database) -> None:
    with another(specimens.url, "stand-in-append", "slow") as stopped, another(specimens.url, "commands", "next", "one more") as other:
        stopped.go_on()
        stopped.hears("standing")
        stopped.stop()
        began = monotonic()
        other.go_on()
        other.hears("done")
        assert monotonic() - began < WITHIN
        assert [answer["version"] for answer in other.acknowledged()] == [1, 2]
        stopped.resume()
        stopped.go_on()
        stopped.hears("done")
        assert stopped.acknowledged() == [
            {"key": "slow", "version": 3, "repeated": False} | {"events": stopped.acknowledged()[0]["events"]}
        ]
        assert any(line.startswith("again") for line in stopped.lines)
    with specimens.reading() as connection:
        assert verify_chain(connection) is None
        assert connection.execute(select(events.c.version).order_by(events.c.position)).scalars().all() == [1, 2, 3]
        assert sorted(connection.execute(select(keys.c.key)).scalars()) == ["next", "one more", "slow"]


def test_protocol_3_a_process_stopped_inside_a_batch_is_cut_off_and_its_events_are_applied_once(specimens: Database) -> None:
    with (
        another(specimens.url, "feed", "1", "a", "0", "5", "flushed") as stopped,
        another(specimens.url, "feed", "1", "a", "0", "5") as other,
    ):
        stopped.go_on()
        stopped.hears("standing")
        stopped.stop()
        began = monotonic()
        other.go_on()
        other.hears("done")
        assert monotonic() - began < WITHIN
        assert tallies(specimens) == {"a": 5}
        stopped.resume()
        stopped.go_on()
        stopped.hears("done")
    assert tallies(specimens) == {"a": 5}
    with specimens.reading() as connection:
        assert connection.execute(select(parked)).all() == []


def test_the_limits_let_those_that_wait_outlast_the_one_that_is_cut_off(specimens: Database) -> None:
    seconds = {name: int(value.removesuffix("s")) for name, value in postgres.SESSION.items()}
    assert seconds["idle_in_transaction_session_timeout"] < seconds["lock_timeout"]
    with specimens.writing() as connection:
        for name, value in postgres.SESSION.items():
            assert connection.exec_driver_sql(f"SHOW {name}").scalar_one() == value


def tallies(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return {row.stream: row.reports for row in Ask(connection).all(TallyRow)}
