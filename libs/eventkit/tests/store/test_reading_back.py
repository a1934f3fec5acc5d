"""Reading the store: by position, by stream, by chain of causes, by id."""

import pytest
from sqlalchemy import text

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.topics import GATEWAY, OBSERVATIONS, STABILITY
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore


@pytest.fixture
def ids(database: Database, store: EventStore, because: Because) -> list[str]:
    other = Because(causationid="request/2", correlationid="chain/2", actor=because.actor)
    made: list[str] = []
    with database.writing() as connection, store.head(connection) as head:
        for topic, reason in [(GATEWAY, because), (OBSERVATIONS, other), (OBSERVATIONS, because), (STABILITY, other), (GATEWAY, because)]:
            event = ObservationRetracted(observation=f"o{len(made)}", country="SDN", because="x")
            made += [each.id for each in head.append(topic, "s", [event], reason)]
    return made


def test_rows_come_in_order_of_position_and_no_more_than_asked(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        assert [row.position for row in store.after(connection, 0, 3)] == [1, 2, 3]
        assert [row.position for row in store.after(connection, 3, 10)] == [4, 5]
        assert store.after(connection, 5, 10) == []


def test_rows_of_some_topics_only(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        assert [row.position for row in store.after(connection, 0, 10, [GATEWAY.name])] == [1, 5]
        assert [row.position for row in store.after(connection, 1, 10, [GATEWAY.name, STABILITY.name])] == [4, 5]
        assert store.after(connection, 0, 10, []) == []


def test_a_row_has_what_the_relay_sends(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        (row,) = store.after(connection, 0, 1)
        hash_of_head = connection.execute(text("SELECT hash FROM head")).scalar_one()
        *_, last = store.after(connection, 0, 10)
    assert (row.topic, row.stream, row.version, row.id) == (GATEWAY.name, "s", 1, ids[0])
    assert row.attributes["sequence"] == "00000000000000000001"
    assert row.attributes["id"] == ids[0]
    assert row.body == b'{"because":"x","country":"SDN","observation":"o0"}'
    assert last.hash == hash_of_head


def test_the_events_of_one_topic_are_found_along_an_index(database: Database, store: EventStore, ids: list[str]) -> None:
    plan = "EXPLAIN QUERY PLAN SELECT * FROM events WHERE position > 3 AND topic = 'x' ORDER BY position LIMIT 5"
    with database.reading() as connection:
        (step,) = connection.exec_driver_sql(plan).all()
    assert "ix_events_topic_position" in step.detail


def test_a_chain_of_causes_comes_in_order(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        assert [event.id for event in store.correlated(connection, "chain/2")] == [ids[1], ids[3]]
        assert store.correlated(connection, "chain/3") == []


def test_an_event_is_found_by_its_id(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        found = store.event(connection, ids[2])
        assert store.event(connection, "nobody's") is None
    assert found is not None
    assert (found.subject, found.sequence) == ("s", 2)
    assert found.data == ObservationRetracted(observation="o2", country="SDN", because="x")


def test_a_stream_is_read_in_order_from_any_version(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        assert [event.id for event in store.stream(connection, OBSERVATIONS, "s")] == [ids[1], ids[2]]
        assert [event.id for event in store.stream(connection, OBSERVATIONS, "s", after=1)] == [ids[2]]


def test_the_last_of_a_stream(database: Database, store: EventStore, ids: list[str]) -> None:
    with database.reading() as connection:
        last = store.last(connection, OBSERVATIONS, "s")
        assert store.last(connection, OBSERVATIONS, "t") is None
    assert last is not None
    assert last.id == ids[2]
