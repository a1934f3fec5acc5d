"""Runs an intake: batch by batch, decided, answered, and only then counted as read."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import MessageSizeTooLargeError, UnknownTopicOrPartitionError
from opentelemetry.trace import SpanKind
from sqlalchemy import Connection, select

from entente_eventkit.acting.acting import Acting
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.clock import Clock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.names import FIXED
from entente_eventkit.log.port import Batch, Outgoing
from entente_eventkit.projecting import bulk
from entente_eventkit.reading.lag import Lag
from entente_eventkit.receiving.declare import Intake, Received, Reply
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.storage.tables import checkpoint, unreadable
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import metrics, names, tracing
from entente_eventkit.threads import in_thread

_log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0
HOPELESS = (UnknownTopicOrPartitionError, MessageSizeTooLargeError, CannotStart)
"""Errors of a sending that the next attempt would meet again."""

Step = Callable[[str], None]


def _no_step(step: str) -> None:
    """Where nobody watches."""


class Receiver:
    """One intake of a service, on Kafka. `decided` is called after every transaction: something may have been appended.

    `at` is told of each step (`decided`, `replied`), for tests that let a process die there.
    """

    def __init__(
        self,
        intake: Intake,
        log: KafkaLog,
        database: Database,
        store: EventStore,
        clock: Clock,
        decided: Callable[[], None],
        at: Step = _no_step,
    ) -> None:
        self._intake, self._log, self._database, self._store, self._clock = intake, log, database, store, clock
        self._decided, self._at = decided, at
        self._examine = intake.begin()
        self._failing: str | None = None

    async def run(self) -> None:
        """Reads until cancelled; nothing that a record holds ends it."""
        await self._log.read_exchange(self._intake.group, self._intake.reads, self, self._deliver)

    async def next(self, topic: str, generation: str, partition: int) -> int:  # noqa: ARG002 - the port's signature
        """Where the service stands, from its own database."""
        return (await self._database.read(self._places)).get(partition, 0)

    def faults(self) -> list[str]:
        """Why nothing can be taken in for the time being, in words."""
        return [self._failing] if self._failing else []

    async def lag(self) -> list[Lag]:
        """How many records wait, and since when the oldest of them has lain there."""
        topic = self._intake.reads.name
        if await self._log.partitions(topic) is None:
            return []
        bounds = await self._log.bounds(topic)
        places = await self._database.read(self._places)
        waiting = {partition: (max(low, places.get(partition, 0)), end) for partition, (low, end) in bounds.items()}
        since = [
            datetime.fromtimestamp(written / 1000, UTC)
            for partition, (at, end) in waiting.items()
            if at < end and (written := await self._log.written_at(topic, partition, at)) is not None
        ]
        seconds = max((self._clock.now() - min(since)).total_seconds(), 0.0) if since else 0.0
        return [Lag(self._intake.name, topic, sum(max(end - at, 0) for at, end in waiting.values()), seconds)]

    async def _deliver(self, batch: Batch) -> None:
        """Returns when the batch is decided, answered and counted, however often it takes."""
        wait = FIRST_WAIT
        while True:
            try:
                await self._take_in(batch)
            except Exception as error:  # noqa: BLE001 - the batch must not be lost: whatever went wrong, it is tried again
                what = f"{batch.topic} partition {batch.partition} offsets {batch.begin} to {batch.end}"
                self._failing = f"{what}: {type(error).__name__}"
                _log.warning("%s: not taken in yet, trying again in %.2f s: %r", what, wait, error)
                metrics.retried("intake")
            else:
                self._failing = None
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _take_in(self, batch: Batch) -> None:
        attributes: dict[str, str | int] = {
            names.MESSAGING_SYSTEM: "kafka",
            names.MESSAGING_OPERATION: "process",
            names.MESSAGING_OPERATION_TYPE: "process",
            names.MESSAGING_DESTINATION: batch.topic,
            names.MESSAGING_BATCH: len(batch.records),
        }
        with tracing.span(f"process {batch.topic}", SpanKind.CONSUMER, attributes=attributes):
            replies = await self._decide(batch, [Received(batch.partition, record) for record in batch.records])
            self._at("decided")
            self._decided()
            await self._reply(replies)
            self._at("replied")
            await self._database.write(self._move, batch)

    async def _decide(self, batch: Batch, records: Sequence[Received]) -> Sequence[Reply]:
        """One transaction over all records; where that fails through no fault of the database, one a record, so that a record that nobody
        can read holds up no other."""
        if not records:
            await self._set_aside(batch, None, "it cannot be read, so that it was passed over with what came behind it in its batch")
            return ()
        try:
            decide = await in_thread(self._examine, records, self._clock.now())

            def work(connection: Connection) -> Sequence[Reply]:
                with self._store.head(connection) as head:
                    return decide(Acting(connection, head, self._clock))

            return await self._database.write(work)
        except Exception as error:
            if is_transient(error) or self._store.halted:
                raise
            if len(records) == 1:
                _log.error("%s/%d: the record at offset %d cannot be judged and is set aside", batch.topic, batch.partition,
                           records[0].record.offset, exc_info=error)  # fmt: skip
                await self._set_aside(batch, records[0], f"{type(error).__name__}: {error}")
                return ()
        return [reply for one in records for reply in await self._decide(batch, [one])]

    async def _reply(self, replies: Sequence[Reply]) -> None:
        """Sends what is to be told, exchange by exchange. Where one cannot be written to, its reader sends again and is told then."""
        for to in dict.fromkeys(reply.to for reply in replies):
            records = [Outgoing(0, reply.key, reply.headers, reply.value, position=0) for reply in replies if reply.to == to]
            try:
                if await self._log.partitions(to.name) is None:
                    await self._log.create_exchange(to)
                await self._log.send(to.name, records)
            except HOPELESS as error:
                _log.error("%s: %d replies cannot be written; see to the topic and the rights to it: %r", to.name, len(records), error)

    async def _set_aside(self, batch: Batch, received: Received | None, cause: str) -> None:
        record = received.record if received is not None else None
        headers = [[name, None if value is None else value.hex()] for name, value in record.headers] if record is not None else []
        row = {
            "topic": batch.topic,
            "generation": batch.generation,
            "partition": batch.partition,
            "offset": record.offset if record is not None else batch.begin,
            "key": record.key if record is not None else None,
            "headers": json.dumps(headers).encode(),
            "body": record.value if record is not None else None,
            "cause": cause.replace("\0", "")[:1_000],
        }
        await self._database.write(bulk.insert_absent, unreadable, [row])
        metrics.unreadable(batch.topic)

    def _places(self, connection: Connection) -> dict[int, int]:
        query = select(checkpoint.c.partition, checkpoint.c.next).where(
            checkpoint.c.instance == self._instance, checkpoint.c.topic == self._intake.reads.name, checkpoint.c.generation == FIXED
        )
        return {row.partition: row.next for row in connection.execute(query)}

    def _move(self, connection: Connection, batch: Batch) -> None:
        """To the batch's end: also backwards, where the exchange was made anew under its name and begins from 0 again."""
        place: dict[str, Any] = {"instance": self._instance, "topic": batch.topic, "generation": FIXED, "partition": batch.partition}
        bulk.upsert(connection, checkpoint, [place | {"next": batch.end}])

    @property
    def _instance(self) -> str:
        return f"intake/{self._intake.name}"
