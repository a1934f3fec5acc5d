"""The live reader of a service: what the log delivers goes to all instances, batch by batch; who missed something catches up."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from entente_contracts.topics import Topic
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.port import Batch
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.reading.catch_up import CatchUp, Progress, history_of
from entente_eventkit.reading.feeding import FIRST_WAIT, LONGEST_WAIT, Feeding
from entente_eventkit.reading.history import Place
from entente_eventkit.reading.known import live_instances, waiting_in_vain
from entente_eventkit.storage.database import Database
from entente_eventkit.threads import in_thread

_log = logging.getLogger(__name__)

NEARLY_THERE = 2000
"""Once a catch-up read no more than this, the live reader waits for the rest, so that nothing comes in between."""

WATCH_EVERY = 1.0
"""Seconds between two looks for streams that wait for an event which never came."""


def _nothing() -> None:
    """Nobody wants to know."""


class Reader:
    """Reads `reads` (by projection or policy, the topics that it folds) for one service.

    `after_feeding` is called after every batch that changed anything: policies may have appended, folds may have left marks.
    """

    def __init__(
        self,
        log: EmbeddedLog | KafkaLog,
        service: str,
        reads: Mapping[str, Sequence[Topic]],
        instances: Instances,
        database: Database,
        *,
        after_feeding: Callable[[], None] = _nothing,
    ) -> None:
        self.log, self.service, self.database, self.instances = log, service, database, instances
        self.topics = tuple(dict.fromkeys(topic for topics in reads.values() for topic in topics))
        self.feeding = Feeding(instances)
        self._reads = reads
        self._group = f"entente-{service}"
        self._after_feeding = after_feeding
        self._catch_up = CatchUp(history_of(log), self.feeding)
        self._delivered: dict[Place, int] = {}
        self._delivering = asyncio.Lock()
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._catching_up: dict[str, asyncio.Task[None]] = {}
        self._behind: set[str] = set()
        self._begun: set[tuple[str, str]] = set()
        self._beginning = asyncio.Lock()
        self._stuck: frozenset[tuple[str, str]] = frozenset()

    async def prepare(self) -> None:
        """Raises `CannotStart` where the brokers do not let this service read; waits for brokers that do not answer."""
        wait = FIRST_WAIT
        while self.topics:
            try:
                await self.log.refuse_reading(self._group, self.topics)
            except CannotStart:
                raise
            except Exception as error:  # noqa: BLE001 - brokers away: asked again until they are back
                _log.warning("%s: it is not known yet whether it may read, asking again in %.2f s: %r", self.service, wait, error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                return

    async def run(self) -> None:
        """Reads until cancelled, and ends after the batch in hand. A service that reads nothing waits for its end."""
        watching = asyncio.create_task(self._watch())
        try:
            if self.topics:
                await self.log.read(self._group, self.topics, self, self._deliver)
            else:
                await watching
        finally:
            tasks = [watching, *self._catching_up.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def next(self, topic: str, generation: str, partition: int) -> int:
        """Where the live instances stand. Where the log keeps no history they first read it from the stores: the generation is there
        already, so whatever was appended before it began is in the stores, and whatever comes later is in it."""
        if not self.log.keeps_history:
            async with self._beginning:
                if (topic, generation) not in self._begun:
                    for instance in await self.database.read(live_instances) & await self._fed(topic):
                        await self.catch_up(instance)
                    self._begun.add((topic, generation))
        return await in_thread(self.instances.next, topic, generation, partition)

    async def catch_up(self, instance: str, progress: Progress | None = None) -> None:
        """Brings an instance to the end of history, and joins it to the live reader: from then on it misses nothing."""
        if instance not in await self._fed():
            raise LookupError(f"{instance} is no instance that this process feeds; it was retired, is of other code, or was never made")
        topics = self._topics_of(instance)
        self._behind.add(instance)
        try:
            async with self._one_at_a_time[instance]:
                while await self._catch_up.run(instance, topics, progress) > NEARLY_THERE and instance in await self._fed():
                    progress = None
                async with self._delivering:
                    await self._catch_up.run(instance, topics)
                    await self._join(instance, topics)
        finally:
            self._behind.discard(instance)
        self._after_feeding()

    @asynccontextmanager
    async def standing_still(self) -> AsyncIterator[None]:
        """A time in which nothing is fed, all instances having everything up to its beginning: for comparing one with another."""
        instances = {instance: self._topics_of(instance) for instance in sorted(await self._fed())}
        async with AsyncExitStack() as still:
            for instance in instances:
                await still.enter_async_context(self._one_at_a_time[instance])
            await still.enter_async_context(self._delivering)
            ends = await self._catch_up.ends(self.topics)
            for instance, topics in instances.items():
                await self._catch_up.run(instance, topics, ends=ends)
                await self._join(instance, topics)
            yield

    def faults(self) -> list[str]:
        """Why nothing can be read or applied for the time being, in words."""
        return [*self.log.alarms(), *([self.feeding.failing] if self.feeding.failing else [])]

    def alarms(self) -> list[str]:
        """What an operator should look at, in words: the faults, and streams that wait while all others flow."""
        waiting = [f"{instance} waits for an event of {topic} that has not come" for instance, topic in sorted(self._stuck)]
        return [*self.faults(), *waiting]

    async def _deliver(self, batch: Batch) -> None:
        async with self._delivering:
            fed = await self.feeding.feed(batch)
            self._delivered[batch.topic, batch.generation, batch.partition] = batch.end
        if any(fed.applied.values()):
            self._after_feeding()
        for instance in fed.holes:
            self._catch_up_later(instance)

    async def _join(self, instance: str, topics: Sequence[Topic]) -> None:
        """What the live reader has delivered so far lies in the stores too, so an instance that has read those has it."""
        if self.log.keeps_history:
            return
        names = {topic.name for topic in topics}
        for (topic, generation, partition), end in self._delivered.items():
            if topic in names:
                await self.feeding.feed(Batch(topic, generation, partition, 0, end, ()), instance)

    def _catch_up_later(self, instance: str) -> None:
        if instance not in self._behind and instance not in self._catching_up:
            _log.info("%s missed something and catches up", instance)
            task = asyncio.create_task(self._catch_up_quietly(instance))
            self._catching_up[instance] = task
            task.add_done_callback(lambda _: self._catching_up.pop(instance))

    async def _catch_up_quietly(self, instance: str) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self.catch_up(instance)
            except LookupError:
                return
            except Exception as error:  # noqa: BLE001 - nothing else may ever show the hole again
                _log.warning("%s could not catch up, trying again in %.2f s: %r", instance, wait, error)
            else:
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _watch(self) -> None:
        """Looks for streams that wait for an event which never came. Where history is in the stores the event is fetched from there;
        Kafka's owner must begin a new generation, which is for an operator to decide."""
        before: frozenset[tuple[str, str]] = frozenset()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            try:
                waiting = await self.database.read(waiting_in_vain)
            except Exception as error:  # noqa: BLE001 - looked at again a second later
                _log.warning("the parked events cannot be looked at: %r", error)
                continue
            self._stuck, before = waiting & before, waiting
            if not self.log.keeps_history:
                for instance in sorted({instance for instance, _ in self._stuck}):
                    self._catch_up_later(instance)

    async def _fed(self, topic: str | None = None) -> set[str]:
        return set(await in_thread(self.instances.names, topic))

    def _topics_of(self, instance: str) -> Sequence[Topic]:
        return self._reads[instance.rpartition("@")[0]]
