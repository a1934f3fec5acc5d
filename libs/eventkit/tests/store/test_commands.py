"""Commands: the key first, then the version, then the domain; one effective answer a key."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.refused import Refused
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import keys
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Answer, Key, execute, load
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventDoesNotDecode, EventStore, KeyReused, VersionConflict

Retraction = Decider[ObservationRetracted, int]
STREAM = "observation/ucdp/SDN"
KEY = Key("client/ana", "k1", "aa")


def retract(observation: str = "o1", because: str = "counted twice", country: str = "SDN") -> ObservationRetracted:
    return ObservationRetracted(observation=observation, country=country, because=because)


class Desk:
    """Gives one command a transaction of its own."""

    def __init__(self, store: EventStore, decider: Retraction, because: Because) -> None:
        self.store, self.decider, self.because = store, decider, because

    def give(self, command: ObservationRetracted, *, key: Key | None = None, expected: int | None = None) -> Answer:
        with self.store.database.writing() as connection, self.store.head(connection) as head:
            return execute(head, self.decider, command, self.because, key=key, expected=expected)

    def count(self) -> int:
        with self.store.database.reading() as connection:
            return self.store.last_position(connection)

    def keys(self) -> list[str]:
        with self.store.database.reading() as connection:
            return list(connection.execute(select(keys.c.key).order_by(keys.c.key)).scalars())


@pytest.fixture
def desk(store: EventStore, decider: Retraction, because: Because) -> Desk:
    return Desk(store, decider, because)


def test_a_command_is_answered_with_its_stream_and_events(desk: Desk) -> None:
    answer = desk.give(retract(because="twice"))
    assert (answer.topic, answer.stream, answer.version, answer.repeated) == (OBSERVATIONS.name, STREAM, 2, False)
    with desk.store.database.reading() as connection:
        assert answer.events == tuple(event.id for event in desk.store.stream(connection, OBSERVATIONS, STREAM))


def test_a_refusal_by_the_domain_writes_nothing(desk: Desk) -> None:
    for _ in range(3):
        desk.give(retract())
    with pytest.raises(Refused, match="too-many"):
        desk.give(retract(), key=KEY)
    assert desk.count() == 3
    assert desk.keys() == []


def test_a_command_that_changes_nothing_is_answered_and_remembered(desk: Desk) -> None:
    answer = desk.give(retract(because="nothing"), key=KEY)
    assert (answer.version, answer.events) == (0, ())
    desk.give(retract())
    assert desk.give(retract(because="nothing"), key=KEY) == replace(answer, repeated=True)


def test_protocol_20_two_at_once_with_one_key_have_one_effect_and_one_answer(desk: Desk) -> None:
    together = threading.Barrier(2)

    def give(_: int) -> Answer:
        together.wait()
        return desk.give(retract(), key=KEY)

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(give, range(2))
    assert sorted([one.repeated, other.repeated]) == [False, True]
    assert replace(one, repeated=False) == replace(other, repeated=False)
    assert desk.count() == 1


def test_protocol_20_after_a_lost_reply_and_another_writer_the_repeat_gets_its_first_answer(desk: Desk) -> None:
    lost = desk.give(retract("o1"), key=KEY, expected=0)
    desk.give(retract("o2"))
    assert desk.give(retract("o1"), key=KEY, expected=0) == replace(lost, repeated=True)
    assert desk.count() == 2


def test_protocol_20_the_repeat_of_what_the_domain_would_refuse_by_now_gets_its_first_answer(desk: Desk) -> None:
    first = desk.give(retract("o1"), key=KEY)
    for _ in range(2):
        desk.give(retract())
    assert desk.give(retract("o1"), key=KEY).events == first.events


def test_protocol_20_another_request_under_the_same_key_is_refused(desk: Desk) -> None:
    desk.give(retract("o1"), key=KEY)
    with pytest.raises(KeyReused, match=r"'k1' of client/ana was used for another request; repeat that one, or use a new key") as reused:
        desk.give(retract("o2"), key=replace(KEY, request_hash="bb"))
    assert (reused.value.scope, reused.value.key) == ("client/ana", "k1")
    assert desk.count() == 1


def test_protocol_20_a_year_later_the_answer_is_the_same(desk: Desk, clock: SetClock) -> None:
    first = desk.give(retract(), key=KEY)
    clock.advance(timedelta(days=366))
    assert desk.give(retract(), key=KEY) == replace(first, repeated=True)


def test_protocol_20_after_a_restart_the_answer_is_the_same(desk: Desk, decider: Retraction, because: Because, clock: SetClock) -> None:
    first = desk.give(retract(), key=KEY)
    url = desk.store.database.url
    desk.store.database.close()
    again = Database(url)
    assert Desk(EventStore(again, clock, "gateway"), decider, because).give(retract(), key=KEY) == replace(first, repeated=True)
    again.close()


def test_two_who_use_the_same_key_do_not_meet(desk: Desk) -> None:
    desk.give(retract(), key=KEY)
    assert not desk.give(retract(), key=replace(KEY, scope="client/ben", request_hash="bb")).repeated


def test_law_5_of_two_commands_at_one_version_one_wins_and_the_other_hears_the_current_version(desk: Desk) -> None:
    together = threading.Barrier(2)

    def give(observation: str) -> Answer | VersionConflict:
        together.wait()
        try:
            return desk.give(retract(observation), expected=0)
        except VersionConflict as conflict:
            return conflict

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(give, ["o1", "o2"]))
    (won,) = (each for each in outcomes if isinstance(each, Answer))
    (lost,) = (each for each in outcomes if isinstance(each, VersionConflict))
    assert won.version == lost.current == 1
    assert lost.expected == 0
    assert desk.count() == 1


def test_law_5_a_conflict_stores_nothing_and_the_same_key_is_judged_again(desk: Desk) -> None:
    desk.give(retract("o1"))
    with pytest.raises(VersionConflict):
        desk.give(retract("o2"), key=KEY, expected=0)
    assert desk.keys() == []
    assert not desk.give(retract("o2"), key=KEY, expected=1).repeated


def test_the_version_is_looked_at_before_the_domain(desk: Desk) -> None:
    for _ in range(3):
        desk.give(retract())
    with pytest.raises(VersionConflict):
        desk.give(retract(), expected=1)


def test_many_are_decided_in_one_transaction_each_judged_alone(
    database: Database, store: EventStore, decider: Retraction, because: Because
) -> None:
    outcomes: list[str] = []
    with database.writing() as connection, store.head(connection) as head:
        for number in range(6):
            key = Key("client/ana", str(number % 5), "aa")
            try:
                answer = execute(head, decider, retract(f"o{number}"), because, key=key)
                outcomes.append(f"{answer.version}{' again' if answer.repeated else ''}")
            except Refused as refused:
                outcomes.append(refused.code)
        long = ObservationRetracted.model_construct(observation="o", country="SSD", because="x" * 300_000)
        with pytest.raises(EventDoesNotDecode):
            execute(head, decider, long, because, key=Key("client/ana", "long", "aa"))
        execute(head, decider, retract(country="SSD"), because)
    assert outcomes == ["1", "2", "3", "too-many", "too-many", "1 again"]
    with database.reading() as connection:
        assert [(row.position, row.stream[-3:], row.version) for row in store.after(connection, 0, 9)] == [
            (1, "SDN", 1),
            (2, "SDN", 2),
            (3, "SDN", 3),
            (4, "SSD", 1),
        ]


def test_the_state_is_folded_from_what_is_stored_and_what_is_new_each_once(
    database: Database, store: EventStore, decider: Retraction, because: Because
) -> None:
    folded: list[str] = []

    def evolve(state: int | None, event: ObservationRetracted) -> int:
        folded.append(event.observation)
        return (state or 0) + 1

    watched = replace(decider, evolve=evolve)
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, STREAM, [retract("o1"), retract("o2")], because)
    with database.writing() as connection, store.head(connection) as head:
        assert load(head, watched, "observation/ucdp/TCD") is None
        assert load(head, watched, STREAM) == 2
        head.append(OBSERVATIONS, STREAM, [retract("o3")], because)
        assert load(head, watched, STREAM) == 3
        assert load(head, watched, STREAM) == 3
    assert folded == ["o1", "o2", "o3"]


def test_a_decider_that_remembers_only_the_last_event_folds_no_other(database: Database, store: EventStore, because: Because) -> None:
    folded: list[str] = []

    def evolve(state: str | None, event: ObservationRetracted) -> str:
        assert state is None
        folded.append(event.observation)
        return event.observation

    last = Decider[ObservationRetracted, str](
        "last", OBSERVATIONS, lambda _: STREAM, lambda command, _: [command], evolve, remembers_only_last=True
    )
    with database.writing() as connection, store.head(connection) as head:
        assert load(head, last, STREAM) is None
        head.append(OBSERVATIONS, STREAM, [retract("o1"), retract("o2")], because)
        assert load(head, last, STREAM) == "o2"
    with database.writing() as connection, store.head(connection) as head:
        assert load(head, last, STREAM) == "o2"
    assert folded == ["o2", "o2"]


def test_what_follows_from_an_event_is_because_of_it(desk: Desk, because: Because) -> None:
    (made,) = desk.give(retract()).events
    with desk.store.database.reading() as connection:
        event = desk.store.event(connection, made)
    assert event is not None
    followed = Because.of(event, Actor(AuthType.SYSTEM, "stability/assess"))
    assert (followed.causationid, followed.correlationid, followed.actor.id) == (made, because.correlationid, "stability/assess")


def test_versions_and_answers_are_those_of_the_store_and_of_this_transaction(store: EventStore, desk: Desk, because: Because) -> None:
    desk.give(retract("o1"), key=KEY)
    streams = [f"observation/ucdp/{country}" for country in ("SDN", "UKR", "MLI")]
    with store.database.writing() as connection, store.head(connection) as head:
        execute(head, desk.decider, retract("o2", country="UKR"), because, key=replace(KEY, key="k2"))
        execute(head, desk.decider, retract("o3"), because)
        assert head.versions(OBSERVATIONS, streams) == {streams[0]: 2, streams[1]: 1}
        assert head.answers(KEY.scope).keys() == {"k1", "k2"}
        assert head.answers("client/bob") == {}
