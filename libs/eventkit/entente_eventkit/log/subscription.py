"""Reads topics through FastStream's batch subscriber and hands over raw records, from where the reader itself says.

Kafka's own place in the log is never read. An assignment is paused before anything else, then, in a task of its own, set to the
reader's checkpoint and resumed; what arrives for a partition that has not been set yet is dropped.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka import TopicPartition as Assigned
from faststream.kafka.message import FAKE_CONSUMER
from faststream.middlewares import AckPolicy

from entente_eventkit.log.access import FORBIDDEN
from entente_eventkit.log.names import FIXED, generation_of
from entente_eventkit.log.port import Batch, Positions
from entente_eventkit.log.unreadable import survive_unreadable
from entente_eventkit.telemetry import metrics

_log = logging.getLogger(__name__)

Records = tuple[ConsumerRecord, ...]

FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
FORBIDDEN_WAIT = 0.2
DRAIN = 4.0
"""How long a revocation waits for the batch in hand: shorter than the session timeout, after which the group goes on without us."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read: as a member of a group (topics by pattern), or these partitions without a group.

    `forgets`: the log drops old records by itself, so records that are no longer there are passed over, and the next batch's `begin`
    shows the hole. Without it a position outside of what the log holds stops the partition. `exchange`: the name of a topic that strangers
    write, which has no generation and nothing behind it: what is gone is gone, one that was made anew is read from its begin, and what
    cannot be read is passed over.
    """

    group: str | None = None
    pattern: str | None = None
    exchange: str | None = None
    partitions: Sequence[tuple[str, int]] = ()
    forgets: bool = False
    max_records: int = 500
    batch_timeout: float = 0.01
    fetch_wait: float = 0.1
    session_timeout: float = 6.0
    hints_every: float = 5.0


async def _raw(batch: Records) -> KafkaMessage:
    return KafkaMessage(body=batch, raw_message=batch, headers={}, message_id="", correlation_id="", consumer=FAKE_CONSUMER)


async def _body(message: KafkaMessage) -> Records:
    return cast("Records", message.body)


async def _bounds(
    consumer: AIOKafkaConsumer, partitions: set[TopicPartition]
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    return await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)


class Subscription(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka declares no types
    """One subscriber. `broken`: partitions whose position lies outside of what the log holds, and that position; they stay paused.
    `forbid` hears of what the brokers do not let us read, each time that they say so."""

    def __init__(
        self,
        broker: KafkaBroker,
        reading: Reading,
        position: Positions,
        deliver: Callable[[Batch], Awaitable[None]],
        forbid: Callable[[Exception], None],
    ) -> None:
        self._broker, self._reading, self._position, self._deliver = broker, reading, position, deliver
        self.next: dict[TopicPartition, int] = {}
        self.broken: dict[TopicPartition, int] = {}
        self._forbid = forbid
        self._epoch = 0
        self._in_hand = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False
        self._subscriber = broker.subscriber(
            pattern=reading.pattern,
            partitions=[Assigned(name, partition) for name, partition in reading.partitions],
            group_id=reading.group,
            listener=self if reading.pattern else None,
            batch=True,
            no_reply=True,
            ack_policy=AckPolicy.MANUAL,
            parser=_raw,
            decoder=_body,
            auto_offset_reset="earliest",
            max_records=reading.max_records,
            batch_timeout_ms=int(reading.batch_timeout * 1000),
            fetch_max_wait_ms=int(reading.fetch_wait * 1000),
            session_timeout_ms=int(reading.session_timeout * 1000),
            heartbeat_interval_ms=500,
            partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        )

        asks = self._subscriber.get_msg

        async def get_msg(consumer: AIOKafkaConsumer) -> Any:
            while True:
                try:
                    return await asks(consumer)
                except FORBIDDEN as error:
                    self._forbid(error)
                    await asyncio.sleep(FORBIDDEN_WAIT)

        # The framework tells nobody of errors, and waits 5 seconds after each; what is forbidden is one error a partition.
        self._subscriber.get_msg = get_msg  # type: ignore[method-assign] # the one place where they pass

        async def project(records: Records) -> None:
            await self._take(records)

        self._subscriber(project)

    async def start(self) -> None:
        """Connects and begins; raises `KafkaError` where the broker does not answer."""
        await self._broker.start()
        if self._reading.pattern is None:
            self._reset({TopicPartition(name, partition) for name, partition in self._reading.partitions})
        else:
            self._later(self._hint())

    async def given_up(self) -> None:
        """Returns when the client has ended its own work, which it tells nobody: after an error that it did not expect it delivers nothing
        any more, and only a new client helps. The framework would ask the old one for ever."""
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is None:
            return
        # The client has no public way to tell that one of its tasks has ended.
        tasks = [consumer._fetcher._fetch_task, getattr(consumer._coordinator, "_coordination_task", None)]  # noqa: SLF001 - told nowhere
        await asyncio.wait([task for task in tasks if task is not None], return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Ends after the batch in hand, and after what a position was being read for."""
        self._epoch += 1
        self._ending = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await self._broker.stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with self._in_hand:
            self.next.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Never awaits anything: no heartbeat is sent meanwhile."""
        if assigned:
            self._reset(assigned)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 - everything is given up at once
        """Lets the batch in hand commit; afterwards the database's guards sort out what it wrote too late."""
        self._epoch += 1
        self.next.clear()
        self.broken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN), self._in_hand:
                pass

    def _place(self, one: TopicPartition) -> tuple[str, str]:
        return (self._reading.exchange, FIXED) if self._reading.exchange else generation_of(one.topic)

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _reset(self, partitions: set[TopicPartition]) -> None:
        consumer: AIOKafkaConsumer | None = self._subscriber.consumer
        if consumer is not None and not self._ending:
            if self._reading.exchange:
                survive_unreadable(consumer, self._pass_over)
            consumer.pause(*partitions)
            self._later(self._seek(consumer, partitions, self._epoch))

    async def _seek(self, consumer: AIOKafkaConsumer, partitions: set[TopicPartition], epoch: int) -> None:
        wait = FIRST_WAIT
        while epoch == self._epoch and self._subscriber.consumer is consumer:
            try:
                at = {one: await self._position.next(*self._place(one), one.partition) for one in partitions}
                low, high = await _bounds(consumer, partitions)
            except Exception as error:  # noqa: BLE001 - a paused partition must always get a next try, whatever went wrong
                _log.warning("the reader's position of %d partitions is not known yet: %r", len(partitions), error)
                metrics.retried("seek")
                wait = min(wait * 2, LONGEST_WAIT)
                await asyncio.sleep(wait)
                continue
            if epoch == self._epoch and self._subscriber.consumer is consumer:
                for one in partitions:
                    self._begin(consumer, one, at[one], low[one], high[one])
            return

    def _begin(self, consumer: AIOKafkaConsumer, one: TopicPartition, at: int, low: int, high: int) -> None:
        if self._reading.forgets:
            at = max(at, low)
        if self._reading.exchange and not low <= at <= high:
            _log.warning("%s/%d holds offsets %d to %d, not %d any more; read on from its begin", one.topic, one.partition, low, high, at)
            at = low
        if not low <= at <= high:
            self.broken[one] = at
            _log.error(
                "%s/%d holds offsets %d to %d, but the reader stands at %d: the log was cut or made anew under its name. "
                "The partition stays paused; the owner's relay must begin a new generation",
                one.topic, one.partition, low, high, at,
            )  # fmt: skip
            return
        self.next[one] = at
        consumer.seek(one, at)
        consumer.resume(one)

    async def _take(self, records: Records) -> None:
        """Nothing but a cancellation may leave this: the framework would poll on and the batch would be lost until a restart."""
        async with self._in_hand:
            consumer, epoch = self._subscriber.consumer, self._epoch
            for one, some in groupby(records, lambda record: TopicPartition(record.topic, record.partition)):
                for batch in self._contiguous(consumer, one, list(some)):
                    if epoch != self._epoch:
                        return
                    await self._deliver(batch)
                    if epoch == self._epoch:
                        self.next[one] = batch.end

    def _contiguous(self, consumer: AIOKafkaConsumer | None, one: TopicPartition, records: list[ConsumerRecord]) -> list[Batch]:
        """The records that are wanted, in ranges without a hole. A hole in a log that forgets nothing is fetched again."""
        want = self.next.get(one)
        if want is None or consumer is None:
            return []
        records = [record for record in records if record.offset >= want]
        ranges: list[list[ConsumerRecord]] = []
        for record in records:
            if record.offset == want and ranges:
                ranges[-1].append(record)
            elif record.offset == want or self._reading.forgets or self._reading.exchange:
                ranges.append([record])
            else:
                _log.warning("%s/%d: offset %d came where %d was wanted; fetching again", one.topic, one.partition, record.offset, want)
                consumer.seek(one, want)
                break
            want = record.offset + 1
        topic, generation = self._place(one)
        return [Batch(topic, generation, one.partition, some[0].offset, some[-1].offset + 1, some) for some in ranges]

    async def _pass_over(self, one: TopicPartition, begin: int, end: int) -> None:
        """Delivers a batch without records, in place of those that cannot be read."""
        async with self._in_hand:
            if self.next.get(one) is not None:
                await self._deliver(Batch(*self._place(one), one.partition, begin, end, ()))
                self.next[one] = end

    async def _hint(self) -> None:
        """Tells Kafka where we stand, for tools that show lag. Nothing of ours reads it."""
        while True:
            await asyncio.sleep(self._reading.hints_every)
            consumer = self._subscriber.consumer
            if consumer is not None and self.next:
                with suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(2):
                        await consumer.commit(dict(self.next))
