from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from entente_contracts.topics import GATEWAY
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.relay import Relay
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import setup, traceparent
from entente_testkit.brokers.raw import read_all
from entente_testkit.brokers.stores import BECAUSE, append


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    setup.configure("test", None, exporter)
    yield exporter
    setup.off()


def cause(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


async def sent(cluster: MockCluster) -> list[str | None]:
    found = await read_all(cluster.bootstrap, "entente.gateway.g1", GATEWAY.partitions)
    headers = [dict(record.headers) for records in found.values() for record in records]
    return [header.get("ce_traceparent", b"").decode() for header in headers if "ce_sequence" in header]


async def test_law_6_one_event_is_sent_under_the_span_that_appended_it_and_hands_on_its_own(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, spans: InMemorySpanExporter
) -> None:
    await append(store, "a", because=replace(BECAUSE, traceparent=cause(7)))
    appended = (await store.database.read(store.after, 0, 1))[0].attributes["traceparent"]
    await Relay(kafka, store.database, store, GATEWAY).publish()
    (span,) = [span for span in spans.get_finished_spans() if span.name == "send entente.gateway"]
    assert span.kind is SpanKind.PRODUCER
    assert span.parent is not None
    assert traceparent.write(span.parent) == appended
    assert span.context is not None
    assert await sent(cluster) == [traceparent.write(span.context)]
    assert span.attributes is not None
    assert span.attributes["messaging.batch.message_count"] == 1


async def test_law_6_many_events_are_linked_and_keep_what_appended_them(
    kafka: KafkaLog, cluster: MockCluster, store: EventStore, spans: InMemorySpanExporter
) -> None:
    for number in range(1, 81):
        await append(store, "a", because=replace(BECAUSE, traceparent=cause(number)))
    stored = [event.attributes["traceparent"] for event in await store.database.read(store.after, 0, 100)]
    await Relay(kafka, store.database, store, GATEWAY).publish()
    (span,) = [span for span in spans.get_finished_spans() if span.name == "send entente.gateway"]
    assert span.parent is None
    assert [traceparent.write(link.context) for link in span.links] == stored[:64]
    assert await sent(cluster) == stored
