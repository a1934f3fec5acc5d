"""Apache Kafka and PostgreSQL: started from this machine's own files, or in containers."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from entente_eventkit.log.kafka import KafkaLog
from entente_testkit.backends import Server
from entente_testkit.brokers.waiting import until
from entente_testkit.columns.column import Column, Log, Missing
from entente_testkit.servers import containers as in_containers
from entente_testkit.servers import kafka, postgres

FOUND_WITHIN = 0.5
"""Seconds after which a reader finds a new generation: a test need not wait as long as a service may."""

_numbers = count(1)


@contextmanager
def native() -> Iterator[Column]:
    """One node of Kafka on this machine's Java, PostgreSQL of this machine's binaries."""
    _refuse(kafka.cannot_run())
    try:
        server = postgres.shared()
    except postgres.NoServer as why:
        raise Missing(str(why)) from None
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="entente-kafka-")))
        cluster = held.enter_context(kafka.native_kafka(folder))
        yield _column("native", "Apache Kafka and PostgreSQL of this machine", server, cluster.bootstrap)


@contextmanager
def containers() -> Iterator[Column]:
    """One node of Kafka and a PostgreSQL server, each in a container."""
    _refuse(in_containers.cannot_run())
    with in_containers.ContainerKafka() as cluster:
        yield _column("containers", "Apache Kafka and PostgreSQL in containers", in_containers.shared(), cluster.bootstrap)


def _refuse(why: str | None) -> None:
    if why is not None:
        raise Missing(why)


def _column(name: str, about: str, server: Server, bootstrap: Sequence[str]) -> Column:
    def new_database(_: Path, of: str) -> str:
        return server.new_database(f"{of.replace('-', '_')}_{next(_numbers)}")

    @asynccontextmanager
    async def logs() -> AsyncIterator[Callable[[], Log]]:
        try:
            yield lambda: KafkaLog(bootstrap, replicas=1, metadata_refresh=FOUND_WITHIN)
        finally:
            await empty(bootstrap)

    return Column(name, about, many_processes=True, new_database=new_database, logs=logs)


async def empty(bootstrap: Sequence[str]) -> None:
    """Takes every topic of the platform away, and waits until none is left."""
    admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap))
    await admin.start()
    try:

        async def topics() -> list[str]:
            return [name for name in await admin.list_topics() if name.startswith("entente.")]

        if names := await topics():
            await admin.delete_topics(names)

        async def gone() -> bool:
            return not await topics()

        await until(gone)
    finally:
        await admin.close()
