"""The page that Prometheus reads: what was counted, what was just asked, and what the operating system says of the process."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from entente_eventkit.telemetry.instruments import Instrument, Value, as_label
from entente_eventkit.telemetry.setup import counted

OPENMETRICS = "application/openmetrics-text"
_PROCESS = ProcessCollector(registry=None)


@dataclass(frozen=True, slots=True)
class _Page(Collector):
    values: Sequence[Value]

    def collect(self) -> Iterator[Metric]:
        if (kept := counted()) is not None:
            yield from kept.collect()
        yield from _families(self.values)
        yield from _PROCESS.collect()


def render(values: Sequence[Value], accept: str) -> tuple[bytes, str]:
    """The page with these gauges, and its media type: OpenMetrics 1.0 for who accepts it, else Prometheus' older text."""
    page = _Page(values)
    if OPENMETRICS in accept:
        text: bytes = openmetrics.generate_latest(page, version="1.0.0")  # type: ignore[no-untyped-call] # the library's is not annotated
        return text, openmetrics.CONTENT_TYPE_LATEST
    return generate_latest(page), CONTENT_TYPE_PLAIN_0_0_4


def _families(values: Iterable[Value]) -> Iterator[Metric]:
    families: dict[Instrument, GaugeMetricFamily] = {}
    for value in values:
        one = value.of
        family = families.setdefault(one, GaugeMetricFamily(one.scraped, one.about, labels=[as_label(name) for name in one.by]))
        family.add_metric(value.by, value.now)
    yield from families.values()
