"""The only module that touches the OpenTelemetry SDK and its exporters. Its global providers are left alone."""

from collections.abc import Callable, Sequence

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry

from entente_eventkit.telemetry import names

SCOPE = "entente"


def tracer(service_name: str, endpoint: str | None, exporter: SpanExporter | None) -> tuple[Tracer, Callable[[], None]]:
    """A tracer, and how to end it: what it still holds is sent first."""
    provider = TracerProvider(resource=_resource(service_name), shutdown_on_exit=False)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    if endpoint is not None:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(_address(endpoint, "traces"))))
    return provider.get_tracer(SCOPE), provider.shutdown


def meter(service_name: str, endpoint: str | None, readers: Sequence[MetricReader]) -> tuple[Meter, Callable[[], None]]:
    """A meter, and how to end it: what it still holds is sent first."""
    periodic = [] if endpoint is None else [PeriodicExportingMetricReader(OTLPMetricExporter(_address(endpoint, "metrics")))]
    provider = MeterProvider([*readers, *periodic], resource=_resource(service_name), shutdown_on_exit=False)
    return provider.get_meter(SCOPE), provider.shutdown


def scraped() -> tuple[MetricReader, CollectorRegistry]:
    """A reader that keeps what is counted for a scrape, and the registry that shows it: one of its own, not the library's global one."""
    registry = CollectorRegistry()
    return PrometheusMetricReader(disable_target_info=True, scope_info_enabled=False, registry=registry), registry


def _resource(service_name: str) -> Resource:
    return Resource.create({names.SERVICE_NAME: service_name})


def _address(endpoint: str, signal: str) -> str:
    return f"{endpoint.rstrip('/')}/v1/{signal}"
