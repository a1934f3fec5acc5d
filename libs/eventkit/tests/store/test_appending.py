"""Appends under the head row: positions and versions without holes, whole transactions or nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from entente_contracts.event import Event
from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded
from entente_contracts.topics import OBSERVATIONS, STABILITY, Topic
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.storage.tables import events, keys
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import verify_chain
from entente_eventkit.store.store import EventDoesNotDecode, EventStore, EventTooLarge, NewEvent, VersionConflict


def retracted(observation: str = "o1", because: str = "counted twice") -> ObservationRetracted:
    return ObservationRetracted(observation=observation, country="SDN", because=because)


class NeverRegistered(Event, name="entente.test.never-registered", version=1, topic=OBSERVATIONS):
    """An event that no reader knows."""


def observation(event: Recorded[Event]) -> str:
    assert isinstance(event.data, ObservationRetracted)
    return event.data.observation


def test_an_appended_event_says_what_when_who_and_why(database: Database, store: EventStore, because: Because, clock: SetClock) -> None:
    happened = datetime(2023, 9, 30, 8, tzinfo=UTC)
    origin = Origin("https://ucdp.uu.se", "17", "ab" * 32)
    with database.writing() as connection, store.head(connection) as head:
        (event,) = head.append(OBSERVATIONS, "s", [NewEvent(retracted(), happened, origin, "amber")], because)
    assert (event.subject, event.sequence, event.source, event.type) == ("s", 1, "entente/gateway", "entente.observations.retracted.v1")
    assert (event.time, event.recordedtime) == (happened, clock.now())
    assert (event.causationid, event.correlationid, event.actor) == ("request/1", "chain/1", Actor(AuthType.USER, "ana", "SDN"))
    assert (event.origin, event.dataclassification, event.data) == (origin, "amber", retracted())
    with database.reading() as connection:
        assert store.event(connection, event.id) == event


def test_an_event_without_a_time_happened_when_it_was_recorded(
    database: Database, store: EventStore, because: Because, clock: SetClock
) -> None:
    with database.writing() as connection, store.head(connection) as head:
        (event,) = head.append(OBSERVATIONS, "s", [retracted()], because)
    assert event.time == event.recordedtime == clock.now()


def test_a_body_that_its_sender_wrote_is_stored_as_it_is(database: Database, store: EventStore, because: Because) -> None:
    body = b'{"added":1,"because":"x","country":"SDN","observation":"o1"}'
    with database.writing() as connection, store.head(connection) as head:
        (event,) = head.append(OBSERVATIONS, "s", [NewEvent(retracted("o1", "x"), body=body)], because)
    assert event.data == retracted("o1", "x")
    with database.reading() as connection:
        (stored,) = store.after(connection, 0, 10)
    assert stored.body == body


def test_positions_run_over_all_streams_and_versions_in_each(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head:
        assert head.position == 0
        head.append(OBSERVATIONS, "a", [retracted(), retracted()], because)
        head.append(OBSERVATIONS, "b", [retracted()], because)
        assert head.position == 3
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "a", [retracted()], because)
    with database.reading() as connection:
        rows = [(row.position, row.stream, row.version) for row in store.after(connection, 0, 10)]
        assert store.last_position(connection) == 4
    assert rows == [(1, "a", 1), (2, "a", 2), (3, "b", 1), (4, "a", 3)]


def test_protocol_12_a_stream_id_may_repeat_across_topics(database: Database, store: EventStore, because: Because) -> None:
    for topic, name in [(OBSERVATIONS, "o1"), (STABILITY, "s1")]:
        with database.writing() as connection, store.head(connection) as head:
            head.append(topic, "same", [retracted(name)], because, expected=0)
    with database.reading() as connection:
        assert [observation(event) for event in store.stream(connection, STABILITY, "same")] == ["s1"]
        assert [(row.topic, row.version) for row in store.after(connection, 0, 9)] == [(OBSERVATIONS.name, 1), (STABILITY.name, 1)]


def test_what_was_appended_is_seen_at_once_by_the_head(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted("o1")], because)
    with database.writing() as connection, store.head(connection) as head:
        assert head.last(OBSERVATIONS, "none") is None
        assert head.stream(OBSERVATIONS, "none") == []
        assert head.version(OBSERVATIONS, "none") == 0
        head.append(OBSERVATIONS, "s", [retracted("o2"), retracted("o3")], because)
        seen = head.stream(OBSERVATIONS, "s")
        assert [(event.sequence, observation(event)) for event in seen] == [(1, "o1"), (2, "o2"), (3, "o3")]
        assert head.stream(OBSERVATIONS, "s", after=1) == seen[1:]
        assert head.stream(OBSERVATIONS, "s", after=2) == seen[2:]
        assert head.stream(OBSERVATIONS, "s", after=3) == []
        assert head.last(OBSERVATIONS, "s") == seen[-1]
        assert head.version(OBSERVATIONS, "s") == 3


def test_an_expected_version_that_is_another_appends_nothing(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted()], because, expected=0)
        with pytest.raises(VersionConflict, match="s stands at version 1, not 0") as conflict:
            head.append(OBSERVATIONS, "s", [retracted()], because, expected=0)
        head.append(OBSERVATIONS, "s", [retracted()], because, expected=1)
    assert (conflict.value.stream, conflict.value.expected, conflict.value.current) == ("s", 0, 1)
    with database.reading() as connection:
        assert store.last_position(connection) == 2


def test_a_block_that_raises_has_written_nothing_even_if_its_transaction_commits(
    database: Database, store: EventStore, because: Because
) -> None:
    with database.writing() as connection:
        with suppress(LookupError), store.head(connection) as head:
            head.append(OBSERVATIONS, "s", [retracted()], because)
            head.stream(OBSERVATIONS, "s")
            head.remember("scope", "key", "hash", b"{}")
            raise LookupError
        with store.head(connection) as head:
            head.append(OBSERVATIONS, "t", [retracted()], because)
    with database.reading() as connection:
        assert [(row.position, row.stream) for row in store.after(connection, 0, 9)] == [(1, "t")]
        assert connection.execute(select(func.count()).select_from(keys)).scalar_one() == 0


def test_a_transaction_that_is_rolled_back_leaves_no_hole(database: Database, store: EventStore, because: Because) -> None:
    with suppress(LookupError), database.writing() as connection:
        with store.head(connection) as head:
            head.append(OBSERVATIONS, "s", [retracted(), retracted()], because)
        raise LookupError
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted()], because)
    with database.reading() as connection:
        assert [(row.position, row.version) for row in store.after(connection, 0, 9)] == [(1, 1)]
        assert verify_chain(connection) is None


def test_the_head_is_locked_once_in_a_transaction(database: Database, store: EventStore) -> None:
    with database.writing() as connection:
        with store.head(connection), pytest.raises(RuntimeError, match="use the Head that is there"), store.head(connection):
            pass
        with store.head(connection):
            pass


def test_nothing_is_appended_in_a_reading_transaction(database: Database, store: EventStore, because: Because) -> None:
    with pytest.raises(Exception, match=r"read-?only"), database.reading() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted()], because)


def test_a_key_has_one_answer(database: Database, store: EventStore) -> None:
    with database.writing() as connection, store.head(connection) as head:
        assert head.answer("scope", "key") is None
        head.remember("scope", "key", "hash", b"1")
        with pytest.raises(ValueError, match="'key' of scope has its answer already"):
            head.remember("scope", "key", "hash", b"2")
        known = head.answer("scope", "key")
    with database.writing() as connection, store.head(connection) as head:
        assert head.answer("scope", "key") == known
        assert head.answer("other", "key") is None
    assert known is not None
    assert (known.request_hash, known.answer) == ("hash", b"1")


def test_protocol_21_an_event_above_the_size_limit_is_refused_and_the_relay_never_sees_it(
    database: Database, store: EventStore, because: Because
) -> None:
    small = Topic("entente.observations", "gateway", "short ones only", event_limit=100)
    with database.writing() as connection, store.head(connection) as head:
        with pytest.raises(EventTooLarge, match=r"number 2 of 's' has 1\d\d bytes; entente.observations takes at most 100"):
            head.append(small, "s", [retracted("o1"), retracted("o2", "x" * 100)], because)
        head.append(small, "s", [retracted("o3")], because)
    with database.reading() as connection:
        (stored,) = store.after(connection, 0, 10)
        assert stored.version == 1
        assert verify_chain(connection) is None


def test_protocol_21_attributes_that_no_header_takes_are_refused(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head, pytest.raises(EventTooLarge, match="shorten its ids"):
        head.append(OBSERVATIONS, "s", [retracted()], replace(because, correlationid="c" * 20_000))


def test_ids_too_long_for_a_key_of_every_database_are_refused(database: Database, store: EventStore, because: Because) -> None:
    longest, cause = "é" * 400, "é" * 450
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, longest, [retracted()], replace(because, correlationid=cause, causationid=cause))
        with pytest.raises(EventTooLarge, match="shorten its ids"):
            head.append(OBSERVATIONS, "s", [retracted()], replace(because, correlationid=f"{cause}c"))
        with pytest.raises(EventTooLarge, match="shorten its ids"):
            head.append(OBSERVATIONS, "s", [retracted()], replace(because, causationid=f"{cause}c"))
        with pytest.raises(EventDoesNotDecode, match="has 401 characters; name it with at most 400"):
            head.append(OBSERVATIONS, f"{longest}s", [retracted()], because)


@pytest.mark.parametrize(
    ("stream", "event"),
    [
        ("s", NeverRegistered()),
        ("s", NewEvent(retracted(), body=b'{"country": "SDN"}')),
        ("s", NewEvent(retracted(), body=b"\xff")),
        ("s", NewEvent(retracted(), datetime(2023, 1, 1, tzinfo=UTC).replace(tzinfo=None))),
        ("", retracted()),
        ("a\nb", retracted()),
        ("a\x00b", retracted()),
        ("half a pair \ud83d", retracted()),
    ],
    ids=["unknown", "invalid", "not JSON", "no time zone", "no stream", "line end", "NUL", "half a pair"],
)
def test_an_event_that_could_not_be_read_back_is_refused(
    database: Database, store: EventStore, because: Because, stream: str, event: Event | NewEvent
) -> None:
    with database.writing() as connection, store.head(connection) as head:
        with pytest.raises(EventDoesNotDecode, match="cannot be read back"):
            head.append(OBSERVATIONS, stream, [retracted(), event], because)
        head.append(OBSERVATIONS, "good", [retracted()], because)
    with database.reading() as connection:
        assert [row.stream for row in store.after(connection, 0, 9)] == ["good"]


def test_a_cause_that_no_header_takes_is_refused(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head:
        with pytest.raises(EventDoesNotDecode, match=r"attribute correlationid holds U\+000A"):
            head.append(OBSERVATIONS, "s", [retracted()], replace(because, correlationid="two\nlines"))
        head.append(OBSERVATIONS, "s", [retracted()], replace(because, correlationid="zero\u200bwidth"))
    with database.reading() as connection:
        assert store.last_position(connection) == 1


def test_a_stream_may_have_any_name_that_can_be_printed(database: Database, store: EventStore, because: Because) -> None:
    name = "наблюдение/日本/with space"
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, name, [retracted()], because)
    with database.reading() as connection:
        assert [event.subject for event in store.stream(connection, OBSERVATIONS, name)] == [name]


def test_protocol_1_who_follows_the_positions_misses_no_commit(database: Database, store: EventStore, because: Because) -> None:
    writers, each = 3, 40
    seen: list[int] = []

    def write(_: int) -> None:
        for _ in range(each):
            with database.writing() as connection, store.head(connection) as head:
                head.append(OBSERVATIONS, "one stream", [retracted()], because)

    def look() -> None:
        with database.reading() as connection:
            seen.extend(row.position for row in store.after(connection, seen[-1] if seen else 0, writers * each))

    with ThreadPoolExecutor(writers) as threads:
        writing = [threads.submit(write, number) for number in range(writers)]
        while not all(one.done() for one in writing):
            look()
        for one in writing:
            one.result()
    look()
    assert seen == list(range(1, writers * each + 1))
    with database.reading() as connection:
        assert [event.sequence for event in store.stream(connection, OBSERVATIONS, "one stream")] == seen


def test_protocol_2_a_long_reading_transaction_holds_up_nobody(database: Database, store: EventStore, because: Because) -> None:
    with database.reading() as long:
        assert store.last_position(long) == 0
        with database.writing() as connection, store.head(connection) as head:
            head.append(OBSERVATIONS, "s", [retracted()], because)
        with database.reading() as relay:
            assert [row.position for row in store.after(relay, 0, 9)] == [1]


def test_protocol_3_a_writer_that_stands_still_holds_up_writers_but_no_reader_and_doubles_nothing(
    database: Database, store: EventStore, because: Because
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def stand_still() -> None:
        with database.writing() as connection:
            with store.head(connection) as head:
                head.append(OBSERVATIONS, "s", [retracted("slow")], because)
            inside.set()
            go_on.wait()

    def write() -> None:
        with database.writing() as connection, store.head(connection) as head:
            head.append(OBSERVATIONS, "s", [retracted("next")], because)

    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(stand_still)
        inside.wait()
        following = threads.submit(write)
        with database.reading() as connection:
            meanwhile = store.last_position(connection), following.done()
        go_on.set()
        slow.result()
        following.result()
    assert meanwhile == (0, False)
    with database.reading() as connection:
        assert [observation(event) for event in store.stream(connection, OBSERVATIONS, "s")] == ["slow", "next"]


def test_ids_and_times_come_from_the_clock_alone(database: Database, store: EventStore, because: Because, clock: SetClock) -> None:
    clock.advance(timedelta(days=400))
    with database.writing() as connection, store.head(connection) as head:
        (event,) = head.append(OBSERVATIONS, "s", [retracted()], because)
    assert int(event.id.replace("-", "")[:12], 16) == int(clock.now().timestamp() * 1_000)


def test_columns_for_finding_and_for_erasing_are_filled_as_they_should_be(database: Database, store: EventStore, because: Because) -> None:
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted()], because)
    with database.reading() as connection:
        row = connection.execute(select(events)).one()
    assert (row.correlationid, row.causationid, row.keyid) == ("chain/1", "request/1", None)


def test_a_connection_lost_under_the_head_is_told_as_what_it_was(database: Database, store: EventStore) -> None:
    def lost() -> None:
        with database.writing() as connection, store.head(connection):
            connection.invalidate()
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        lost()
    with database.writing() as connection, store.head(connection) as head:
        assert head.position == 0


def test_a_connection_lost_under_the_lock_is_told_as_what_it_is(database: Database, store: EventStore, because: Because) -> None:
    """It was told as a misuse of the connection, which does not pass by itself, and a policy parked the event in hand."""

    def lose_it() -> None:
        with database.writing() as connection, store.head(connection) as head:
            connection.invalidate()
            head.append(OBSERVATIONS, "s", [retracted()], because)

    with pytest.raises(Exception) as lost:  # noqa: PT011 - its kind is what is looked at
        lose_it()
    assert is_transient(lost.value)
    with database.writing() as connection, store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [retracted()], because)
    with database.reading() as connection:
        assert store.last_position(connection) == 1
