"""The gauges that the database answers: each counts what it says, and ends when it is over."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.reading import figures as module
from entente_eventkit.reading.figures import POISON, WAITING, figures
from entente_eventkit.storage import tables
from entente_eventkit.storage.database import Database
from entente_eventkit.telemetry.instruments import (
    DUES,
    GAPS,
    GENERATION,
    MARKS,
    PARKED_NOW,
    POSITION,
    UNREADABLE_NOW,
    UNSENT,
    UNSENT_AGE,
    Instrument,
)  # fmt: skip
from entente_testkit.brokers.stores import append, new_store, open_database

NOON = datetime(2023, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(tmp_path, "gateway")
    yield made
    made.close()


@pytest.fixture
def watched(database: Database) -> Database:
    """The database of a service with one live instance and a retired one."""
    with database.writing() as connection:
        for name, state in (("titles@1", "live"), ("titles@0", "retired")):
            row = {"name": name, "projection": "titles", "kind": "projection", "code": 1, "state": state, "born": NOON}
            connection.execute(insert(tables.instance), row)
    return database


def seen(database: Database, now: datetime = NOON) -> dict[Instrument, dict[tuple[str, ...], float]]:
    with database.reading() as connection:
        values = figures(connection, "gateway", now)
    found: dict[Instrument, dict[tuple[str, ...], float]] = {}
    for value in values:
        assert value.by not in found.setdefault(value.of, {}), "one value is given twice"
        found[value.of][value.by] = value.now
    return found


def park(database: Database, instance: str, version: int, cause: str | None) -> None:
    row = {"instance": instance, "topic": GATEWAY.name, "stream": "s", "version": version, "cause": cause, "attempts": 1, "since": NOON}
    with database.writing() as connection:
        connection.execute(insert(tables.parked), row | {"headers": b"[]", "body": b"{}"})


def test_a_service_where_nothing_is_wrong_shows_noughts(watched: Database) -> None:
    assert seen(watched) == {
        POSITION: {("gateway",): 0},
        DUES: {("gateway",): 0},
        PARKED_NOW: {("gateway", "titles@1", POISON): 0, ("gateway", "titles@1", WAITING): 0},
        GAPS: {("gateway", "titles@1"): 0},
        MARKS: {("gateway", "titles@1"): 0},
    }


def test_parked_events_are_told_apart_and_retired_instances_are_left_out(watched: Database) -> None:
    park(watched, "titles@1", 1, "ValueError")
    park(watched, "titles@1", 2, None)
    park(watched, "titles@1", 3, None)
    park(watched, "titles@0", 1, "ValueError")
    found = seen(watched)
    assert found[PARKED_NOW] == {("gateway", "titles@1", POISON): 1, ("gateway", "titles@1", WAITING): 2}


def test_a_gap_is_open_after_a_minute_and_closed_when_its_event_came(watched: Database) -> None:
    park(watched, "titles@1", 2, None)
    assert seen(watched, NOON + timedelta(seconds=59))[GAPS] == {("gateway", "titles@1"): 0}
    assert seen(watched, NOON + timedelta(seconds=60))[GAPS] == {("gateway", "titles@1"): 1}
    with watched.writing() as connection:
        connection.execute(delete(tables.parked))
    assert seen(watched, NOON + timedelta(seconds=60))[GAPS] == {("gateway", "titles@1"): 0}


def test_marks_and_dues_are_counted_from_the_moment_that_they_wait(watched: Database) -> None:
    with watched.writing() as connection:
        mark = {"instance": "titles@1", "what": "w", "topic": "t", "stream": "s", "version": 1, "cause": "c", "correlationid": "k"}
        connection.execute(insert(tables.mark), mark)
        connection.execute(insert(tables.due), {"duty": "d", "subject": "s", "at": NOON, "cause": "c", "correlationid": "k"})
    assert seen(watched)[MARKS] == {("gateway", "titles@1"): 1}
    assert seen(watched)[DUES] == {("gateway",): 1}
    assert seen(watched, NOON - timedelta(seconds=1))[DUES] == {("gateway",): 0}


async def test_what_the_relay_has_still_to_send_is_counted_by_topic_and_ages(watched: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(NOON)
    store = new_store(watched, clock)
    await append(store, "a", "b")
    await append(store, "c", topic=OBSERVATIONS)
    clock.set(NOON + timedelta(seconds=30))
    await append(store, "d")
    with watched.writing() as connection:
        for topic, cursor in ((GATEWAY, 1), (OBSERVATIONS, 3)):
            row = {"topic": topic.name, "generation": 4, "open": True, "partitions": 1, "cursor": cursor, "ends": b"{}"}
            connection.execute(insert(tables.log), row)
    later = NOON + timedelta(seconds=40)
    found = seen(watched, later)
    assert found[POSITION] == {("gateway",): 4}
    assert found[GENERATION] == {("gateway", GATEWAY.name): 4, ("gateway", OBSERVATIONS.name): 4}
    assert found[UNSENT] == {("gateway", GATEWAY.name): 2, ("gateway", OBSERVATIONS.name): 0}
    assert found[UNSENT_AGE] == {("gateway", GATEWAY.name): 40, ("gateway", OBSERVATIONS.name): 0}
    monkeypatch.setattr(module, "COUNTED_UP_TO", 1)
    assert seen(watched, later)[UNSENT][("gateway", GATEWAY.name)] == 1
    with watched.writing() as connection:
        connection.execute(update(tables.log).values(cursor=4))
    assert set(seen(watched, later)[UNSENT_AGE].values()) == {0}


def test_an_unreadable_record_is_an_alarm_until_a_newer_generation_was_read(watched: Database) -> None:
    def reach(generation: str) -> None:
        row = {"instance": "titles@1", "topic": GATEWAY.name, "generation": generation, "partition": 0, "next": 5}
        with watched.writing() as connection:
            connection.execute(insert(tables.checkpoint), row)

    reach("store")
    assert UNREADABLE_NOW not in seen(watched)
    reach("9")
    with watched.writing() as connection:
        row = {"topic": GATEWAY.name, "generation": "9", "partition": 0, "offset": 3, "key": None, "headers": b"[]", "body": None}
        connection.execute(insert(tables.unreadable), row | {"cause": "no stream"})
    assert seen(watched)[UNREADABLE_NOW] == {("gateway", GATEWAY.name): 1}
    reach("10")
    assert seen(watched)[UNREADABLE_NOW] == {("gateway", GATEWAY.name): 0}
