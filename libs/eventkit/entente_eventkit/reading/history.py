"""Where history is read from: the stores, where the log forgets; the log itself, where it keeps everything."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from sqlalchemy import Connection, func, select

from entente_contracts.topics import Topic
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch, Positions, StoredRecord
from entente_eventkit.storage.tables import events
from entente_eventkit.store.store import EventStore, Stored

BATCH, BATCH_BYTES = 2000, 16 * 1024 * 1024
"""Events a batch from the stores, and what their bodies may have together; one that is larger comes alone."""

_STEP = 200
"""Events that are read at once: not much more than a batch is ever held."""

LOOK_AGAIN = 5.0
"""Seconds without news after which a reader of the log looks whether what it waits for is still there."""

Deliver = Callable[[Batch], Awaitable[None]]
Place = tuple[str, str, int]
"""Topic, generation, partition."""


class History(Protocol):
    """Everything that was ever published of some topics, as far as it is there at the moment of asking."""

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Place, int]:
        """Where it ends now."""
        ...

    async def read(
        self,
        topics: Sequence[Topic],
        position: Positions,
        deliver: Deliver,
        remaining: Callable[[int], None],
        ends: Mapping[Place, int] | None = None,
    ) -> None:
        """Delivers it batch by batch from `position` up to `ends` (its ends now, if not given); tells `remaining` once how many records
        that will be."""
        ...


class FromStores:
    """History as the stores have it: in order of position, the position being the offset. `stores` by topic."""

    def __init__(self, stores: Mapping[str, EventStore]) -> None:
        self._stores = stores

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Place, int]:
        stores = {topic.name: self._stores[topic.name] for topic in topics}
        return {(topic, STORE, 0): await store.database.read(store.last_position) + 1 for topic, store in stores.items()}

    async def read(
        self,
        topics: Sequence[Topic],
        position: Positions,
        deliver: Deliver,
        remaining: Callable[[int], None],
        ends: Mapping[Place, int] | None = None,
    ) -> None:
        ends = await self.ends(topics) if ends is None else ends
        todo = {topic.name: (await position.next(topic.name, STORE, 0), ends[topic.name, STORE, 0]) for topic in topics}
        counts = [await self._stores[topic].database.read(_count, topic, *ends) for topic, ends in todo.items()]
        remaining(sum(counts))
        for topic, (begin, end) in todo.items():
            await self._read(topic, begin, end, deliver)

    async def _read(self, topic: str, begin: int, end: int, deliver: Deliver) -> None:
        store = self._stores[topic]
        while (batch := await store.database.read(_batch, store, topic, begin, end)).records:
            await deliver(batch)
            begin = batch.end


class FromLog:
    """History as Kafka has it: every partition of every generation, up to the ends that it had when the reading began."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Place, int]:
        return {
            (topic.name, str(generation), partition): end
            for topic in topics
            for generation in await self._log.generations(topic)
            for partition, end in (await self._log.ends(topic.of_generation(generation))).items()
        }

    async def read(
        self,
        topics: Sequence[Topic],
        position: Positions,
        deliver: Deliver,
        remaining: Callable[[int], None],
        ends: Mapping[Place, int] | None = None,
    ) -> None:
        names = {topic.name for topic in topics}
        todo: dict[Place, tuple[int, int]] = {}
        for place, end in (await self.ends(topics) if ends is None else ends).items():
            if place[0] in names and (begin := await position.next(*place)) < end:
                todo[place] = (begin, end)
        remaining(sum(end - begin for begin, end in todo.values()))
        if todo:
            await self._read(topics, {place: end for place, (_, end) in todo.items()}, position, deliver)

    async def _read(self, topics: Sequence[Topic], until: dict[Place, int], position: Positions, deliver: Deliver) -> None:
        news = asyncio.Event()

        async def take(batch: Batch) -> None:
            await deliver(batch)
            place = (batch.topic, batch.generation, batch.partition)
            if batch.end >= until.get(place, batch.end + 1):
                del until[place]
            news.set()

        partitions = [(f"{topic}.g{generation}", partition) for topic, generation, partition in until]
        reading = asyncio.create_task(self._log.read_assigned(partitions, position, take))
        try:
            while until and not reading.done():
                news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN):
                        await news.wait()
                if not news.is_set():
                    await self._forget_what_will_not_come(topics, until, position)
            if until:
                await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _forget_what_will_not_come(self, topics: Sequence[Topic], until: dict[Place, int], position: Positions) -> None:
        """Not waited for: a generation that was deleted meanwhile, since the one that followed it holds the same events, and what another
        reader has brought the instance meanwhile."""
        there = await self.ends(topics)
        for place, end in list(until.items()):
            if there.get(place, 0) < end or await position.next(*place) >= end:
                until.pop(place, None)


def _count(connection: Connection, topic: str, begin: int, end: int) -> int:
    query = select(func.count()).where(events.c.topic == topic, events.c.position >= begin, events.c.position < end)
    return connection.execute(query).scalar_one()


def _batch(connection: Connection, store: EventStore, topic: str, begin: int, end: int) -> Batch:
    """The next events of a topic; the batch's `end` lies behind the last of them, so that it covers every position in between."""
    records: list[StoredRecord] = []
    size = 0
    for event in _events(connection, store, topic, begin, end):
        size += len(event.body or b"")
        if records and size > BATCH_BYTES:
            break
        records.append(stored_record(event))
        if len(records) == BATCH:
            break
    return Batch(topic, STORE, 0, begin, records[-1].offset + 1 if records else begin, records)


def _events(connection: Connection, store: EventStore, topic: str, begin: int, end: int) -> Iterator[Stored]:
    while some := store.after(connection, begin - 1, _STEP, [topic]):
        yield from (event for event in some if event.position < end)
        begin = some[-1].position + 1
        if begin >= end:
            return
