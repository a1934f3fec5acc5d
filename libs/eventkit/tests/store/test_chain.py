"""The hash chain: what was changed is named."""

import pytest
from sqlalchemy import delete, update

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import GENESIS, events, head
from entente_eventkit.store import chain
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import link, verify_chain
from entente_eventkit.store.store import EventStore

VECTORS = [
    (b'{"a":1}', "46426333c3717c14f84a3ad37f229fef9334f7298e19ea3cd9acae85e06268e4"),
    (b"", "0a956fffbb86be34b30301b55841211c4156fbba5d21a75875a701d45a30f018"),
    ('{"назва":"мир"}'.encode(), "a0e8a0e3cd5f84e0c0e6d80d2845695c4fdd647e0c3c3084a91fb642f27b1c51"),
]
"""Three bodies appended one after the other to an empty store, and the hash after each; made with coreutils' sha256sum."""


def test_the_chain_has_the_published_values() -> None:
    current = GENESIS
    for body, expected in VECTORS:
        current = link(current, body)
        assert current.hex() == expected


def test_the_hash_before_the_first_is_nothing_but_zeros() -> None:
    assert bytes(32) == GENESIS


@pytest.fixture
def ids(database: Database, store: EventStore, because: Because, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(chain, "_NEXT", chain._NEXT.limit(2))
    several = [ObservationRetracted(observation=f"o{number}", country="SDN", because="x") for number in range(5)]
    with database.writing() as connection, store.head(connection) as head:
        return [event.id for event in head.append(OBSERVATIONS, "s", several, because)]


def test_an_empty_store_holds(database: Database) -> None:
    with database.reading() as connection:
        assert verify_chain(connection) is None


def test_a_store_as_it_was_written_holds(database: Database, ids: list[str]) -> None:
    with database.reading() as connection:
        assert verify_chain(connection) is None


def test_a_changed_body_is_named(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(update(events).where(events.c.position == 3).values(body=b"{}"))
        broken = verify_chain(connection)
    assert broken is not None
    assert (broken.position, broken.id) == (3, ids[2])
    assert "is not the one that was written" in broken.what


def test_a_body_changed_together_with_its_hash_shows_in_the_next(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        previous = connection.execute(events.select().where(events.c.position == 2)).one().hash
        connection.execute(update(events).where(events.c.position == 3).values(body=b"{}", hash=link(previous, b"{}")))
        broken = verify_chain(connection)
    assert broken is not None
    assert broken.position == 4


def test_a_missing_event_is_named(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(delete(events).where(events.c.position == 2))
        broken = verify_chain(connection)
    assert broken is not None
    assert (broken.position, broken.id, broken.what) == (2, None, "position 2 is missing; 3 follows 1")


def test_a_missing_last_event_is_named(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(delete(events).where(events.c.position == 5))
        broken = verify_chain(connection)
    assert broken is not None
    assert (broken.position, broken.what) == (5, "the head stands at 5, the last event at 4")


def test_a_body_that_is_gone_is_named(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(update(events).where(events.c.position == 1).values(body=None))
        broken = verify_chain(connection)
    assert broken is not None
    assert (broken.position, broken.id, broken.what) == (1, ids[0], "its body is gone")


def test_a_head_of_another_history_is_named(database: Database, ids: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(update(head).values(hash=GENESIS))
        broken = verify_chain(connection)
    assert broken is not None
    assert (broken.position, broken.what) == (5, "the head's hash is not that of the last event")
