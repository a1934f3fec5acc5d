"""Law 6 as operators see it: what one foreign event set going in two processes over a real log, read back from a real store of traces."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.integration.observe.conftest import NOON, SOURCE, Reporter
from tests.integration.observe.services import Deployed, deployed

from entente_eventkit.telemetry import names
from entente_testkit.brokers.waiting import until
from entente_testkit.servers import collector as collectors
from entente_testkit.servers import zipkin as zipkins
from entente_testkit.servers.collector import collector, redirected
from entente_testkit.servers.kafka import native_kafka
from entente_testkit.servers.zipkin import Span, Zipkin, zipkin

SHIPPED = Path(__file__).parents[3] / "infra" / "otel" / "collector.yml"
TRACE, CALLERS_SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = f"00-{TRACE}-{CALLERS_SPAN}-01"
BATCH = "1bf7651916cd43dd8448eb211c80319d"
WITHIN = 90.0

pytestmark = pytest.mark.timeout(1500)  # the first run on a machine builds the collector


@dataclass(frozen=True)
class Traced:
    """Gateway and stability, alone over Kafka, their spans in Zipkin."""

    services: Deployed
    store: Zipkin
    reporter: Reporter
    endpoint: str


@pytest.fixture(scope="module")
def traced(lacking: Callable[[str, str | None], None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    lacking("Zipkin", zipkins.cannot_run())
    lacking("the collector", collectors.cannot_run(SHIPPED.parent / "collector"))
    folder = tmp_path_factory.mktemp("traced")
    with (
        native_kafka(folder / "kafka") as kafka,
        zipkin(folder) as store,
        collector(SHIPPED, folder, store.url) as endpoint,
        deployed(["gateway", "stability"], folder, ",".join(kafka.bootstrap), NOON, otlp_endpoint=endpoint, replicas="1") as services,
    ):
        reporter = Reporter(f"{services.urls['gateway']}/gateway", services.http)
        reporter.register(services.as_role("administrator"))
        wait(lambda: services.lag() == 0)
        yield Traced(services, store, reporter, endpoint)


def wait(holds: Callable[[], object]) -> None:
    asyncio.run(until(holds, within=WITHIN))


@pytest.fixture(scope="module")
def spans(traced: Traced) -> list[Span]:
    """The trace of one foreign event, once nothing more comes."""
    (outcome,) = traced.reporter.send(("massacre", "SDN"), headers={"traceparent": CALLER})
    assert outcome == "admitted"
    analyst = traced.services.as_role("analyst")
    warnings = f"{traced.services.urls['stability']}/stability/warnings"
    wait(lambda: traced.services.http.get(warnings, headers=analyst).json()["standing"] and traced.services.lag() == 0)
    wait(lambda: settled(traced.store, TRACE))
    return traced.store.trace(TRACE)


def settled(store: Zipkin, trace: str) -> bool:
    """Whether the trace is all there: what reads the warning's event has taken it, and every span's cause has arrived too."""
    found = store.trace(trace)
    there = {span.id for span in found} | {CALLERS_SPAN}
    return Counter(span.name for span in found)["process entente.stability"] >= 6 and all(span.parent in there for span in found)


def below(spans: list[Span]) -> Counter[tuple[str, str, str]]:
    """Each span as the service that it ran in, its name, and the name of the one that it hangs under."""
    named = {span.id: span.name for span in spans}
    return Counter((span.service, span.name, named.get(span.parent or "", "(the caller)")) for span in spans)


def test_law_6_one_foreign_events_trace_is_one_tree_over_two_processes(spans: list[Span]) -> None:
    assert below(spans) == Counter(
        {
            ("gateway", "post /gateway/events", "(the caller)"): 1,
            ("gateway", "append entente.observations", "post /gateway/events"): 1,
            ("gateway", "send entente.observations", "append entente.observations"): 1,
            ("stability", "process entente.observations", "send entente.observations"): 1,
            ("stability", "work assess-what-changed", "send entente.observations"): 1,
            ("stability", "append entente.stability", "work assess-what-changed"): 1,
            ("stability", "react warn-when-assessed", "process entente.stability"): 1,
            ("stability", "append entente.stability", "react warn-when-assessed"): 1,
            ("stability", "send entente.stability", "append entente.stability"): 2,
            ("stability", "process entente.stability", "send entente.stability"): 6,
        }
    )
    roots = [span for span in spans if span.parent == CALLERS_SPAN]
    assert len(roots) == 1
    parents = {span.id: span.parent for span in spans}
    for span in spans:
        at: str | None = span.id
        while at in parents and at != roots[0].id:
            at = parents[at]
        assert at == roots[0].id, f"{span.name} cannot be reached from the request"


def test_spans_say_what_they_are_about(spans: list[Span]) -> None:
    first: dict[str, Span] = {}
    for span in spans:
        first.setdefault(span.name, span)
    request, sending, processing = (
        first[name] for name in ("post /gateway/events", "send entente.observations", "process entente.observations")
    )
    assert [span.kind for span in (request, sending, processing)] == ["SERVER", "PRODUCER", "CONSUMER"]
    assert request.attributes[names.HTTP_STATUS] == "202"
    assert request.attributes[names.SERVICE] == "gateway"
    for span, operation in ((sending, "send"), (processing, "process")):
        assert span.attributes[names.MESSAGING_SYSTEM] == "kafka"
        assert span.attributes[names.MESSAGING_DESTINATION] == "entente.observations"
        assert span.attributes[names.MESSAGING_OPERATION] == span.attributes[names.MESSAGING_OPERATION_TYPE] == operation
        assert span.attributes[names.MESSAGING_BATCH] == "1"
        assert span.attributes[names.STREAM] == "observation/ministry/SDN"
        assert span.attributes[names.VERSION] == "1"
    assert processing.attributes[names.INSTANCE] == "observed@1"
    assert processing.attributes[names.MESSAGING_ID] == sending.attributes[names.MESSAGING_ID]
    assert processing.attributes[names.MESSAGING_CONVERSATION] == sending.attributes[names.MESSAGING_CONVERSATION] == f"{SOURCE}#massacre"
    assert first["react warn-when-assessed"].attributes[names.POLICY] == "warn-when-assessed"
    assert first["work assess-what-changed"].attributes[names.WHAT] == "SDN/2023-10-07"
    assert first["append entente.observations"].attributes[names.EVENTS] == "1"


def test_events_that_came_together_are_sent_and_processed_together_and_their_spans_point_to_each_cause(traced: Traced) -> None:
    """A batch has many causes and a span one parent: it begins a trace of its own, with a link to each."""
    outcomes = traced.reporter.send(*((f"together-{n}", "ETH") for n in range(3)), headers={"traceparent": f"00-{BATCH}-{CALLERS_SPAN}-01"})
    assert outcomes == ["admitted"] * 3
    wait(lambda: traced.services.lag() == 0)

    def appended() -> set[str]:
        return {span.id for span in traced.store.trace(BATCH) if span.name == "append entente.observations"}

    def pointing() -> list[Span]:
        everything = [span for service in ("gateway", "stability") for trace in traced.store.traces(service) for span in trace]
        return [span for span in everything if span.links and set(span.links) <= appended()]

    wait(lambda: {"send entente.observations", "process entente.observations"} <= {span.name for span in pointing()})
    sending = next(span for span in pointing() if span.name == "send entente.observations")
    assert set(sending.links) == appended()
    assert len(sending.links) == 3
    assert sending.parent is None
    assert sending.attributes[names.MESSAGING_BATCH] == "3"
    processed = [span for span in pointing() if span.name == "process entente.observations"]
    assert all(span.parent is None and span.trace != BATCH for span in processed)
    assert {link for span in processed for link in span.links} == appended()


def test_no_span_holds_a_secret_and_programs_that_look_in_leave_none(traced: Traced, spans: list[Span]) -> None:
    everything = [span for service in ("gateway", "stability") for trace in traced.store.traces(service) for span in trace]
    text = repr(everything)
    for token in traced.services.tokens.iterdir():
        assert token.read_text().strip() not in text
    assert "BEGIN" not in text
    assert "deaths" not in text
    assert not [span for span in everything if "/health" in span.name or "/metrics" in span.name]
    assert {span.service for span in everything} == {"gateway", "stability"}


def test_the_collector_that_ran_differs_from_the_shipped_one_by_its_addresses_and_its_store_only() -> None:
    def unaddressed(config: dict[str, Any]) -> dict[str, Any]:
        config["extensions"]["health_check"].pop("endpoint")
        config["receivers"]["otlp"]["protocols"]["http"].pop("endpoint")
        for store in ("zipkin", "otlp/jaeger"):
            config["exporters"].pop(store, None)
        config["service"]["pipelines"]["traces"].pop("exporters")
        config["service"]["telemetry"].pop("metrics", None)
        return config

    shipped: dict[str, Any] = yaml.safe_load(SHIPPED.read_text())
    assert shipped["service"]["pipelines"]["traces"]["exporters"] == ["otlp/jaeger"]
    assert unaddressed(redirected(SHIPPED, "http://127.0.0.1:1", 2, 3)) == unaddressed(shipped)
