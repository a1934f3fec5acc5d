"""Records that the client library itself cannot read: the name of a header that is not UTF-8 ends its consumer for good.

A client decodes a producer's batch from its begin, so that one such record takes with it what its own producer sent behind it in one
batch. They are passed over.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

_log = logging.getLogger(__name__)

LOOK, LOOKS = 1_000, 10
"""How many milliseconds, and how often, a single record is waited for."""

Fetched = dict[TopicPartition, list[Any]]
Fetch = Callable[..., Awaitable[Fetched]]
PassOver = Callable[[TopicPartition, int, int], Awaitable[None]]


def survive_unreadable(consumer: AIOKafkaConsumer, pass_over: PassOver) -> None:
    """Has the consumer go on behind what it cannot read. `pass_over` is told partition, first offset and end of it."""
    real: Fetch = consumer.getmany
    if getattr(real, "survives", False):
        return

    async def getmany(*partitions: TopicPartition, **options: Any) -> Fetched:
        try:
            return await real(*partitions, **options)
        except UnicodeDecodeError as error:
            _log.warning("a record cannot be read, so that the next ones are fetched one at a time: %s", error)
            found = {one: await _carefully(consumer, real, one, pass_over) for one in consumer.assignment() - consumer.paused()}
            return {one: records for one, records in found.items() if records}

    getmany.survives = True  # type: ignore[attr-defined]  # says that it is wrapped already
    consumer.getmany = getmany


async def _carefully(consumer: AIOKafkaConsumer, real: Fetch, one: TopicPartition, pass_over: PassOver) -> list[Any]:
    """The next record of a partition alone, or none where what comes next was passed over: those before it in the same fetch are lost to a
    fetch of many."""
    begin = at = await consumer.position(one)
    end = (await consumer.end_offsets([one]))[one]
    while at < end:
        records = await _single(consumer, real, one, at)
        if records and at == begin:
            return records
        if records:
            break
        at += 1
    consumer.seek(one, at)
    if at > begin:
        _log.error("%s/%d: offsets %d to %d cannot be read and are passed over", one.topic, one.partition, begin, at)
        await pass_over(one, begin, at)
    return []


async def _single(consumer: AIOKafkaConsumer, real: Fetch, one: TopicPartition, at: int) -> list[Any]:
    """The record at an offset, none where it cannot be read; raises `KafkaError`, and nothing is passed over, where it does not come."""
    consumer.seek(one, at)
    for _ in range(LOOKS):
        try:
            found = await real(one, timeout_ms=LOOK, max_records=1)
        except UnicodeDecodeError:
            return []
        if found:
            return found[one]
    raise KafkaError(f"{one.topic}/{one.partition} does not give what lies at offset {at}")
