"""The log that the benchmarks run on: the mock cluster, or a real one that is named on the command line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

from entente_contracts.topics import Topic
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster

PARTITIONS = 24


def some_topic() -> Topic:
    """A topic that nobody has used before."""
    return Topic(f"entente.benchmark-{uuid4().hex[:12]}", "gateway", "for measuring", partitions=PARTITIONS)


@asynccontextmanager
async def log(bootstrap: Sequence[str]) -> AsyncIterator[tuple[KafkaLog, list[str]]]:
    """A log and its addresses; without `bootstrap` the mock cluster, whose topics are made by its own functions."""
    cluster = None if bootstrap else MockCluster()

    async def make(name: str, partitions: int) -> None:
        await asyncio.to_thread(cluster.create_topic, name, partitions)  # type: ignore[union-attr] # only used where there is one

    addresses = list(bootstrap if cluster is None else cluster.bootstrap)
    one = KafkaLog(addresses, replicas=1, make_topic=None if cluster is None else make)
    await one.start()
    try:
        yield one, addresses
    finally:
        await one.stop()
        if cluster is not None:
            cluster.close()
