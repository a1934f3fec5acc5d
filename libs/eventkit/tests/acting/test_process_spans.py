"""One trace follows the causes: what is processed, reacted to, worked off."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit import telemetry
from entente_eventkit.acting.worker import work_marks
from entente_eventkit.telemetry.chain import ELSEWHERE, Seen, chain
from entente_testkit.history import batch_of, recorded, records_of
from entente_testkit.specimen import counts, report, specimen, warn_of_deaths, worker
from entente_testkit.suites.running import feed_all, running

ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ASIDE = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.configure("test", None, exporter)
    yield exporter
    telemetry.off()


@pytest.fixture
def service(tmp_path):
    with running(specimen, tmp_path, "embedded") as service:
        yield service


def seen(spans):
    return [span for span in chain(spans.get_finished_spans()) if not span.name.startswith("append")]


def test_law_6_a_batch_of_one_event_hangs_under_it_and_the_reaction_under_the_batch(service, spans):
    feed_all(service.instances(warn_of_deaths), [recorded(report(1, deaths=1), "a", 1, traceparent=ABOVE)])
    assert chain(spans.get_finished_spans()) == [
        Seen("process entente.observations", ELSEWHERE),
        Seen("react warn-of-deaths", "process entente.observations"),
        Seen("append entente.stability", "react warn-of-deaths"),
    ]


def test_law_6_a_batch_of_many_is_linked_to_each_and_each_reaction_hangs_under_its_own_event(service, spans):
    events = [recorded(report(1, deaths=1), "a", 1, traceparent=ABOVE), recorded(report(2), "b", 1, traceparent=ASIDE)]
    feed_all(service.instances(warn_of_deaths), events)
    assert sorted(seen(spans), key=repr) == sorted(
        [
            Seen("process entente.observations", None, (ELSEWHERE, ELSEWHERE)),
            Seen("react warn-of-deaths", ELSEWHERE),
            Seen("react warn-of-deaths", ELSEWHERE),
        ],
        key=repr,
    )


def test_a_replay_begins_a_trace_of_its_own_linked_to_the_old_one(service, spans):
    instances = service.instances(counts)
    (record,) = records_of([recorded(report(1), "a", 1, traceparent=ABOVE)])
    instances.feed(batch_of(OBSERVATIONS.name, [record]), only="counts@1")
    assert seen(spans) == [Seen("process entente.observations", None, (ELSEWHERE,))]


def test_a_batch_of_many_names_no_more_than_64_links(service, spans):
    instances = service.instances(counts)
    events = [recorded(report(n), f"s{n}", 1, traceparent=ABOVE) for n in range(70)]
    instances.feed(batch_of(OBSERVATIONS.name, records_of([*events, recorded(report(1), "untraced", 1)])))
    (span,) = spans.get_finished_spans()
    assert len(span.links) == 64
    assert span.attributes["messaging.batch.message_count"] == 71
    assert span.attributes["entente.instance"] == "counts@1"


def test_law_6_work_hangs_under_the_last_event_that_asked_and_is_linked_to_the_others(service, spans):
    events = [recorded(report(1), "a", 1, traceparent=ABOVE), recorded(report(2), "b", 1, traceparent=ASIDE)]
    feed_all(service.instances(counts), events)
    spans.clear()
    work_marks(service.database, service.store, service.clock, worker)
    assert chain(spans.get_finished_spans()) == [
        Seen("work warn-of-reports", ELSEWHERE, (ELSEWHERE,)),
        Seen("append entente.stability", "work warn-of-reports"),
    ]
