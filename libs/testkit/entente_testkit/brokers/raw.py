"""Plain clients beside the platform's own: what a broken or foreign program would write, and what really lies in a log."""

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import Outgoing

RawHeaders = Sequence[tuple[str, bytes | None]]


def kafka_on(cluster: MockCluster, **settings: Any) -> KafkaLog:
    """Kafka as the platform knows it, on a mock cluster, whose topics have to be made past the protocol."""

    async def make(name: str, partitions: int) -> None:
        cluster.create_topic(name, partitions)

    return KafkaLog(cluster.bootstrap, make_topic=make, **settings)


async def write_raw(bootstrap: Sequence[str], name: str, partition: int, *records: tuple[bytes | None, RawHeaders, bytes | None]) -> None:
    """Writes records (key, headers, value) as they are, one after another."""
    producer = AIOKafkaProducer(bootstrap_servers=list(bootstrap), acks="all")
    try:
        await producer.start()
        for key, headers, value in records:
            await producer.send_and_wait(name, value, key, partition, headers=list(headers))
    finally:
        await producer.stop()


async def write_outgoing(bootstrap: Sequence[str], name: str, *records: Outgoing) -> None:
    """Writes what a relay would send, in this order."""
    for record in records:
        headers = [(header, text.encode()) for header, text in record.headers.items()]
        await write_raw(bootstrap, name, record.partition, (record.key, headers, record.value))


async def read_all(bootstrap: Sequence[str], name: str, partitions: int) -> dict[int, list[ConsumerRecord]]:
    """Every record that a topic holds, by partition."""
    all_of_them = [TopicPartition(name, partition) for partition in range(partitions)]
    found: dict[int, list[ConsumerRecord]] = {partition: [] for partition in range(partitions)}
    async with AIOKafkaConsumer(bootstrap_servers=list(bootstrap), enable_auto_commit=False, fetch_max_wait_ms=20) as consumer:
        consumer.assign(all_of_them)
        low, high = await consumer.beginning_offsets(all_of_them), await consumer.end_offsets(all_of_them)
        for one in all_of_them:
            consumer.seek(one, low[one])
        while any([await consumer.position(one) < high[one] for one in all_of_them]):
            for one, records in (await consumer.getmany(timeout_ms=200)).items():
                found[one.partition].extend(records)
    return found
