"""How much is taken in at once, and from whom: what is more is turned away before anything of it is kept.

Whoever sends has a bucket of so many items, which fills by so many a second: each source one of its own, all strangers together one. It is
charged by whose key really signed, so that nobody empties another's; a request that finds the bucket empty is turned away whole.
"""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from entente_eventkit.shell.problems import Problem
from entente_gateway.domain.examined import Examined
from entente_gateway.domain.registry import Registry
from entente_gateway.problems import SLOW_BODY, TOO_BUSY, TOO_MANY

STRANGERS = "(strangers)"
"""All who sign with no key that is registered for the source that they name."""

LOOK_EVERY = 1.0
"""Seconds between two readings of the sources for the sake of one who would be turned away."""

SOON = 1
"""Seconds after which one who was turned away because of others may try again."""


class Allowed(BaseSettings):
    """What `ENTENTE_INTAKE_...` says of the front door."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_INTAKE_", frozen=True, extra="forbid", env_ignore_empty=True)

    requests: Annotated[int, Field(ge=1, description="requests in hand at once")] = 64
    bytes: Annotated[int, Field(ge=1, description="bytes of their bodies in hand at once")] = 256 * 1024 * 1024
    source_rate: Annotated[float, Field(gt=0, description="items a second that a source may send")] = 1_000.0
    source_burst: Annotated[int, Field(ge=1, description="items that a source may send at once")] = 50_000
    stranger_rate: Annotated[float, Field(gt=0, description="items a second that all strangers may send together")] = 50.0
    stranger_burst: Annotated[int, Field(ge=1, description="items that all strangers may send at once")] = 10_000
    patience: Annotated[float, Field(gt=0, description="seconds that a body may take, whatever its length")] = 15.0
    slowest: Annotated[float, Field(gt=0, description="bytes a second that a longer body has to come at")] = 32 * 1024.0


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: int
    left: float
    at: float

    def fill(self, now: float) -> float:
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        return self.left


class Limits:
    """The front door of one process. What it turns away is counted by its reason."""

    def __init__(self, allowed: Allowed, time: Callable[[], float] | None = None) -> None:
        self.allowed = allowed
        self.requests, self.bytes = 0, 0
        self.turned_away: Counter[str] = Counter()
        self._buckets: dict[str, _Bucket] = {}
        self._looked = -LOOK_EVERY
        self._time = time or (lambda: asyncio.get_running_loop().time())

    @classmethod
    def read(cls) -> Self:
        """By the settings of this process."""
        return cls(Allowed())

    @asynccontextmanager
    async def held(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
        """Has a request in hand, and its body as it comes; turns away (503) what is too much at once, and (408) what comes too slowly."""
        if self.requests >= self.allowed.requests:
            raise self._too_busy(f"{self.requests} requests are in hand, which is the most")
        self.requests += 1
        mine: list[int] = []
        try:
            yield self._counted(chunks, mine)
        finally:
            self.requests -= 1
            self.bytes -= sum(mine)

    def would_turn_away(self, examined: Sequence[Examined], registry: Registry) -> bool:
        """Whether a bucket that the request needs is empty."""
        now = self._time()
        return any(self._bucket(who, now).fill(now) <= 0 for who in {_sender(each, registry) for each in examined})

    def may_look_again(self) -> bool:
        """Whether the sources may be read anew, for one who was let in a moment ago: once a second, however many are turned away."""
        now = self._time()
        if now < self._looked + LOOK_EVERY:
            return False
        self._looked = now
        return True

    def spend(self, examined: Sequence[Examined], registry: Registry) -> None:
        """Charges a request's items to those who surely sent them; turns the whole request away (429) where a bucket is empty."""
        charges = Counter(_sender(each, registry) for each in examined)
        now = self._time()
        for who in charges:
            bucket = self._bucket(who, now)
            if bucket.fill(now) <= 0:
                raise self._too_many(who, bucket)
        for who, items in charges.items():
            self._buckets[who].left -= items

    def spent(self) -> Iterator[tuple[str, int, float]]:
        """Who, how many items they may send at once, and how many more each second."""
        now = self._time()
        return ((who, math.floor(bucket.fill(now)), bucket.rate) for who, bucket in sorted(self._buckets.items()))

    async def _counted(self, chunks: AsyncIterator[bytes], mine: list[int]) -> AsyncIterator[bytes]:
        begun, received = self._time(), 0
        while True:
            left = self.allowed.patience + received / self.allowed.slowest - (self._time() - begun)
            try:
                async with asyncio.timeout(max(left, 0)):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                self.turned_away[SLOW_BODY.code] += 1
                raise Problem(SLOW_BODY, f"of the body {received} bytes came in {self._time() - begun:.0f} seconds") from None
            if self.bytes + len(chunk) > self.allowed.bytes:
                raise self._too_busy(f"{self.bytes} bytes are in hand, and {self.allowed.bytes} are the most")
            received += len(chunk)
            mine.append(len(chunk))
            self.bytes += len(chunk)
            yield chunk

    def _bucket(self, who: str, now: float) -> _Bucket:
        if who not in self._buckets:
            allowed = self.allowed
            rate, burst = (
                (allowed.stranger_rate, allowed.stranger_burst) if who == STRANGERS else (allowed.source_rate, allowed.source_burst)
            )
            self._buckets[who] = _Bucket(rate, burst, burst, now)
        return self._buckets[who]

    def _too_many(self, who: str, bucket: _Bucket) -> Problem:
        self.turned_away[TOO_MANY.code] += 1
        wait = math.ceil((1 - bucket.left) / bucket.rate)
        sender = f"the source {who!r}" if who != STRANGERS else "whoever is not registered, all together,"
        return Problem(
            TOO_MANY,
            f"{sender} may send {bucket.burst} items at once and {bucket.rate:g} a second after that; nothing of this request was taken",
            headers={"Retry-After": str(max(wait, 1))},
        )

    def _too_busy(self, why: str) -> Problem:
        self.turned_away[TOO_BUSY.code] += 1
        return Problem(TOO_BUSY, f"{why}; nothing of this request was taken", headers={"Retry-After": str(SOON)})


def _sender(examined: Examined, registry: Registry) -> str:
    """The source whose own key made the signature; strangers share a name that no source can have."""
    if examined.signature is None:
        return STRANGERS
    makers = registry.makers(examined.signature)
    return next((source.name for source, _ in makers if source.uri == examined.source), STRANGERS)
