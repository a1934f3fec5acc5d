"""Switches telemetry on and off. The OpenTelemetry SDK is imported only where somebody listens."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from entente_eventkit.telemetry import metrics, tracing

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
    from entente_eventkit.telemetry import sdk  # noqa: PLC0415 - a process without telemetry saves the import of the whole SDK

    if endpoint is not None or exporter is not None:
        tracer, close = sdk.tracer(service_name, endpoint, exporter)
        _closing.append(close)
        tracing.record(tracer)
    if endpoint is not None or reader is not None:
        meter, close = sdk.meter(service_name, endpoint, reader)
        _closing.append(close)
        metrics.record(meter)


def off() -> None:
    """Switches telemetry off; what was recorded is sent first. Nothing is left that a next test could see."""
    tracing.record(None)
    metrics.record(None)
    while _closing:
        _closing.pop()()
