"""Fault points: moments inside a service at which it dies or is stopped. They hang on hooks that the product has anyway."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from faststream.kafka.publisher.state import RealProducer

from entente_contracts.recorded import Recorded
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.port import Outgoing
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows

DEEDS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass
class Falls:
    """The process gets a signal the n-th time that it comes by; `deed`: kill or stop."""

    nth: int
    deed: str
    done: bool = False
    passed: int = field(default=0)

    def pass_by(self) -> None:
        self.passed += 1
        if self.passed == self.nth and not self.done:
            self.done = True
            os.kill(os.getpid(), DEEDS[self.deed])


@dataclass
class AtStep:
    """At a step of a batch (`batches.STEPS`) of one instance."""

    step: str
    instance: str
    falls: Falls

    def __call__(self, step: str, instance: str) -> None:
        if (step, instance) == (self.step, self.instance):
            self.falls.pass_by()


class FallingLog(KafkaLog):
    """A log whose sender falls: `during` a sending, when records are under way, or `after` it, when they are acknowledged and the cursor
    has not moved."""

    falls: Falls
    moment: str

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends, and falls on the way."""
        sending = asyncio.ensure_future(super().send(name, records))
        if self.moment == "during":
            while not sending.done() and not self._under_way():  # noqa: ASYNC110 - the client has no event for this
                await asyncio.sleep(0)
            self.falls.pass_by()
        ends = await sending
        if self.moment == "after":
            self.falls.pass_by()
        return ends

    def _under_way(self) -> bool:
        """Whether the producer has handed records to a broker that has not acknowledged them."""
        broker = self._connection.sender._broker
        held = broker.config.broker_config.producer._producer if broker is not None else None
        return isinstance(held, RealProducer) and bool(held.producer._message_accumulator._pending_batches)


@dataclass(frozen=True)
class AheadClock(SystemClock):
    """The machine's clock, so many seconds ahead: midnight falls where it is wanted."""

    ahead: float = 0.0

    def now(self) -> datetime:
        """The time there."""
        return super().now() + timedelta(seconds=self.ahead)


def poisoned(projection: Projection, observation: str) -> Projection:
    """The projection with code that chokes on one observation, after it has changed rows."""
    bad = Projection(projection.name, *projection.tables, code=projection.code, reads=projection.reads)

    def choking(name: str, rows: Rows, event: Recorded) -> None:
        projection.handlers[name].fold(rows, event)
        if getattr(event.data, "observation", None) == observation:
            raise ValueError(f"the fold chokes on {observation}")

    for name, handler in projection.handlers.items():
        bad.on(handler.event, touches=handler.touches)(lambda rows, event, name=name: choking(name, rows, event))
    return bad
