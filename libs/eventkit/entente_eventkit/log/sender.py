"""Sends records through FastStream's publisher: pipelined, all acknowledged or all counted as not sent."""

import asyncio
import logging
from collections.abc import Sequence

from aiokafka.structs import RecordMetadata
from faststream.kafka import KafkaBroker
from faststream.kafka.publisher import DefaultPublisher

from entente_eventkit.log.access import Access
from entente_eventkit.log.framework import framework_broker
from entente_eventkit.log.port import Outgoing

_log = logging.getLogger(__name__)

ACKNOWLEDGED_WITHIN = 20.0
"""Seconds that one sending may take; then it counts as failed and the log is probed."""


class Sender:
    """One idempotent producer, made at the first sending and made anew after a failure: a producer that failed may refuse all that
    follows, since it has numbered records that never arrived."""

    def __init__(self, access: Access, metadata_refresh: float) -> None:
        self._access, self._metadata_refresh = access, metadata_refresh
        self._broker: KafkaBroker | None = None
        self._publisher: DefaultPublisher | None = None
        self._changing = asyncio.Lock()

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order; gives the last offset a partition. Raises the first error once every record's fate is known, or `TimeoutError`:
        the producer itself would go on trying for ever, also where the topic is gone."""
        publisher = await self._ready()
        sent: list[asyncio.Future[RecordMetadata]] = []
        try:
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                for record in records:
                    sent.append(await self._hand_over(publisher, name, record))  # noqa: PERF401 - what was sent must be known if one fails
                answers = await asyncio.gather(*sent, return_exceptions=True)
        except BaseException:
            for future in sent:
                future.cancel()
            await self._give_up(publisher)
            raise
        ends: dict[int, int] = {}
        for answer in answers:
            if isinstance(answer, BaseException):
                await self._give_up(publisher)
                raise answer
            ends[answer.partition] = max(answer.offset, ends.get(answer.partition, -1))
        return ends

    async def stop(self) -> None:
        """Closes the producer; what it holds unsent stays in the store."""
        async with self._changing:
            await self._close()

    @staticmethod
    async def _hand_over(publisher: DefaultPublisher, name: str, record: Outgoing) -> "asyncio.Future[RecordMetadata]":
        return await publisher.publish(
            record.value, name, key=record.key, partition=record.partition, headers=record.headers, no_confirm=True
        )

    async def _ready(self) -> DefaultPublisher:
        async with self._changing:
            if self._publisher is None:
                broker = framework_broker(self._access, only_reads=False, metadata_refresh=self._metadata_refresh)
                self._broker, publisher = broker, broker.publisher("entente")
                try:
                    await broker.start()
                except BaseException:
                    await self._close()
                    raise
                self._publisher = publisher
            return self._publisher

    async def _give_up(self, publisher: DefaultPublisher) -> None:
        async with self._changing:
            if self._publisher is publisher:
                await self._close()

    async def _close(self) -> None:
        broker, self._broker, self._publisher = self._broker, None, None
        if broker is not None:
            await broker.stop()
