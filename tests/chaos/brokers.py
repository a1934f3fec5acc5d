"""What is done to brokers, and asked of them, past the services."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import closing

from aiokafka.admin import AIOKafkaAdminClient

_BLOCK = 30
_TRIES = 50


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


def free_block() -> int:
    """The first of thirty ports that nobody listens on: a cluster that is made anew in its folder stands at the same addresses."""
    for _ in range(_TRIES):
        first = free_port()
        if first + _BLOCK < 2**16 and all(_is_free(port) for port in range(first, first + _BLOCK)):
            return first
    raise RuntimeError(f"no {_BLOCK} free ports follow each other on this machine")


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
