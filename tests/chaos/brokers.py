"""What is done to brokers, and asked of them, past the services."""

import asyncio
import os
import signal
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient
from tests.chaos.processes import until
from tests.chaos.stand_in_cluster import NativeCluster


def leader_of(bootstrap: Sequence[str], name: str, partition: int) -> int:
    """The node that leads a partition."""

    async def ask() -> int:
        admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap))
        await admin.start()
        try:
            (found,) = await admin.describe_topics([name])
            return next(one["leader"] for one in found["partitions"] if one["partition"] == partition)
        finally:
            await admin.close()

    return asyncio.run(ask())


def kill(cluster: NativeCluster, node: int) -> None:
    """kill -9 of a broker."""
    pid = cluster.pid(node)
    assert pid is not None, f"broker {node} does not run"
    os.kill(pid, signal.SIGKILL)
    until(lambda: cluster.pid(node) is None, f"broker {node} is dead")
