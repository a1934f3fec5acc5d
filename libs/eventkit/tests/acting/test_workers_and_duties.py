"""Workers and duties: marks and dues worked off, each once, each with its cause."""

import logging
from datetime import timedelta
from sqlite3 import OperationalError

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError as DatabaseError

from entente_contracts.recorded import Actor, AuthType
from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Do, Duty, Schedule, Worker
from entente_eventkit.acting.duties import fulfil_dues
from entente_eventkit.acting.worker import work_marks
from entente_eventkit.storage.tables import due, mark
from entente_eventkit.store.because import Because
from entente_testkit.history import START, recorded, stream_of
from entente_testkit.specimen import Warn, counts, duty, report, specimen, warn_of_deaths, warnings, worker
from entente_testkit.suites.running import feed_all, running


@pytest.fixture
def service(tmp_path):
    with running(specimen, tmp_path, "embedded") as service:
        yield service


def made(service):
    with service.database.reading() as connection:
        return service.store.after(connection, 0, 1000)


def left(service, table):
    with service.database.reading() as connection:
        return connection.execute(select(table).order_by(*table.primary_key)).mappings().all()


def working(service, of=worker):
    return work_marks(service.database, service.store, service.clock, of)


def fulfilling(service, of=duty):
    return fulfil_dues(service.database, service.store, service.clock, [of])


def test_marks_of_one_thing_from_several_streams_are_worked_off_together(service):
    seen = []

    def work(what, causes, ask, now):
        seen.append((what, causes, now))
        yield Do(warnings, Warn(what, now.date()))

    a, b = recorded(report(1), "a", 1, correlationid="older"), recorded(report(2), "b", 1, correlationid="newer")
    feed_all(service.instances(counts), [b, a, recorded(report(3, country="TCD"), "c", 1)])
    assert working(service, Worker("warn", counts, work)) == 2
    assert seen == [("SDN", [a.id, b.id], service.clock.now()), ("TCD", ["entente.observations:c#000001"], service.clock.now())]
    first = made(service)[0].attributes
    assert (first["causationid"], first["correlationid"], first["authid"]) == (b.id, "newer", "specimen/warn")
    assert left(service, mark) == []
    assert working(service) == 0


def test_a_thing_marked_again_is_worked_off_again(service):
    events = stream_of("a", report(1), report(2))
    instances = service.instances(counts)
    feed_all(instances, events[:1])
    assert working(service) == 1
    feed_all(instances, events)
    assert [row["version"] for row in left(service, mark)] == [2]
    assert working(service) == 1


def test_a_refusal_clears_the_mark(service):
    events = stream_of("a", report(1), report(2))
    feed_all(service.instances(counts), events[:1])
    working(service)
    feed_all(service.instances(counts), events)
    assert working(service) == 1
    assert len(made(service)) == 1
    assert left(service, mark) == []


def test_work_that_raises_leaves_its_mark_and_nothing_else_and_holds_up_no_other(service, caplog):
    def work(what, causes, ask, now):
        yield Do(warnings, Warn(what, now.date()))
        if what == "SDN":
            raise ValueError("not this one")

    feed_all(service.instances(counts), [recorded(report(1), "a", 1), recorded(report(2, country="TCD"), "b", 1)])
    with caplog.at_level(logging.ERROR):
        assert working(service, Worker("warn", counts, work)) == 1
    assert "worker warn failed at SDN" in caplog.text
    assert [row["what"] for row in left(service, mark)] == ["SDN"]
    assert [stored.stream for stored in made(service)] == ["warning/TCD"]


def test_a_mark_that_another_process_took_meanwhile_is_left_to_it(service, caplog):
    seen = []

    def work(what, causes, ask, now):
        seen.append(what)
        return ()

    def take_first(connection, cursor, statement, parameters, context, executemany):
        if statement == "BEGIN IMMEDIATE":
            connection.exec_driver_sql("DELETE FROM mark")

    feed_all(service.instances(counts), stream_of("a", report(1)))
    event.listen(service.database.engine, "after_cursor_execute", take_first)
    with caplog.at_level(logging.ERROR):
        assert working(service, Worker("warn", counts, work)) == 0
    assert (seen, caplog.text) == ([], "")


def test_marks_of_a_building_instance_are_left_alone(service):
    instances = service.instances(counts)
    feed_all(instances, stream_of("a", report(1)), only=instances.rebuild("counts"))
    assert working(service) == 0
    assert len(left(service, mark)) == 1


def test_a_transient_error_is_raised_to_who_works_the_marks_and_dues(service):
    feed_all(service.instances(counts, warn_of_deaths), stream_of("a", report(1, deaths=1)))
    service.clock.set(START + timedelta(days=2))

    def refuse(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith(("DELETE FROM mark", "DELETE FROM due")):
            busy = OperationalError("database is locked")
            busy.sqlite_errorcode = 5
            raise DatabaseError(statement, None, busy)

    before = made(service)
    event.listen(service.database.engine, "before_cursor_execute", refuse)
    with pytest.raises(DatabaseError):
        working(service)
    with pytest.raises(DatabaseError):
        fulfilling(service)
    assert made(service) == before


def test_law_3_a_rebuild_makes_a_worker_do_nothing_twice(service):
    events = [recorded(report(n, country=country), country, 1) for n, country in enumerate(("SDN", "TCD", "MLI"))]
    instances = service.instances(counts)
    feed_all(instances, events)
    assert working(service) == 3
    green = instances.rebuild("counts")
    feed_all(instances, events, only=green)
    instances.switch("counts")
    assert working(service) == 0


def test_a_due_is_fulfilled_once_when_its_moment_has_come(service):
    origin = recorded(report(1, deaths=1), "a", 1, correlationid="chain")
    feed_all(service.instances(warn_of_deaths), [origin])
    service.clock.set(START + timedelta(hours=23))
    assert fulfilling(service) == 0
    service.clock.advance(timedelta(hours=1))
    assert fulfilling(service) == 1
    assert left(service, due) == []
    assert fulfilling(service) == 0


def test_what_a_duty_makes_names_the_cause_and_chain_of_its_due(service):
    schedule(service, "look-again", "TCD")
    assert fulfilling(service) == 1
    attributes = made(service)[0].attributes
    assert (attributes["causationid"], attributes["correlationid"], attributes["authid"]) == ("cause", "chain", "specimen/look-again")


def test_a_due_scheduled_again_after_it_was_done_is_not_done_again(service):
    for _ in range(2):
        schedule(service, "look-again", "TCD")
        fulfilling(service)
    assert len(made(service)) == 1
    assert left(service, due) == []


def test_a_duty_may_schedule_its_next_due(service):
    def fulfil(subject, at, ask):
        yield Schedule("daily", subject, at + timedelta(days=1))

    schedule(service, "daily", "TCD")
    assert fulfilling(service, Duty("daily", fulfil)) == 1
    assert [(row["at"], row["cause"]) for row in left(service, due)] == [(START, "cause")]


def test_a_due_that_fails_stays_and_holds_up_no_other(service, caplog):
    def fulfil(subject, at, ask):
        yield Do(warnings, Warn(subject, at.date()))
        if subject == "SDN":
            raise ValueError("not this one")

    schedule(service, "daily", "SDN")
    schedule(service, "daily", "TCD")
    schedule(service, "forgotten", "TCD")
    with caplog.at_level(logging.ERROR):
        assert fulfilling(service, Duty("daily", fulfil)) == 1
    assert "duty daily failed for SDN" in caplog.text
    assert "declares no such duty" in caplog.text
    assert [row["subject"] for row in left(service, due)] == ["SDN", "TCD"]
    assert [stored.stream for stored in made(service)] == ["warning/TCD"]


def schedule(service, name, subject):
    because = Because(causationid="cause", correlationid="chain", actor=Actor(AuthType.SYSTEM, "test"))
    with service.database.writing() as connection, service.store.head(connection) as head:
        Acting(connection, head, service.clock).schedule(name, subject, START - timedelta(days=1), because)
