"""Time, passed in: nothing else in the platform reads a clock, nor makes an id with a time in it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import uuid_utils

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time of the world, and measures spans of the machine's."""

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment, for measuring how long something took."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class SetClock:
    """Stands still until it is set or advanced; never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = _in_utc(start)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return time.monotonic()

    def set(self, now: datetime) -> None:
        """Moves to `now`; raises `ValueError` where that lies in the past, or has no time zone."""
        moment = _in_utc(now)
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {moment.isoformat()}")
        self._now = moment

    def advance(self, by: timedelta) -> None:
        """Moves forward by a span."""
        self.set(self._now + by)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; give an aware datetime")
    return moment.astimezone(UTC)


def new_id(clock: Clock) -> str:
    """A UUIDv7 that carries the clock's time."""
    microseconds = (clock.now() - EPOCH) // timedelta(microseconds=1)
    return str(uuid_utils.uuid7(nanoseconds=microseconds * 1_000))
