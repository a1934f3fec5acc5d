"""An append is a span, and the event carries it on."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import tracing

ASKED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BECAUSE = Because(causationid="request/1", correlationid="chain/1", actor=Actor(AuthType.SYSTEM, "test"), traceparent=ASKED)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.record(provider.get_tracer("test"))
    yield exporter
    tracing.record(None)
    provider.shutdown()


def append(store: EventStore) -> str | None:
    event = ObservationRetracted(observation="o1", country="SDN", because="x")
    with store.database.writing() as connection, store.head(connection) as head:
        (recorded,) = head.append(OBSERVATIONS, "s", [event], BECAUSE)
    return recorded.traceparent


def test_without_tracing_the_event_carries_the_trace_of_its_cause(store: EventStore) -> None:
    assert append(store) == ASKED


def test_law_6_an_append_hangs_under_its_cause_and_the_event_under_the_append(store: EventStore, spans: InMemorySpanExporter) -> None:
    carried = append(store)
    (span,) = spans.get_finished_spans()
    assert span.name == "append entente.observations"
    assert span.parent is not None
    assert carried == f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"


def test_law_6_an_append_within_a_span_hangs_under_that(store: EventStore, spans: InMemorySpanExporter, database: Database) -> None:
    with tracing.span("process", parent=ASKED) as outer:
        append(store)
    appended, process = spans.get_finished_spans()
    assert appended.parent is not None
    assert appended.parent.span_id == process.context.span_id
    assert outer is not None
