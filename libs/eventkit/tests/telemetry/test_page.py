"""The page that Prometheus reads: both formats, the names that the catalogue promises, and nothing left behind."""

from collections.abc import Iterator

import prometheus_client
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from entente_eventkit import telemetry
from entente_eventkit.telemetry import instruments, metrics, setup
from entente_eventkit.telemetry.instruments import Kind, Value
from entente_eventkit.telemetry.page import OPENMETRICS, render

SCRAPER = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5"
OF_THE_PROCESS = {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"}


@pytest.fixture
def counting() -> Iterator[None]:
    telemetry.configure("test", None, scraped=True)
    yield
    telemetry.off()


def count_everything() -> None:
    metrics.appended("entente.gateway", 2)
    metrics.sent("entente.gateway", 2)
    metrics.applied("titles@1", 3)
    metrics.parked("titles@1")
    metrics.forked("titles@1")
    metrics.unreadable("entente.gateway")
    metrics.retried("batch")
    metrics.refused("forbidden")
    metrics.quarantined("unsigned")
    metrics.answered("GET", "/sources", 200, "gateway", 0.25)


def samples(accept: str, values: list[Value]) -> dict[str, list[tuple[dict[str, str], float]]]:
    body, media = render(values, accept)
    assert media.startswith(OPENMETRICS if OPENMETRICS in accept else "text/plain; version=0.0.4")
    families = list((read_openmetrics if OPENMETRICS in accept else read_text)(body.decode()))
    names = [family.name for family in families]
    assert len(set(names)) == len(names), "a family is written twice"
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


@pytest.mark.parametrize("accept", [SCRAPER, "text/plain", "*/*", ""])
def test_everything_in_the_catalogue_is_on_the_page_under_the_name_that_it_gives(counting: None, accept: str) -> None:
    count_everything()
    found = samples(accept, [Value(one, 7, tuple(f"<{by}>" for by in one.by)) for one in instruments.ASKED])
    for one in instruments.CATALOGUE:
        series = f"{one.scraped}_count" if one.kind is Kind.HISTOGRAM else one.scraped
        ((labels, value),) = found[series]
        assert labels.keys() == {instruments.as_label(by) for by in one.by}
        assert value == 7 or one.kind is not Kind.GAUGE
    assert found.keys() >= OF_THE_PROCESS


def test_a_page_asked_twice_shows_each_number_once_and_grown(counting: None) -> None:
    metrics.applied("titles@1", 3)
    assert samples(SCRAPER, [])["entente_events_applied_total"] == [({"entente_instance": "titles@1"}, 3)]
    metrics.applied("titles@1", 4)
    assert samples(SCRAPER, [])["entente_events_applied_total"] == [({"entente_instance": "titles@1"}, 7)]


def test_alarms_are_shown_as_nought_before_the_first_one(counting: None) -> None:
    metrics.expect(["titles@1"], ["entente.gateway"])
    found = samples(SCRAPER, [])
    assert found["entente_events_forked_total"] == found["entente_events_parked_total"] == [({"entente_instance": "titles@1"}, 0)]
    assert found["entente_records_unreadable_total"] == [({"messaging_destination_name": "entente.gateway"}, 0)]


def test_a_requests_seconds_fall_into_buckets_of_seconds(counting: None) -> None:
    metrics.answered("GET", "/sources", 200, "gateway", 0.03)
    buckets = {labels["le"]: value for labels, value in samples(SCRAPER, [])["http_server_request_duration_seconds_bucket"]}
    assert buckets["0.025"] == 0
    assert buckets["0.05"] == 1


def test_what_was_counted_is_gone_after_off_and_the_librarys_own_registry_was_never_used() -> None:
    telemetry.configure("test", None, scraped=True)
    count_everything()
    telemetry.off()
    assert setup.counted() is None
    assert not any(name.startswith("entente") for name in samples(SCRAPER, []))
    assert samples(SCRAPER, []).keys() >= OF_THE_PROCESS
    assert "entente" not in prometheus_client.generate_latest().decode()
    with setup.listening("test", None):
        assert "entente_events_applied_total" not in samples(SCRAPER, [])
        metrics.applied("titles@1")
        assert samples(SCRAPER, [])["entente_events_applied_total"] == [({"entente_instance": "titles@1"}, 1)]
    assert setup.counted() is None
