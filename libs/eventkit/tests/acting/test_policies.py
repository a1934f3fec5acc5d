"""Policies: done once an event, with refusals as outcomes and poison put aside."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from sqlite3 import OperationalError

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError as DatabaseError

from entente_contracts.topics import OBSERVATIONS, STABILITY
from entente_eventkit.acting.declare import Do
from entente_eventkit.projecting.batches import STEPS
from entente_eventkit.storage.tables import due, keys, parked
from entente_eventkit.storage.tables import events as events_table
from entente_testkit.faults import HoldAt
from entente_testkit.history import START, batch_of, recorded, records_of, stream_of
from entente_testkit.specimen import Warn, counts, report, specimen, warn_of_deaths, warnings
from entente_testkit.suites.running import feed_all, running


@pytest.fixture
def service(tmp_path):
    with running(specimen, tmp_path, "embedded") as service:
        yield service


def made(service):
    with service.database.reading() as connection:
        return service.store.after(connection, 0, 1000)


def rows_of(service, table):
    with service.database.reading() as connection:
        return connection.execute(select(table).order_by(*table.primary_key)).mappings().all()


def test_a_policy_acts_as_the_service_because_of_the_event_in_its_chain(service):
    cause = recorded(report(1, deaths=3), "a", 1, correlationid="chain")
    feed_all(service.instances(warn_of_deaths), [cause])
    (stored,) = made(service)
    assert stored.stream == "warning/SDN"
    attributes = stored.attributes
    assert (attributes["causationid"], attributes["correlationid"]) == (cause.id, "chain")
    assert (attributes["authtype"], attributes["authid"], "authclaims" in attributes) == ("system", "specimen/warn-of-deaths", False)


def test_a_refusal_is_an_outcome_and_the_other_deeds_are_done(service):
    first, second = stream_of("a", report(1, deaths=3), report(2, deaths=3))
    feed_all(service.instances(warn_of_deaths), [first, second])
    assert len(made(service)) == 1
    assert rows_of(service, parked) == []
    assert [(row["scope"], row["key"], len(json.loads(row["answer"])["events"])) for row in rows_of(service, keys)] == [
        ("policy/warn-of-deaths", first.id, 1),
        ("policy/warn-of-deaths", second.id, 0),
    ]
    assert [(row["duty"], row["subject"], row["at"], row["cause"]) for row in rows_of(service, due)] == [
        ("look-again", "SDN", START + timedelta(days=1), first.id)
    ]


def test_law_3_a_policy_whose_guard_was_lost_repeats_nothing(service):
    events = stream_of("a", *(report(n, deaths=1, country=country) for n, country in enumerate(("SDN", "TCD", "MLI"))))
    instances = service.instances(warn_of_deaths)
    feed_all(instances, events)
    with service.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM applied")
        connection.exec_driver_sql("DELETE FROM checkpoint")
    feed_all(instances, events)
    assert len(made(service)) == 3
    assert rows_of(service, parked) == []
    assert instances.status()[0].progress.applied == 3


def test_protocol_23_a_process_of_old_code_that_was_held_does_not_act_for_the_new(service):
    hold = HoldAt("before")
    old = service.instances(warn_of_deaths, at=hold)
    with ThreadPoolExecutor(1) as thread:
        held = thread.submit(feed_all, old, stream_of("a", report(1, deaths=1)))
        hold.wait()
        new = service.instances(replace(warn_of_deaths, code=2, react=lambda *_: ()))
        hold.release()
        held.result()
    assert made(service) == []
    assert new.status()[0].progress.applied == 0


def test_a_transient_error_in_a_reaction_is_raised_and_parks_nothing(service):
    failing = [True]

    def refuse(connection, cursor, statement, parameters, context, executemany):
        if failing and statement.startswith("INSERT INTO keys"):
            failing.clear()
            busy = OperationalError("database is locked")
            busy.sqlite_errorcode = 5
            raise DatabaseError(statement, None, busy)

    event.listen(service.database.engine, "before_cursor_execute", refuse)
    instances, events = service.instances(warn_of_deaths), stream_of("a", report(1, deaths=1))
    with pytest.raises(DatabaseError):
        feed_all(instances, events)
    assert (made(service), rows_of(service, parked)) == ([], [])
    feed_all(instances, events)
    assert len(made(service)) == 1


def test_a_poisoned_reaction_leaves_nothing_of_itself_and_is_parked(service):
    def half(cause, ask):
        yield Do(warnings, Warn("SDN", cause.data.when.last))
        yield Do(replace(warnings, decide=lambda *_: 1 / 0), Warn("TCD", cause.data.when.last))

    feed_all(service.instances(replace(warn_of_deaths, react=half)), stream_of("a", report(1), report(2)))
    assert made(service) == []
    assert rows_of(service, keys) == []
    assert [(row["version"], row["cause"]) for row in rows_of(service, parked)] == [(1, "ZeroDivisionError: division by zero"), (2, None)]
    mended = service.instances(warn_of_deaths)
    assert mended.redrive("warn-of-deaths@1") == 2


def test_protocol_18_a_new_policy_only_counts_what_was_recorded_before_it_was_born(service):
    service.clock.set(START + timedelta(hours=1))
    old, new = recorded(report(1, deaths=1), "a", 1), recorded(report(2, deaths=1), "a", 2, at=START + timedelta(hours=1))
    instances = service.instances(warn_of_deaths)
    feed_all(instances, [old, new])
    assert [stored.attributes["causationid"] for stored in made(service)] == [new.id]
    assert instances.status()[0].progress.applied == 2


@pytest.mark.parametrize("text", [None, b"yesterday"])
def test_an_event_that_does_not_tell_when_it_was_recorded_is_parked(service, text):
    (record,) = records_of([recorded(report(1, deaths=1), "a", 1)])
    headers = tuple((name, value) for name, value in record.headers if name != "ce_recordedtime")
    record = replace(record, headers=headers if text is None else (*headers, ("ce_recordedtime", text)))
    service.instances(warn_of_deaths).feed(batch_of(OBSERVATIONS.name, [record]))
    assert made(service) == []
    assert "Undecodable" in rows_of(service, parked)[0]["cause"]


def test_protocol_18_a_rebuild_of_everything_and_a_new_generation_make_no_policy_act_again(service):
    events = stream_of("a", *(report(n, deaths=1, country=country) for n, country in enumerate(("SDN", "TCD", "MLI"))))
    instances = service.instances(counts, warn_of_deaths)
    feed_all(instances, events)
    before = made(service)
    green = instances.rebuild("counts")
    feed_all(instances, events, only=green)
    instances.switch("counts")
    feed_all(instances, events, generation="2")
    assert made(service) == before
    assert len(before) == 3


def test_a_policy_takes_at_most_fifty_records_a_transaction(service):
    transactions = []
    instances = service.instances(warn_of_deaths, at=lambda step, _: transactions.append(step))
    feed_all(instances, stream_of("a", *map(report, range(1, 121))), size=120)
    assert transactions == [*STEPS] * 3
    assert instances.next("entente.observations", "1", 0) == 120


def test_what_a_policy_makes_is_appended_in_the_order_of_its_events(service):
    events = stream_of("a", *(report(n, deaths=1, country=country) for n, country in enumerate(("SDN", "TCD", "MLI"))))
    feed_all(service.instances(warn_of_deaths), events)
    assert [stored.attributes["causationid"] for stored in made(service)] == [each.id for each in events]
    with service.database.reading() as connection:
        topics = connection.execute(select(events_table.c.topic).distinct()).scalars().all()
    assert topics == [STABILITY.name]
