"""Where history is read from: the stores, where the log forgets; the log itself, where it keeps everything."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from sqlalchemy import Connection, func, select

from entente_contracts.topics import Topic
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch, Positions
from entente_eventkit.storage.tables import events
from entente_eventkit.store.store import EventStore

BATCH = 2000
"""Events a batch; fewer where they are large."""

LOOK_AGAIN = 5.0
"""Seconds without news after which a reader of the log looks whether what it waits for is still there."""

Deliver = Callable[[Batch], Awaitable[None]]
Place = tuple[str, str, int]
"""Topic, generation, partition."""


class History(Protocol):
    """Everything that was ever published of some topics, as far as it is there at the moment of asking."""

    async def read(self, topics: Sequence[Topic], position: Positions, deliver: Deliver, remaining: Callable[[int], None]) -> None:
        """Delivers it batch by batch from `position` on; tells `remaining` once how many records that will be."""
        ...


class FromStores:
    """History as the stores have it: in order of position, the position being the offset. `stores` by topic."""

    def __init__(self, stores: Mapping[str, EventStore]) -> None:
        self._stores = stores

    async def read(self, topics: Sequence[Topic], position: Positions, deliver: Deliver, remaining: Callable[[int], None]) -> None:
        begins = {topic.name: await position.next(topic.name, STORE, 0) for topic in topics}
        counts = [await self._stores[topic].database.read(_count, topic, begin) for topic, begin in begins.items()]
        remaining(sum(counts))
        for topic, begin in begins.items():
            await self._read(topic, begin, deliver)

    async def _read(self, topic: str, begin: int, deliver: Deliver) -> None:
        store = self._stores[topic]
        more = True
        while more:
            batch = await store.database.read(_batch, store, topic, begin)
            more = len(batch.records) == BATCH
            if batch.records:
                await deliver(batch)
                begin = batch.end


class FromLog:
    """History as Kafka has it: every partition of every generation, up to the ends that it had when the reading began."""

    def __init__(self, log: KafkaLog) -> None:
        self._log = log

    async def read(self, topics: Sequence[Topic], position: Positions, deliver: Deliver, remaining: Callable[[int], None]) -> None:
        todo: dict[Place, tuple[int, int]] = {}
        for topic in topics:
            for place, end in (await self._ends(topic)).items():
                begin = await position.next(*place)
                if begin < end:
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
                    await self._forget_what_is_gone(topics, until)
            if until:
                await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _forget_what_is_gone(self, topics: Sequence[Topic], until: dict[Place, int]) -> None:
        """A generation that was deleted meanwhile is not waited for: the one that followed it holds the same events."""
        there = {place: end for topic in topics for place, end in (await self._ends(topic)).items()}
        for place in [place for place, end in until.items() if there.get(place, 0) < end]:
            del until[place]

    async def _ends(self, topic: Topic) -> dict[Place, int]:
        return {
            (topic.name, str(generation), partition): end
            for generation in await self._log.generations(topic)
            for partition, end in (await self._log.ends(topic.of_generation(generation))).items()
        }


def _count(connection: Connection, topic: str, begin: int) -> int:
    query = select(func.count()).where(events.c.topic == topic, events.c.position >= begin)
    return connection.execute(query).scalar_one()


def _batch(connection: Connection, store: EventStore, topic: str, begin: int) -> Batch:
    """The next events of a topic; `end` lies behind the last of them, so that the batch covers every position in between."""
    records = [stored_record(event) for event in store.after(connection, begin - 1, BATCH, [topic])]
    return Batch(topic, STORE, 0, begin, records[-1].offset + 1 if records else begin, records)
