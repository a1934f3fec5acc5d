"""A real Prometheus with the shipped rules watches a real platform: alerts fire when something is wrong, and end when it is mended."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import yaml
from tests.integration.observe.conftest import SHIPPED, Platform

from entente_eventkit.shell.tokens import read_token
from entente_platform.app import SERVICES
from entente_testkit.brokers.waiting import until
from entente_testkit.servers.prometheus import Prometheus, Sample, hasten, unhurried

WITHIN = 60.0
POISON = """\
CREATE TRIGGER poison BEFORE INSERT ON observed_bucket WHEN NEW.country = 'SYR' BEGIN SELECT RAISE(ABORT, 'poison'); END
"""


def wait(holds: Callable[[], object]) -> None:
    asyncio.run(until(holds, within=WITHIN))


def test_the_shipped_configuration_and_rules_are_valid_and_each_alert_is_tried_by_promtool(promtool: str, tmp_path: Path) -> None:
    hasten(SHIPPED, tmp_path, ["127.0.0.1:1"], "token", 2)
    for command in (
        [promtool, "check", "config", "--lint=all", "--lint-fatal", str(tmp_path / "prometheus.yml")],
        [promtool, "check", "rules", "--lint=all", "--lint-fatal", str(SHIPPED / "rules" / "entente.yml")],
        [promtool, "test", "rules", str(SHIPPED / "tests" / "entente_test.yml")],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_tests_load_is_what_is_shipped_but_for_its_patience_and_its_targets(tmp_path: Path) -> None:
    hasten(SHIPPED, tmp_path, ["127.0.0.1:1"], "token", 2)
    assert unhurried(tmp_path) == unhurried(SHIPPED)


def test_every_service_is_a_target_under_the_name_that_it_has_in_a_deployment() -> None:
    (targets,) = yaml.safe_load((SHIPPED / "targets" / "entente.yml").read_text())
    assert targets["targets"] == [f"{service.name}:8600" for service in SERVICES]


def test_every_alert_has_its_severity_says_what_to_do_and_has_a_section_in_the_guide() -> None:
    guide = (SHIPPED.parents[1] / "docs" / "operating.md").read_text()
    rules = yaml.safe_load((SHIPPED / "rules" / "entente.yml").read_text())
    tried = (SHIPPED / "tests" / "entente_test.yml").read_text()
    alerts = [rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule]
    for alert in alerts:
        name = alert["alert"]
        assert alert["labels"]["severity"] in {"critical", "warning"}, name
        assert alert["annotations"].keys() == {"summary", "description", "runbook"}, name
        assert alert["annotations"]["runbook"] == f"docs/operating.md#{name.lower()}"
        assert f"\n### {name}\n" in guide, name
        assert name in tried, f"promtool never tries {name}"
    assert [line[4:] for line in guide.splitlines() if line.startswith("### Entente")] == [alert["alert"] for alert in alerts]


def test_every_rule_is_loaded_and_the_platform_is_scraped_as_a_monitor(platform: Platform, watching: Prometheus) -> None:
    wait(lambda: set(watching.targets().values()) == {"up"})
    rules = yaml.safe_load((SHIPPED / "rules" / "entente.yml").read_text())
    shipped = [rule.get("alert", rule.get("record")) for group in rules["groups"] for rule in group["rules"]]
    assert sorted(watching.rules()) == sorted(shipped)
    assert {sample.labels["entente_service"] for sample in watching.query("entente_ready == 1")} == {"gateway", "partnerships", "stability"}
    operator = read_token(platform.folder.tokens, "operator")
    assert operator not in (platform.http.get("/metrics", headers=platform.as_role("monitor"))).text


def test_an_alert_for_lag_fires_while_a_services_database_is_held_and_ends_when_it_is_let_go(
    platform: Platform, watching: Prometheus
) -> None:
    wait(lambda: not any(platform.lag().values()) and not watching.firing())
    with closing(sqlite3.connect(platform.folder.database("stability"), isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert platform.report("held", "SDN") == "admitted"
        wait(lambda: platform.lag()["observed@1"])
        platform.pass_time(timedelta(minutes=5))
        wait(lambda: "EntenteLag" in watching.firing())
        found = {labels["entente_instance"]: labels for labels in watching.firing()["EntenteLag"]}
        assert found["observed@1"] == {
            "alertname": "EntenteLag",
            "severity": "warning",
            "entente_service": "stability",
            "entente_instance": "observed@1",
            "messaging_destination_name": "entente.observations",
        }
        lag = [sample.value for sample in watching.query('entente_lag_seconds{entente_instance="observed@1"}') if sample.value]
        assert max(lag) >= 300
        assert "EntenteFarBehind" not in watching.firing()
        holder.execute("ROLLBACK")
    wait(lambda: not any(platform.lag().values()))
    wait(lambda: not watching.firing())


def test_an_alert_for_parked_events_fires_at_poison_and_ends_after_the_redrive(platform: Platform, watching: Prometheus) -> None:
    wait(lambda: not any(platform.lag().values()) and not watching.firing())
    stability = platform.folder.database("stability")
    change(
        stability,
        "CREATE TRIGGER poison BEFORE INSERT ON observed_bucket WHEN NEW.country = 'SYR' BEGIN SELECT RAISE(ABORT, 'poison'); END",
    )
    assert platform.report("bad", "SYR") == "admitted"
    assert platform.report("good", "ETH") == "admitted"
    wait(lambda: "EntenteEventsParked" in watching.firing())
    assert watching.firing()["EntenteEventsParked"] == [
        {"alertname": "EntenteEventsParked", "severity": "warning", "entente_service": "stability", "entente_instance": "observed@1"}
    ]
    assert watching.query('sum(entente_parked_events{entente_reason="poison"})') == [Sample({}, 1)]
    change(stability, "DROP TRIGGER poison")
    platform.redrive("stability")
    wait(lambda: not any(platform.lag().values()) and not watching.firing())


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=WITHIN)) as connection, connection:
        connection.execute(statement)
