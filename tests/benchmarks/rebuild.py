"""Rebuilding a projection from the log, exactly once, against a bare consumer that throws everything away."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.benchmarks import brokers, events
from tests.benchmarks.interleaved import Compared, compare

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.outgoing import outgoing
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.reading.catch_up import CatchUp, history_of
from entente_eventkit.reading.feeding import Feeding
from entente_eventkit.store.store import EventStore

COUNT = 40_000
AT_ONCE = 10_000
"""Events a sending, so that the log gets full batches."""
TOPIC = replace(OBSERVATIONS, partitions=brokers.PARTITIONS)


def run(bootstrap: Sequence[str]) -> list[Compared]:
    """The table's rows."""
    with events.store() as store, _running(store, bootstrap) as (loop, log, addresses):
        instances = events.tallies(store)

        def rebuild() -> int:
            return loop.run_until_complete(_rebuild(log, instances))

        def bare() -> int:
            return loop.run_until_complete(_bare(addresses))

        return [compare("rebuild log -> SQLite projection / bare aiokafka getmany(500)", rebuild, bare, ">= 0.35")]


async def _rebuild(log: KafkaLog, instances: Instances) -> int:
    building = await asyncio.to_thread(instances.rebuild, "tally")
    done = await CatchUp(history_of(log), Feeding(instances)).run(building, [TOPIC])
    await asyncio.to_thread(instances.drop_building, "tally")
    while await asyncio.to_thread(instances.sweep, 50_000):
        pass
    return done


async def _bare(addresses: Sequence[str]) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=list(addresses), enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    partitions = [TopicPartition(TOPIC.of_generation(1), number) for number in range(brokers.PARTITIONS)]
    consumer.assign(partitions)
    total = sum((await consumer.end_offsets(partitions)).values())
    done = 0
    while done < total:
        done += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=500)).values()))
    await consumer.stop()
    return done


@contextmanager
def _running(store: EventStore, bootstrap: Sequence[str]) -> Iterator[tuple[asyncio.AbstractEventLoop, KafkaLog, list[str]]]:
    """An event loop with a log that holds what the store does."""
    events.fill(store, COUNT)
    loop = asyncio.new_event_loop()
    opened = brokers.log(bootstrap)
    log, addresses = loop.run_until_complete(opened.__aenter__())
    try:
        loop.run_until_complete(_publish(store, log))
        yield loop, log, addresses
    finally:
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


async def _publish(store: EventStore, log: KafkaLog) -> None:
    await log.create(TOPIC, 1, TOPIC.partitions)
    position = 0
    while True:
        with store.database.reading() as connection:
            stored = store.after(connection, position, AT_ONCE, [TOPIC.name])
        if not stored:
            return
        await log.send(TOPIC.of_generation(1), [outgoing(event, TOPIC.partitions) for event in stored])
        position = stored[-1].position
