"""Time, passed in."""

import time
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_eventkit.clock import EPOCH, SetClock, SystemClock, new_id

START = datetime(2023, 10, 1, tzinfo=UTC)


def milliseconds(id: str) -> int:
    return UUID(id).int >> 80


def test_a_set_clock_stands_still() -> None:
    clock = SetClock(START)
    assert [clock.now(), clock.now()] == [START, START]


def test_a_set_clock_goes_forward_when_it_is_told() -> None:
    clock = SetClock(START)
    clock.advance(timedelta(days=1))
    clock.set(START + timedelta(days=2))
    clock.set(START + timedelta(days=2))
    assert clock.now() == START + timedelta(days=2)


@given(moves=st.lists(st.timedeltas(timedelta(days=-400), timedelta(days=400))))
def test_a_set_clock_never_goes_back(moves: list[timedelta]) -> None:
    clock = SetClock(START)
    for move in moves:
        before = clock.now()
        if move < timedelta(0):
            with pytest.raises(ValueError, match="cannot go back to"):
                clock.advance(move)
        else:
            clock.advance(move)
        assert clock.now() >= before


def test_a_set_clock_tells_utc_whatever_zone_it_was_set_in() -> None:
    east = timezone(timedelta(hours=5))
    clock = SetClock(START.astimezone(east))
    clock.set((START + timedelta(hours=1)).astimezone(east))
    assert clock.now() == START + timedelta(hours=1)
    assert clock.now().tzinfo is UTC


def test_a_time_without_a_zone_sets_no_clock() -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="has no time zone"):
        SetClock(naive)
    with pytest.raises(ValueError, match="has no time zone"):
        SetClock(START).set(naive)


def test_the_machines_clock_tells_the_time_in_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now.timestamp() - time.time()) < 60


@pytest.mark.parametrize("clock", [SystemClock(), SetClock(START)])
def test_spans_are_measured_by_the_machine(clock: SystemClock | SetClock) -> None:
    assert 0 <= clock.monotonic() - time.monotonic() + 60 < 120


@given(st.timedeltas(timedelta(0), timedelta(days=365 * 8_000)).map(lambda since: EPOCH + since))
def test_an_id_carries_the_clocks_time(moment: datetime) -> None:
    made = UUID(new_id(SetClock(moment)))
    assert made.version == 7
    assert milliseconds(str(made)) == (moment - EPOCH) // timedelta(milliseconds=1)


def test_ids_of_one_moment_differ() -> None:
    clock = SetClock(START)
    assert len({new_id(clock) for _ in range(1_000)}) == 1_000
