"""Switches telemetry on and off. The OpenTelemetry SDK is imported only where somebody listens."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from entente_eventkit.telemetry import metrics, names, tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace.export import SpanExporter

_closing: list[Callable[[], None]] = []


def configure(
    service_name: str, endpoint: str | None, exporter: "SpanExporter | None" = None, reader: "MetricReader | None" = None
) -> None:
    """Sends spans and metrics to `endpoint` (OTLP over HTTP, the base address, for example `http://127.0.0.1:4318`).

    Without an endpoint, an exporter or a reader, telemetry stays off and nothing of the SDK is made. `exporter` takes each span as it
    ends, `reader` the metrics as it likes; both are for tests and for embedding. Calling it again ends what was set before.
    """
    off()
    if endpoint is None and exporter is None and reader is None:
        return
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - half a second of import that a process without telemetry saves

    resource = Resource.create({names.SERVICE_NAME: service_name})
    if endpoint is not None or exporter is not None:
        _trace(resource, endpoint, exporter)
    if endpoint is not None or reader is not None:
        _measure(resource, endpoint, reader)


def _trace(resource: "Resource", endpoint: str | None, exporter: "SpanExporter | None") -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    if endpoint is not None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(_path(endpoint, "traces"))))
    tracing.record(provider.get_tracer("entente"))
    _closing.append(provider.shutdown)


def _measure(resource: "Resource", endpoint: str | None, reader: "MetricReader | None") -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    readers = [] if reader is None else [reader]
    if endpoint is not None:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter(_path(endpoint, "metrics"))))
    provider = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
    metrics.record(provider.get_meter("entente"))
    _closing.append(provider.shutdown)


def _path(endpoint: str, signal: str) -> str:
    return f"{endpoint.rstrip('/')}/v1/{signal}"


def off() -> None:
    """Switches telemetry off; what was recorded is sent first. Nothing is left that a next test could see."""
    tracing.record(None)
    metrics.record(None)
    while _closing:
        _closing.pop()()
