"""Records that the client library itself cannot read: the name of a header that is not UTF-8 ends its consumer for good.

A client decodes whole batches, so that one such record takes those with it that its own producer sent with it. They are passed over.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

_log = logging.getLogger(__name__)

LOOK = 1_000
"""Milliseconds that a fetch may take while the end of an unreadable batch is searched."""

PassOver = Callable[[TopicPartition, int, int], Awaitable[None]]


def survive_unreadable(consumer: AIOKafkaConsumer, pass_over: PassOver) -> None:
    """Has the consumer go on behind what it cannot read. `pass_over` is told partition, first offset and end of it."""
    real = consumer.getmany
    if getattr(real, "survives", False):
        return

    async def getmany(*partitions: TopicPartition, **options: Any) -> Any:
        try:
            return await real(*partitions, **options)
        except UnicodeDecodeError as error:
            _log.error("a record cannot be read: %s", error)
            for one in consumer.assignment() - consumer.paused():
                await _pass_over(consumer, real, one, pass_over)
            return {}

    getmany.survives = True  # type: ignore[attr-defined]  # says that it is wrapped already
    consumer.getmany = getmany


async def _pass_over(consumer: AIOKafkaConsumer, real: Callable[..., Awaitable[Any]], one: TopicPartition, pass_over: PassOver) -> None:
    begin = at = await consumer.position(one)
    end = (await consumer.end_offsets([one]))[one]
    while at < end and not await _reads(consumer, real, one, at):
        at += 1
    consumer.seek(one, at)
    if at > begin:
        _log.error("%s/%d: offsets %d to %d cannot be read and are passed over", one.topic, one.partition, begin, at)
        await pass_over(one, begin, at)


async def _reads(consumer: AIOKafkaConsumer, real: Callable[..., Awaitable[Any]], one: TopicPartition, at: int) -> bool:
    consumer.seek(one, at)
    try:
        await real(one, timeout_ms=LOOK, max_records=1)
    except UnicodeDecodeError:
        return False
    return True
