"""The relay against a producer that is handed ready bytes, pipelined."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from tests.benchmarks import brokers, events
from tests.benchmarks.interleaved import Compared, compare

from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.outgoing import outgoing
from entente_eventkit.log.port import Outgoing
from entente_eventkit.log.relay import Relay
from entente_eventkit.storage.tables import log as log_table
from entente_eventkit.store.store import EventStore

COUNT = 10_000
TOPIC = brokers.some_topic()


def run(bootstrap: Sequence[str]) -> list[Compared]:
    """The table's rows."""
    with events.store() as store:
        events.fill(store, COUNT, TOPIC)
        with store.database.reading() as connection:
            ready = [_raw_record(outgoing(event, TOPIC.partitions)) for event in store.after(connection, 0, COUNT)]
        with asyncio.Runner() as runner:
            opened = brokers.log(bootstrap)
            log, addresses = runner.run(opened.__aenter__())

            def relay() -> int:
                return runner.run(_relay(log, store))

            def raw() -> int:
                return runner.run(_raw(addresses, ready))

            try:
                return [compare("relay store -> log / raw pipelined aiokafka send", relay, raw, ">= 0.7")]
            finally:
                runner.run(opened.__aexit__(None, None, None))


async def _relay(log: KafkaLog, store: EventStore) -> int:
    relay = Relay(log, store.database, store, TOPIC)
    await relay.prepare()
    with store.database.writing() as connection:
        connection.execute(log_table.update().values(cursor=0))
    done = 0
    while published := await relay.publish():
        done += published
    return done


@dataclass(frozen=True, slots=True)
class Ready:
    """What the raw side sends: bytes, and nothing left to do."""

    partition: int
    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


def _raw_record(record: Outgoing) -> Ready:
    headers = [(name, text.encode()) for name, text in record.headers.items()]
    return Ready(record.partition, record.key, headers, record.value)


async def _raw(addresses: Sequence[str], ready: Sequence[Ready]) -> int:
    producer = AIOKafkaProducer(
        bootstrap_servers=list(addresses), acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=256 * 1024
    )
    await producer.start()
    name = TOPIC.of_generation(1)
    for begin in range(0, len(ready), 500):
        sent = [
            await producer.send(name, record.value, record.key, record.partition, headers=record.headers)
            for record in ready[begin : begin + 500]
        ]
        await asyncio.gather(*sent)
    await producer.stop()
    return len(ready)
