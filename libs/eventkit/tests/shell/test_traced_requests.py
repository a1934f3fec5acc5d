"""A request's span: it goes on with the caller's trace, and the append hangs under it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from entente_eventkit import telemetry
from entente_eventkit.telemetry import names
from entente_eventkit.telemetry.chain import ELSEWHERE, Seen, chain

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.configure("test", None, exporter, InMemoryMetricReader())
    yield exporter
    telemetry.off()


async def test_law_6_the_append_hangs_under_the_request_and_the_request_under_its_caller(
    spans: InMemorySpanExporter, administrator: httpx2.AsyncClient, running: Any
) -> None:
    await administrator.post("/register/sources/ucdp", json={"title": "UCDP"}, headers={"traceparent": TRACE})
    request = "POST /register/sources/{name}"
    assert chain(spans.get_finished_spans()) == [Seen(request, ELSEWHERE), Seen("append entente.gateway", request)]
    with running.database.reading() as connection:
        (stored,) = running.store.after(connection, 0, 10)
    append = next(span for span in spans.get_finished_spans() if span.name.startswith("append"))
    assert append.context is not None
    assert stored.attributes["traceparent"] == f"{TRACE[:35]}-{append.context.span_id:016x}-{append.context.trace_flags:02x}"
    served = next(span for span in spans.get_finished_spans() if span.name == request)
    assert served.kind is SpanKind.SERVER
    assert served.attributes is not None
    assert (served.attributes[names.HTTP_STATUS], served.attributes[names.SERVICE]) == (201, "register")


async def test_a_fault_marks_the_span_and_garbage_makes_no_new_names(spans: InMemorySpanExporter, anyone: httpx2.AsyncClient) -> None:
    await anyone.get("/register/fault")
    await anyone.request("BREW", "/register/any/thing")
    failed, unknown = spans.get_finished_spans()
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes is not None
    assert failed.attributes[names.ERROR_TYPE] == "RuntimeError"
    assert unknown.name == "_OTHER (none)"
