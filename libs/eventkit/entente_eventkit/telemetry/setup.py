"""Switches telemetry on and off. The OpenTelemetry SDK is imported only where somebody listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entente_eventkit.telemetry import metrics, tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace.export import SpanExporter
    from prometheus_client.registry import Collector

_closing: list[Callable[[], None]] = []
_counted: "Collector | None" = None


def configure(
    service_name: str,
    endpoint: str | None,
    exporter: "SpanExporter | None" = None,
    reader: "MetricReader | None" = None,
    *,
    scraped: bool = False,
) -> None:
    """Sends spans and metrics to `endpoint` (OTLP over HTTP, the base address, for example `http://127.0.0.1:4318`).

    Without an endpoint, an exporter or a reader, telemetry stays off and nothing of the SDK is made. `exporter` takes each span as it
    ends, `reader` the metrics as it likes; both are for tests and for embedding. `scraped`: what is counted is kept for `counted`.
    Calling it again ends what was set before.
    """
    global _counted
    off()
    if endpoint is None and exporter is None and reader is None and not scraped:
        return
    from entente_eventkit.telemetry import sdk  # noqa: PLC0415 - a process without telemetry saves the import of the whole SDK

    readers = [] if reader is None else [reader]
    if scraped:
        kept, _counted = sdk.scraped()
        readers.append(kept)
    if endpoint is not None or exporter is not None:
        tracer, close = sdk.tracer(service_name, endpoint, exporter)
        _closing.append(close)
        tracing.record(tracer)
    if endpoint is not None or readers:
        meter, close = sdk.meter(service_name, endpoint, readers)
        _closing.append(close)
        metrics.record(meter)


@contextmanager
def listening(service_name: str, endpoint: str | None) -> Iterator[None]:
    """Telemetry of a process that serves: what it counts is there for `/metrics`, and all is sent to `endpoint`, if there is one."""
    configure(service_name, endpoint, scraped=True)
    try:
        yield
    finally:
        off()


def counted() -> "Collector | None":
    """What was counted, in a form that Prometheus reads; None where nobody wanted it kept."""
    return _counted


def off() -> None:
    """Switches telemetry off; what was recorded is sent first. Nothing is left that a next test could see."""
    global _counted  # noqa: PLW0603 - see configure
    _counted = None
    tracing.record(None)
    metrics.record(None)
    while _closing:
        _closing.pop()()
