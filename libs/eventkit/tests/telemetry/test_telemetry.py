"""Traces and metrics: parents and links, free when off, and nothing left behind."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import messaging_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes, service_attributes, url_attributes
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags

from entente_eventkit import telemetry
from entente_eventkit.telemetry import instruments, metrics, names, sdk, traceparent, tracing
from entente_eventkit.telemetry.chain import ELSEWHERE, Seen, chain

ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.configure("test", None, exporter)
    yield exporter
    telemetry.off()


@pytest.fixture
def reader() -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    telemetry.configure("test", None, reader=reader)
    yield reader
    telemetry.off()


def test_a_span_hangs_under_the_current_one_or_under_the_parent_named(spans: InMemorySpanExporter) -> None:
    with tracing.span("request", parent=ABOVE), tracing.span("append") as append:
        assert append == tracing.current()
    with tracing.span("process", parent=append, links=[ABOVE, "nonsense"]):
        pass
    with tracing.span("replay", links=[append or ""]):
        pass
    assert chain(spans.get_finished_spans()) == [
        Seen("request", ELSEWHERE),
        Seen("append", "request"),
        Seen("process", "append", (ELSEWHERE,)),
        Seen("replay", None, ("append",)),
    ]
    assert tracing.current() is None


def test_a_span_goes_on_with_the_callers_trace(spans: InMemorySpanExporter) -> None:
    with tracing.span("request", parent=ABOVE) as ours:
        assert ours is not None
        assert ours[:35] == ABOVE[:35]
        assert ours[36:52] != ABOVE[36:52]


def test_an_exception_is_recorded_by_its_type_and_never_by_its_text(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="hunter2"), tracing.span("work"):
        raise ValueError("hunter2")
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {}) == {names.ERROR_TYPE: "ValueError"}
    assert "hunter2" not in span.to_json()


def test_the_current_span_can_be_named_noted_on_and_marked_as_failed(spans: InMemorySpanExporter) -> None:
    with tracing.span("request", attributes={names.STREAM: "a"}):
        tracing.rename("GET /sources")
        tracing.note({names.HTTP_STATUS: 500})
        tracing.failed("RuntimeError")
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /sources"
    assert dict(span.attributes or {}) == {names.STREAM: "a", names.HTTP_STATUS: 500, names.ERROR_TYPE: "RuntimeError"}
    assert span.resource.attributes[names.SERVICE_NAME] == "test"


def test_off_means_that_no_span_nor_measure_of_the_sdk_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("made although off")

    monkeypatch.setattr(sdk, "tracer", never)
    monkeypatch.setattr(sdk, "meter", never)
    monkeypatch.setattr("opentelemetry.sdk.trace.Span.__init__", never)
    monkeypatch.setattr("opentelemetry.trace.set_span_in_context", never)
    telemetry.configure("test", None)
    assert not tracing.enabled()
    with tracing.span("work", parent=ABOVE, links=[ABOVE], attributes={"a": 1}) as nothing:
        assert nothing is None
        assert tracing.current() is None
        tracing.rename("other")
        tracing.note({"a": 1})
        tracing.failed("x")
    metrics.applied("titles@1", 3)
    assert tracing.span("one") is tracing.span("another")


def test_a_process_without_telemetry_never_imports_the_sdk() -> None:
    code = (
        "import sys; from entente_eventkit import telemetry; from entente_eventkit.telemetry import metrics, tracing\n"
        "telemetry.configure('x', None)\nwith tracing.span('a'): metrics.applied('i', 1)\n"
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_is_left_after_off_and_the_global_providers_are_never_set(spans: InMemorySpanExporter) -> None:
    before = trace.get_tracer_provider()
    telemetry.configure("other", None, InMemorySpanExporter())
    with tracing.span("work"):
        pass
    telemetry.off()
    gc.collect()
    assert not tracing.enabled()
    assert spans.get_finished_spans() == ()
    assert trace.get_tracer_provider() is before
    telemetry.off()


def test_an_endpoint_gets_spans_and_metrics_over_otlp(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    class Exporter(InMemorySpanExporter):
        def __init__(self, endpoint: str) -> None:
            super().__init__()
            sent.append(endpoint)

    class Reader(InMemoryMetricReader):
        def __init__(self, endpoint: str) -> None:
            super().__init__()
            sent.append(endpoint)

    monkeypatch.setattr(sdk, "OTLPSpanExporter", Exporter)
    monkeypatch.setattr(sdk, "OTLPMetricExporter", str)
    monkeypatch.setattr(sdk, "PeriodicExportingMetricReader", Reader)
    telemetry.configure("test", "http://127.0.0.1:4318/")
    assert tracing.enabled()
    telemetry.off()
    assert sent == ["http://127.0.0.1:4318/v1/traces", "http://127.0.0.1:4318/v1/metrics"]


def test_every_instrument_counts_under_its_name(reader: InMemoryMetricReader) -> None:
    metrics.appended("entente.gateway", 2)
    metrics.sent("entente.gateway", 2)
    metrics.applied("titles@1", 3)
    metrics.applied("titles@1", 4)
    metrics.parked("titles@1")
    metrics.forked("titles@1")
    metrics.unreadable("entente.gateway")
    metrics.retried("batch")
    metrics.refused("forbidden")
    metrics.quarantined("unsigned")
    metrics.answered("GET", "/sources", 200, "gateway", 0.25)
    found = measured(reader)
    assert found.keys() == {one.name for one in instruments.COUNTED}
    assert found["entente.events.applied"] == [({"entente.instance": "titles@1"}, 7)]
    ((by, seconds),) = found["http.server.request.duration"]
    assert seconds == 0.25
    assert by[names.HTTP_ROUTE] == "/sources"


def measured(reader: InMemoryMetricReader) -> dict[str, list[tuple[dict[str, Any], float]]]:
    """What was counted, by instrument."""
    data: Any = reader.get_metrics_data()
    return {
        metric.name: [(dict(point.attributes), getattr(point, "value", None) or point.sum) for point in metric.data.data_points]
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_the_catalogue_can_be_read_as_a_table() -> None:
    table = instruments.table()
    assert table.count("\n") == len(instruments.CATALOGUE) + 2
    assert "| `entente.events.parked` | `entente_events_parked_total` | counter | {event} |" in table
    assert "| `entente.lag` | `entente_lag_seconds` | gauge | s |" in table


def test_names_are_those_of_the_conventions() -> None:
    known = {
        value
        for module in (messaging_attributes, error_attributes, http_attributes, service_attributes, url_attributes)
        for value in vars(module).values()
        if isinstance(value, str)
    }
    ours = {value for name, value in vars(names).items() if name.isupper()}
    assert {name for name in ours if not name.startswith("entente.")} <= known
    used = {by for one in instruments.CATALOGUE for by in one.by}
    assert used <= ours


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 1))
def test_a_traceparent_is_read_as_it_was_written(trace_id: int, span_id: int, flags: int) -> None:
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    assert traceparent.read(traceparent.write(context)) == context


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        ABOVE.upper().replace("00-", "00-", 1),
        "ff" + ABOVE[2:],
        ABOVE + "-more",
        ABOVE + "\n",
        " " + ABOVE,
    ],
)
def test_what_is_no_traceparent_is_ignored(text: str | None) -> None:
    assert traceparent.read(text) is None


def test_a_later_format_is_read_as_far_as_ours_goes() -> None:
    assert traceparent.read("01" + ABOVE[2:] + "-more") is not None
