"""The log inside the process: librdkafka's mock cluster for live events, the stores for history.

It forgets what is older than a few MiB a partition and everything when the process ends, so every start begins a new generation,
readers are assigned their partitions without a group, and the past is read from the stores (see `reading.catch_up`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from entente_contracts.topics import Topic
from entente_eventkit.log.access import Access
from entente_eventkit.log.connection import Connection
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import Batch, Outgoing, Positions, Record, TopicExists
from entente_eventkit.log.seal import HEADER, Seal
from entente_eventkit.log.subscription import Reading
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import metrics

_log = logging.getLogger(__name__)


class EmbeddedLog:
    """The mock cluster as a log. `stores`: for each topic's name the store that writes it; registered before any reader starts."""

    keeps_history = False

    def __init__(self) -> None:
        self.stores: dict[str, EventStore] = {}
        self.cluster: MockCluster | None = None
        self._connection: Connection | None = None
        self._made: dict[str, dict[int, int]] = {}
        self._changed = asyncio.Condition()
        self._seal = Seal()

    async def start(self) -> None:
        """Starts the broker."""
        if self.cluster is None:
            self.cluster = MockCluster()
            self._connection = Connection(Access.to(self.cluster.bootstrap), metadata_refresh=300)

    async def stop(self) -> None:
        """Ends the broker; end relays and readers first."""
        connection, self._connection = self._connection, None
        cluster, self.cluster = self.cluster, None
        self._made.clear()
        if connection is not None:
            await connection.stop()
        if cluster is not None:
            await asyncio.to_thread(cluster.close)

    async def create(self, topic: Topic, generation: int, partitions: int) -> None:
        """Makes the topic of a generation; readers of the topic turn to it at once."""
        if generation in self._made.get(topic.name, {}):
            raise TopicExists(topic.of_generation(generation))
        self._running()[0].create_topic(topic.of_generation(generation), partitions)
        async with self._changed:
            self._made.setdefault(topic.name, {})[generation] = partitions
            self._changed.notify_all()

    async def generations(self, topic: Topic) -> tuple[int, ...]:
        """The generations made since the start, ascending."""
        return tuple(sorted(self._made.get(topic.name, {})))

    async def partitions(self, name: str) -> int | None:
        """How many partitions a topic has; None where it was not made since the start."""
        topic, _, generation = name.rpartition(".g")
        return self._made.get(topic, {}).get(int(generation))

    async def refuse_differences(self, topic: Topic, generation: int) -> None:
        """Nothing to compare: this process made the topic."""

    async def refuse_reading(self, group: str, topics: Sequence[Topic]) -> None:
        """Nothing to refuse: the broker is this process's own."""

    async def ends(self, name: str) -> dict[int, int]:
        """The end offset of each partition."""
        bounds = await self._running()[1].inspection.bounds(name, await self.partitions(name) or 0)
        return {partition: end for partition, (_, end) in bounds.items()}

    async def read_at(self, name: str, partition: int, offset: int) -> Record | None:
        """The record at an offset, None where there is none any more."""
        return await self._running()[1].inspection.read_at(name, partition, offset)

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order, all acknowledged; gives the last offset a partition."""
        return await self._running()[1].send(name, [self._sealed(name, record) for record in records])

    async def read(
        self,
        group: str,  # noqa: ARG002 - one process reads it all
        topics: Sequence[Topic],
        position: Positions,
        deliver: Callable[[Batch], Awaitable[None]],
    ) -> None:
        """Delivers the newest generation of each topic once all of them are there; begins anew when one of them changes.

        What this process did not write is passed over: the stream that it claims to belong to has its true events in the store.
        """

        async def ours(batch: Batch) -> None:
            await deliver(self._without_strangers(batch))

        while True:
            newest = await self._newest(topics, unlike=None)
            partitions = [
                (topic.of_generation(newest[topic.name]), partition)
                for topic in topics
                for partition in range(self._made[topic.name][newest[topic.name]])
            ]
            reading = asyncio.create_task(self._running()[1].read(Reading(partitions=partitions, forgets=True), position, ours))
            changing = asyncio.create_task(self._newest(topics, unlike=newest))
            try:
                await asyncio.wait({reading, changing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (reading, changing):
                    task.cancel()
                ended = await asyncio.gather(reading, changing, return_exceptions=True)
            if isinstance(ended[0], Exception):
                raise ended[0]

    def alarms(self) -> list[str]:
        """What is wrong with the log, in words; nothing, as the stores can always stand in."""
        return []

    def _sealed(self, name: str, record: Outgoing) -> Outgoing:
        headers = [(header, text.encode()) for header, text in record.headers.items()]
        return replace(record, headers=record.headers | {HEADER: self._seal.of(name, record.key, headers, record.value)})

    def _without_strangers(self, batch: Batch) -> Batch:
        name = f"{batch.topic}.g{batch.generation}"
        own = [record for record in batch.records if self._seal.is_on(name, record)]
        if len(own) == len(batch.records):
            return batch
        strange = len(batch.records) - len(own)
        _log.error(
            "%s/%d: %d records between %d and %d were not written by this process; they are passed over. "
            "Another program on this machine writes to the embedded log",
            name,
            batch.partition,
            strange,
            batch.begin,
            batch.end,
        )
        metrics.unreadable(batch.topic)
        return replace(batch, records=own)

    async def _newest(self, topics: Sequence[Topic], unlike: dict[str, int] | None) -> dict[str, int]:
        """The newest generation of each topic, as soon as all are there and differ from `unlike`."""
        async with self._changed:
            await self._changed.wait_for(lambda: (found := self._all_there(topics)) is not None and found != unlike)
            return self._all_there(topics) or {}

    def _all_there(self, topics: Sequence[Topic]) -> dict[str, int] | None:
        if not all(self._made.get(topic.name) for topic in topics):
            return None
        return {topic.name: max(self._made[topic.name]) for topic in topics}

    def _running(self) -> tuple[MockCluster, Connection]:
        if self.cluster is None or self._connection is None:
            raise RuntimeError("the embedded log is not running; start it first")
        return self.cluster, self._connection
