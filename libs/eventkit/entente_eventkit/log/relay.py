"""The relay: publishes what a store holds of one topic, in order, again and again until the log has acknowledged it.

Any number of relays may run for one topic, one is enough. Whatever goes wrong, nothing is saved and the same events are sent again;
readers skip what they have.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from random import SystemRandom

from opentelemetry.trace import SpanKind
from sqlalchemy import Connection

from entente_contracts.topics import Topic
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.log import generations
from entente_eventkit.log.generations import Generation
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.outgoing import outgoing
from entente_eventkit.log.port import Log
from entente_eventkit.log.probe import Finding, StoreBehindLog, probe
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore, Stored
from entente_eventkit.telemetry import metrics, names, tracing

_log = logging.getLogger(__name__)

MOST = 500
"""Events a sending."""

MOST_LINKS = 64
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
OPENS_WITHIN = 1.0
"""Seconds after which a generation that another relay has begun, and that is not open, counts as left by its maker."""
_UNEVEN = SystemRandom()


class Relay:
    """Publishes `topic` from `store` to `log`. `poll`: seconds after which it looks without having been woken; `probe_every`: seconds
    between two probes of a log that seems well. `refused`: why nothing can be published until an operator mends it, else None."""

    def __init__(
        self, log: Log, database: Database, store: EventStore, topic: Topic, *, poll: float = 1.0, probe_every: float = 30.0
    ) -> None:
        self.log, self.database, self.store, self.topic = log, database, store, topic
        self._poll, self._probe_every = poll, probe_every
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.refused: str | None = None
        self._sound_until = 0.0
        self._beginning = asyncio.Lock()
        self._begun = 0

    def wake(self) -> None:
        """Says that something was appended; callable from any thread, before and after `run` too."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._woken.set)

    async def prepare(self) -> None:
        """Probes the log and begins a new generation where it is not sound, until that has worked; to be awaited before the service
        accepts commands. Raises `CannotStart`: the store is behind its log, the log refuses us, or a topic is not as declared."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._sound()
                await self._refuse_differences()
            except CannotStart:
                raise
            except Exception as error:  # noqa: BLE001 - log or database away: tried again until they are back
                wait = await self._after(error, wait)
            else:
                return

    async def run(self) -> None:
        """Publishes until cancelled; raises `StoreBehindLog` and nothing else."""
        self._loop = asyncio.get_running_loop()
        wait = FIRST_WAIT
        while True:
            self._woken.clear()
            try:
                published = await self.publish()
            except StoreBehindLog:
                raise
            except Exception as error:  # noqa: BLE001 - nothing was saved, so everything is simply done again
                wait = await self._after(error, wait)
                continue
            wait = FIRST_WAIT
            if published < MOST:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll):
                        await self._woken.wait()

    async def publish(self) -> int:
        """One sending: at most `MOST` events after the cursor. Gives how many were acknowledged."""
        at, events = await self.database.read(self._pending)
        if at is None or not at.open or self._clock() > self._sound_until:
            await self._sound()
            at, events = await self.database.read(self._pending)
        if at is None or not at.open or not events:
            return 0
        ends = await self._send(at, events)
        saved = await self.database.write(generations.advance, at, events[-1].position, ends)
        if not saved:
            _log.info("%s: a new generation began meanwhile; what was sent to %s counts for nothing", self.topic.name, at.name)
            return 0
        self.refused = None
        metrics.sent(self.topic.name, len(events))
        return len(events)

    async def bump(self) -> None:
        """Begins the next generation and has everything published anew: what closes a gap, or follows a restored broker."""
        async with self._beginning:
            believed = await self.database.read(generations.current, self.topic)
            await self._bump(believed.number if believed else 0)
        self.wake()

    async def _sound(self) -> None:
        """Probes; bumps until the log is sound. What another relay has begun gets a while to open, and who loses to it waits, longer each
        time: two that only took each other's generations away would never open one."""
        wait, grace = FIRST_WAIT, OPENS_WITHIN
        async with self._beginning:
            while True:
                believed = await self.database.read(generations.current, self.topic)
                finding = await probe(self.log, self.database, self.store, self.topic, believed)
                if finding is Finding.SOUND:
                    self._sound_until = self._clock() + self._probe_every
                    return
                if finding is Finding.NOT_OPEN and believed is not None and believed.number != self._begun and grace > 0:
                    grace -= wait
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                    continue
                if believed is not None:
                    _log.warning("%s: %s; beginning generation %d", believed.name, finding, believed.number + 1)
                if not await self._bump(believed.number if believed else 0):
                    await asyncio.sleep(_UNEVEN.uniform(wait / 2, wait))
                    wait = min(wait * 2, LONGEST_WAIT)

    async def _refuse_differences(self) -> None:
        at = await self.database.read(generations.current, self.topic)
        if at is not None:
            await self.log.refuse_differences(self.topic, at.number)

    async def _bump(self, after: int) -> bool:
        """Begins the generation that follows `after`; False where another relay did, or went on to the next one meanwhile. One that was
        begun is never taken up again."""
        number = after + 1
        if not await self.database.write(self._begin, after):
            return False
        self._begun = number
        await self.log.create(self.topic, number, self.topic.partitions)
        ends: dict[int, int] = {}
        if self.log.keeps_history:
            ends = await self.log.send(self.topic.of_generation(number), genesis(self.topic, number, self.topic.partitions))
        return await self.database.write(generations.open_, self.topic, number, ends)

    def _begin(self, connection: Connection, after: int) -> bool:
        """The log that keeps history is filled from the first event on, the embedded one carries only what comes from now on."""
        cursor = 0 if self.log.keeps_history else generations.head_position(connection)
        return generations.begin(connection, self.topic, after, cursor)

    def _pending(self, connection: Connection) -> tuple[Generation | None, list[Stored]]:
        at = generations.current(connection, self.topic)
        if at is None or not at.open:
            return at, []
        return at, self.store.after(connection, at.cursor, MOST, [self.topic.name])

    async def _send(self, at: Generation, events: Sequence[Stored]) -> dict[int, int]:
        if not tracing.enabled():
            return await self.log.send(at.name, [outgoing(event, at.partitions) for event in events])
        causes = [event.attributes["traceparent"] for event in events[:MOST_LINKS] if "traceparent" in event.attributes]
        alone = causes[0] if len(events) == 1 and causes else None
        attributes: dict[str, str | int] = {
            names.MESSAGING_SYSTEM: "kafka",
            names.MESSAGING_OPERATION: "send",
            names.MESSAGING_OPERATION_TYPE: "send",
            names.MESSAGING_DESTINATION: self.topic.name,
            names.MESSAGING_BATCH: len(events),
        }
        if len(events) == 1:
            attributes |= _of_one(events[0])
        links = () if alone else causes
        with tracing.span(f"send {self.topic.name}", SpanKind.PRODUCER, parent=alone, links=links, attributes=attributes) as sending:
            onwards = sending if len(events) == 1 else None
            return await self.log.send(at.name, [outgoing(event, at.partitions, onwards) for event in events])

    async def _after(self, error: Exception, wait: float) -> float:
        """Waits after a failure; the log is probed before the next sending. Gives how long to wait after the next one."""
        _log.warning("%s: publishing failed, trying again in %.2f s: %r", self.topic.name, wait, error)
        metrics.retried("relay")
        self._sound_until = 0.0
        self.refused = f"{self.topic.name} is not published: {error}" if isinstance(error, CannotStart) else None
        await asyncio.sleep(wait)
        return min(wait * 2, LONGEST_WAIT)

    def _clock(self) -> float:
        return asyncio.get_running_loop().time()


def _of_one(event: Stored) -> dict[str, str | int]:
    """What a span says of the one event that it is about."""
    return {
        names.MESSAGING_ID: event.id,
        names.MESSAGING_CONVERSATION: event.attributes["correlationid"],
        names.STREAM: event.stream,
        names.VERSION: event.version,
        names.POSITION: event.position,
    }
