"""`/metrics`: who may read it, what it asks the service for, and that it answers also where the service does not."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from entente_eventkit import telemetry
from entente_eventkit.shell.measuring import Measuring
from entente_eventkit.shell.running import Lag
from entente_eventkit.telemetry.instruments import HALTED, LAG, READY, SCRAPE_ERRORS, Instrument, Value

OPENMETRICS = {"accept": "application/openmetrics-text; version=1.0.0"}


@pytest.fixture
def monitor(client: Any) -> httpx2.AsyncClient:
    made: httpx2.AsyncClient = client("monitor")
    return made


async def scraped(monitor: httpx2.AsyncClient) -> dict[str, dict[tuple[str, ...], float]]:
    """What the page says: by name, by the values of its labels, which are in the order of their names."""
    answer = await monitor.get("/metrics", headers=OPENMETRICS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def one(values: list[Value], of: Instrument, *by: str) -> float:
    (found,) = [value.now for value in values if value.of is of and value.by == by]
    return found


async def test_only_who_may_read_metrics_gets_the_page_and_a_monitor_gets_nothing_else(client: Any) -> None:
    for role, status in ((None, 401), ("analyst", 403), ("officer", 403), ("monitor", 200), ("operator", 200)):
        assert (await client(role).get("/metrics")).status_code == status, role
    assert (await client("monitor").get("/register/ops/lag")).status_code == 403
    assert (await client("monitor").get("/register/sources")).status_code == 403
    assert (await client("monitor").get("/health/ready")).status_code == 200


async def test_the_page_shows_store_instances_lag_and_readiness(
    monitor: httpx2.AsyncClient, administrator: httpx2.AsyncClient, running: Any
) -> None:
    for name in ("good", "bad"):
        await administrator.post(f"/register/sources/{name}", json={"title": "poison" if name == "bad" else "UCDP"})
    running.feed()
    found = await scraped(monitor)
    assert found["entente_store_position"] == {("register",): 2}
    assert found["entente_parked_events"] == {("titles@1", "poison", "register"): 1, ("titles@1", "waiting", "register"): 0}
    assert found["entente_lag_events"] == {("titles@1", "register", "entente.gateway"): 3}
    assert found["entente_lag_seconds"] == {("titles@1", "register", "entente.gateway"): 1.5}
    assert found["entente_ready"] == {("register",): 1}
    assert found["entente_store_halted"] == {("register",): 0}
    assert found["entente_scrape_errors"] == {("register", what): 0 for what in ("store", "lag", "readiness")}
    assert list(found["entente_build_info"].values()) == [1]
    running.reasons = ["it has a cold"]
    running.store.halt("it is older than its log")
    found = await scraped(monitor)
    assert found["entente_ready"] == {("register",): 0}
    assert found["entente_store_halted"] == {("register",): 1}


async def test_the_page_names_no_stream_no_subject_and_no_secret(
    monitor: httpx2.AsyncClient, administrator: httpx2.AsyncClient, running: Any, tokens: Any
) -> None:
    with telemetry.setup.listening("test", None):
        await administrator.post("/register/sources/very-own-name", json={"title": "poison"})
        running.feed()
        text = (await monitor.get("/metrics")).text
    assert "entente_events_parked_total" in text
    assert "very-own-name" not in text
    assert not re.search(r"request/|role/|poison: |sqlite", text)
    for token in tokens.iterdir():
        assert token.read_text().strip() not in text


async def test_a_database_that_is_away_is_told_by_a_gauge_and_never_by_a_500(
    monitor: httpx2.AsyncClient, running: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: Any) -> Any:
        raise ConnectionError("password=hunter2")

    monkeypatch.setattr(running.database, "read", away)
    running.broken = ConnectionError("password=hunter2")
    found = await scraped(monitor)
    assert found["entente_scrape_errors"] == {("register", "store"): 1, ("register", "lag"): 0, ("register", "readiness"): 1}
    assert "entente_store_position" not in found
    assert "entente_ready" not in found
    assert found["entente_lag_events"]
    assert "hunter2" not in caplog.text


async def test_a_log_that_hangs_holds_up_no_page_and_is_asked_once_however_often_the_page_is_read(running: Any) -> None:
    asked = 0
    go_on = asyncio.Event()

    async def hanging() -> list[Lag]:
        nonlocal asked
        asked += 1
        await go_on.wait()
        return [Lag("titles@1", "entente.gateway", 0, 0.0)]

    running.lag = hanging
    measuring = Measuring("register", running, within=0.05)
    for _ in range(3):
        values = await measuring.values()
        assert one(values, SCRAPE_ERRORS, "register", "lag") == 1
        assert one(values, READY, "register") == 1
        assert not [value for value in values if value.of is LAG]
    assert asked == 1
    go_on.set()
    await asyncio.sleep(0)
    values = await measuring.values()
    assert one(values, SCRAPE_ERRORS, "register", "lag") == 0
    assert one(values, LAG, "register", "titles@1", "entente.gateway") == 0
    go_on.clear()
    await measuring.values()
    await measuring.stop()
    assert one(await Measuring("register", running, within=0.05).values(), HALTED, "register") == 0


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.configure("test", None, exporter)
    yield exporter
    telemetry.off()


async def test_programs_that_look_in_all_day_leave_no_traces(
    spans: InMemorySpanExporter, monitor: httpx2.AsyncClient, anyone: httpx2.AsyncClient
) -> None:
    await monitor.get("/metrics")
    for address in ("/health/live", "/health/ready", "/register/health/live", "/register/health/ready"):
        await anyone.get(address)
    assert spans.get_finished_spans() == ()
    await anyone.get("/problems")
    assert [span.name for span in spans.get_finished_spans()] == ["GET /problems"]


def test_an_application_whose_page_was_never_asked_for_has_not_imported_prometheus() -> None:
    code = "import sys; from entente_eventkit.shell import mounting\nsys.exit(any('prometheus' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
