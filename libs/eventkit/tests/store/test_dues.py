"""The table of dues."""

from datetime import timedelta

from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because
from entente_eventkit.store.duties import Due, done, fallen_due, schedule


def test_what_is_due_comes_the_oldest_first_and_nothing_before_its_time(database: Database, because: Because, clock: SetClock) -> None:
    now = clock.now()
    with database.writing() as connection:
        schedule(connection, "remind", "b", now, because)
        schedule(connection, "remind", "a", now - timedelta(hours=1), because)
        schedule(connection, "remind", "c", now + timedelta(microseconds=1), because)
        assert [due.subject for due in fallen_due(connection, now, 10)] == ["a", "b"]
        assert [due.subject for due in fallen_due(connection, now, 1)] == ["a"]


def test_a_due_keeps_its_cause(database: Database, because: Because, clock: SetClock) -> None:
    with database.writing() as connection:
        schedule(connection, "remind", "a", clock.now(), because)
        assert fallen_due(connection, clock.now(), 10) == [Due("remind", "a", clock.now(), "request/1", "chain/1")]


def test_scheduling_the_same_again_changes_nothing(database: Database, because: Because, clock: SetClock) -> None:
    again = Because(causationid="request/2", correlationid="chain/2", actor=because.actor)
    with database.writing() as connection:
        schedule(connection, "remind", "a", clock.now(), because)
        schedule(connection, "remind", "a", clock.now(), again)
        assert [due.cause for due in fallen_due(connection, clock.now(), 10)] == ["request/1"]


def test_what_is_done_is_gone_and_nothing_else(database: Database, because: Because, clock: SetClock) -> None:
    with database.writing() as connection:
        for duty, subject in [("remind", "a"), ("remind", "b"), ("chase", "a")]:
            schedule(connection, duty, subject, clock.now(), because)
        schedule(connection, "remind", "a", clock.now() - timedelta(days=1), because)
        done(connection, Due("remind", "a", clock.now(), "request/1", "chain/1"))
        left = [(due.duty, due.subject) for due in fallen_due(connection, clock.now(), 10)]
    assert left == [("remind", "a"), ("chase", "a"), ("remind", "b")]
