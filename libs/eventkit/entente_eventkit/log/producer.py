"""The framework's producer, closed for certain: after a start that failed, and while the brokers stay away."""

from typing import TYPE_CHECKING, Optional

from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerClosed
from faststream.kafka.publisher.producer import AioKafkaFastProducerImpl
from faststream.kafka.publisher.state import RealProducer

if TYPE_CHECKING:
    from fast_depends.library.serializer import SerializerProto
    from faststream._internal.parser import CodecProto


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
        """Closes at once."""
        if isinstance(self._producer, RealProducer):
            held = self._producer.producer._message_accumulator  # noqa: SLF001 - the client has no public way to give up what it holds
            held.fail_all(ProducerClosed())
        await super().disconnect()
