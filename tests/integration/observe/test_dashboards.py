"""Every query of every dashboard is asked of a real Prometheus that watches a real platform at work."""

import asyncio
import itertools
import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.integration.observe.conftest import Platform

from entente_eventkit.telemetry import instruments
from entente_eventkit.telemetry.instruments import Kind
from entente_testkit.brokers.waiting import until
from entente_testkit.servers.prometheus import Prometheus

GRAFANA = Path(__file__).parents[3] / "infra" / "grafana"
VARIABLES = {"$service": "stability", "$process": ".*", "$topic": ".*", "$__rate_interval": "30s"}
WITHIN = 60.0

EMPTY_WHERE_ALL_IS_WELL = {
    'count by (severity) (ALERTS{alertname=~"Entente.*", alertstate="firing"})': "no alert fires",
    'sum by (instance) (rate(entente_work_retried_total{entente_what="relay"}[$__rate_interval]))': "no sending has failed",
}
"""Queries that may give nothing, and why."""


@dataclass(frozen=True)
class Query:
    board: str
    panel: str
    expression: str

    @property
    def filled(self) -> str:
        filled = self.expression
        for name, value in VARIABLES.items():
            filled = filled.replace(name, value)
        return filled


def boards() -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted((GRAFANA / "dashboards").glob("*.json"))]


def queries() -> list[Query]:
    return [
        Query(board["title"], panel["title"], target["expr"])
        for board in boards()
        for panel in board["panels"]
        for target in panel.get("targets", ())
    ]


def test_every_panel_says_what_it_shows_in_which_unit_and_lies_beside_the_others() -> None:
    for board in boards():
        taken: set[tuple[int, int]] = set()
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids)
        for panel in board["panels"]:
            name = f"{board['title']}: {panel['title']}"
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert at["x"] + at["w"] <= 24, name
            assert not cells & taken, f"{name} lies over another"
            taken |= cells
            if panel["type"] == "row":
                continue
            assert len(panel["description"]) > 20, name
            assert panel["fieldConfig"]["defaults"]["unit"], name
            assert panel["targets"], name
            assert {target["datasource"]["uid"] for target in panel["targets"]} == {"prometheus"}, name


def test_boards_have_names_of_their_own_and_the_provisioning_finds_them_and_their_sources() -> None:
    uids = [board["uid"] for board in boards()]
    assert uids == sorted({file.stem for file in (GRAFANA / "dashboards").glob("*.json")})
    sources = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "entente.yml").read_text())["datasources"]
    assert [source["uid"] for source in sources] == ["prometheus", "jaeger"]
    (provider,) = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "entente.yml").read_text())["providers"]
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards"


def test_every_metric_of_the_catalogue_is_on_a_dashboard_and_no_dashboard_asks_for_another() -> None:
    asked = set(
        re.findall(
            r"\b(?:entente|messaging|http)_[a-z_]+(?:_total|_bucket|_count|_seconds|\b)(?=[{\[)]| )",
            " ".join(q.filled + " " for q in queries()),
        )
    )
    known = {
        one.scraped + suffix for one in instruments.CATALOGUE for suffix in (("_bucket", "_count") if one.kind is Kind.HISTOGRAM else ("",))
    }
    labels = {instruments.as_label(by) for one in instruments.CATALOGUE for by in one.by}
    assert asked - labels <= known
    shown_by_gauges = {"entente_events_parked_total", "entente_records_unreadable_total"}
    assert known - asked == shown_by_gauges


def test_every_query_of_every_dashboard_is_valid_and_finds_something_after_some_activity(platform: Platform, watching: Prometheus) -> None:
    at_work(platform)
    still_empty = {query: f"{query.board}: {query.panel}: {query.filled}" for query in queries()}
    assert len(still_empty) >= 50

    reports = itertools.count()

    def all_answered() -> bool:
        platform.report(f"good-{next(reports)}", "SDN")
        platform.report(f"bad-{next(reports)}", "SDN", signed=False)
        platform.http.get("/stability/nowhere")
        platform.http.get("/stability/warnings", headers=platform.as_role("analyst"))
        for query in list(still_empty):
            if watching.query(query.filled) or query.expression in EMPTY_WHERE_ALL_IS_WELL:
                del still_empty[query]
        return not still_empty

    try:
        asyncio.run(until(all_answered, within=WITHIN))
    except TimeoutError:
        pytest.fail("these find nothing:\n" + "\n".join(still_empty.values()))


def test_what_the_variables_of_the_dashboards_offer_is_there(platform: Platform, watching: Prometheus) -> None:
    for board in boards():
        for variable in board["templating"]["list"]:
            found = re.fullmatch(r"label_values\((?P<series>.*), (?P<label>\w+)\)", variable["definition"])
            assert found is not None, variable["definition"]
            series = Query(board["title"], variable["name"], found["series"]).filled
            asyncio.run(until(lambda series=series: watching.query(series), within=WITHIN))
            assert all(sample.labels[found["label"]] for sample in watching.query(series))


def test_a_query_that_is_none_is_refused_so_that_the_test_above_would_see_it(watching: Prometheus) -> None:
    with pytest.raises(ValueError, match="parse error"):
        watching.query("sum(rate(entente_events_applied_total[30s])")


def at_work(platform: Platform) -> None:
    """Something of everything: admitted, quarantined, refused, and one batch that had to be tried again."""
    with closing(sqlite3.connect(platform.folder.database("stability"), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert platform.report("seen-1", "SDN") == "admitted"
        assert platform.report("seen-2", "SDN", signed=False) == "quarantined"
        page = platform.as_role("monitor")
        asyncio.run(until(lambda: 'entente_what="batch"' in platform.http.get("/metrics", headers=page).text, within=WITHIN))
        holder.execute("ROLLBACK")
    platform.http.get("/gateway/sources")
