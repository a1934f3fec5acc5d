"""The framework's producer, closed for certain: after a start that failed, and while the brokers stay away."""

import asyncio
from typing import TYPE_CHECKING, Optional

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from faststream.kafka.publisher.producer import AioKafkaFastProducerImpl
from faststream.kafka.publisher.state import RealProducer

if TYPE_CHECKING:
    from fast_depends.library.serializer import SerializerProto
    from faststream._internal.parser import CodecProto


UNDER_WAY = 3.0
"""How long a close waits for requests that a broker may still answer, in seconds."""


class Producer(AioKafkaFastProducerImpl):
    """An idempotent producer never gives a record up by itself, and would wait for brokers that do not come back. Here what is not yet
    acknowledged is given up when it closes: it lies in the store and is sent again."""

    async def connect(
        self, producer: AIOKafkaProducer, serializer: Optional["SerializerProto"], codec: Optional["CodecProto"] = None
    ) -> None:
        """Starts the client, or closes it."""
        try:
            await super().connect(producer, serializer, codec)
        except BaseException:
            await producer.stop()
            raise

    async def disconnect(self) -> None:
        """Closes after the requests under way, not after what is still to be sent."""
        if isinstance(self._producer, RealProducer):
            client = self._producer.producer
            # The client has no public way to give up what it holds: first its sending task ends, then what that left behind.
            ending = asyncio.ensure_future(client._sender.close())  # noqa: SLF001
            await asyncio.wait({ending}, timeout=UNDER_WAY)
            client._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
        await super().disconnect()
