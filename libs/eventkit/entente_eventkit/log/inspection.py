"""Looks at a log without reading it: which topics it has, where their partitions begin and end, what lies at one offset."""

import asyncio
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from entente_eventkit.log.access import Access
from entente_eventkit.log.framework import REQUEST_TIMEOUT
from entente_eventkit.log.port import Record

_UNKNOWN_TOPIC = 3
_APPEARS_WITHIN, _LOOK_AGAIN = 20.0, 0.05
"""Seconds."""


class Inspection:
    """Two clients of its own, made at first use; one question at a time."""

    def __init__(self, access: Access) -> None:
        self._settings = {"bootstrap_servers": list(access.bootstrap), **access.for_client}
        self._consumer: AIOKafkaConsumer | None = None
        self._admin: AIOKafkaAdminClient | None = None
        self._asking = asyncio.Lock()
        self._connecting = asyncio.Lock()

    async def names(self) -> list[str]:
        """Every topic of the log."""
        names: list[str] = await (await self.admin()).list_topics()
        return names

    async def partitions(self, name: str) -> int | None:
        """How many partitions a topic has; None where it is not there. Asking does not make it."""
        if name not in await self.names():
            return None
        (found,) = await (await self.admin()).describe_topics([name])
        return None if found["error_code"] == _UNKNOWN_TOPIC else len(found["partitions"])

    async def bounds(self, name: str, partitions: int) -> dict[int, tuple[int, int]]:
        """First offset and end of each partition."""
        all_of_them = [TopicPartition(name, partition) for partition in range(partitions)]
        async with asyncio.timeout(REQUEST_TIMEOUT):
            consumer = await self._reader()
            low, high = await consumer.beginning_offsets(all_of_them), await consumer.end_offsets(all_of_them)
        return {one.partition: (low[one], high[one]) for one in all_of_them}

    async def appeared(self, name: str, partitions: int) -> None:
        """Waits until every partition of a topic just made has a leader that answers for it: the cluster says that a topic is made before
        its brokers know. Raises `TimeoutError`."""
        async with asyncio.timeout(_APPEARS_WITHIN):
            while True:
                with suppress(KafkaError, TimeoutError):
                    if await self.partitions(name) == partitions:
                        await self.bounds(name, partitions)
                        return
                await asyncio.sleep(_LOOK_AGAIN)

    async def read_at(self, name: str, partition: int, offset: int) -> Record | None:
        """The record at an offset; None where there is none, or none any more."""
        one = TopicPartition(name, partition)
        async with self._asking, asyncio.timeout(REQUEST_TIMEOUT):
            consumer = await self._reader()
            if not (await consumer.beginning_offsets([one]))[one] <= offset < (await consumer.end_offsets([one]))[one]:
                return None
            consumer.assign([one])
            consumer.seek(one, offset)
            try:
                record = await consumer.getone(one)
            finally:
                consumer.unsubscribe()
        return record if record.offset == offset else None

    async def admin(self) -> AIOKafkaAdminClient:
        """The client that makes and lists topics."""
        async with self._connecting:
            if self._admin is None:
                admin = AIOKafkaAdminClient(**self._settings, request_timeout_ms=int(REQUEST_TIMEOUT * 1000))
                try:
                    await admin.start()
                except BaseException:
                    await admin.close()
                    raise
                self._admin = admin
            return self._admin

    async def stop(self) -> None:
        """Closes both clients."""
        async with self._connecting:
            admin, self._admin = self._admin, None
            consumer, self._consumer = self._consumer, None
        if admin is not None:
            await admin.close()
        if consumer is not None:
            await consumer.stop()

    async def _reader(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(
                    **self._settings,
                    enable_auto_commit=False,
                    auto_offset_reset="earliest",
                    request_timeout_ms=int(REQUEST_TIMEOUT * 1000),
                    fetch_max_wait_ms=100,
                )
                try:
                    await consumer.start()
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
            return self._consumer
