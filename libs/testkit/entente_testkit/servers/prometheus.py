"""Debian's Prometheus on loopback, with the configuration that is shipped, only hastened."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

from entente_testkit.servers.processes import a_free_port, answers, running

EVERY = "1s"
"""How often the hastened one scrapes and judges."""

PATIENCE = {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY}


def cannot_run() -> str | None:
    """Why there is no Prometheus on this machine; None where there is one."""
    missing = [program for program in ("prometheus", "promtool") if shutil.which(program) is None]
    return f"{' and '.join(missing)} missing; install Debian's package prometheus" if missing else None


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of an answer, with its labels."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server, asked over its API."""

    url: str
    http: httpx2.Client

    def query(self, expression: str) -> list[Sample]:
        """What an expression gives now; raises `ValueError` where it is none."""
        answer = self._get("query", {"query": expression})
        found = answer["result"] if answer["resultType"] == "vector" else [{"metric": {}, "value": answer["result"]}]
        return [Sample(one["metric"], float(one["value"][1])) for one in found]

    def firing(self) -> dict[str, list[Mapping[str, str]]]:
        """The labels of all alerts that fire, by the alert's name."""
        found: dict[str, list[Mapping[str, str]]] = {}
        for alert in self._get("alerts", {})["alerts"]:
            if alert["state"] == "firing":
                found.setdefault(alert["labels"]["alertname"], []).append(alert["labels"])
        return found

    def targets(self) -> dict[str, str]:
        """The state of each target (`up`, `down`, `unknown`), by its address."""
        return {one["labels"]["instance"]: one["health"] for one in self._get("targets", {"state": "active"})["activeTargets"]}

    def rules(self) -> list[str]:
        """The names of all rules that are loaded."""
        return [rule["name"] for group in self._get("rules", {})["groups"] for rule in group["rules"]]

    def _get(self, what: str, asked: Mapping[str, str]) -> Any:
        answer = self.http.get(f"/api/v1/{what}", params=dict(asked)).json()
        if answer["status"] != "success":
            raise ValueError(f"{asked}: {answer['error']}")
        return answer["data"]


def hasten(shipped: Path, folder: Path, targets: Sequence[str], token: str, port: int) -> Path:
    """Writes the shipped configuration into a folder with other targets and token, and less patience; gives the file to load.

    What else is shipped stays as it is, which `unhurried` shows.
    """
    for name in ("rules", "targets", "secrets"):
        (folder / name).mkdir(parents=True)
    config = yaml.safe_load((shipped / "prometheus.yml").read_text())
    config["global"] |= PATIENCE
    for job in config["scrape_configs"]:
        if "static_configs" in job:
            job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config, sort_keys=False))
    for file in sorted((shipped / "rules").glob("*.yml")):
        rules = yaml.safe_load(file.read_text())
        for rule in (rule for group in rules["groups"] for rule in group["rules"] if "for" in rule):
            rule["for"] = EVERY
        (folder / "rules" / file.name).write_text(yaml.safe_dump(rules, sort_keys=False))
    (folder / "targets" / "entente.yml").write_text(yaml.safe_dump([{"targets": list(targets)}]))
    secret = folder / "secrets" / "monitor.token"
    secret.touch(mode=0o600)
    secret.write_text(token)
    return folder / "prometheus.yml"


def unhurried(folder: Path) -> dict[str, Any]:
    """A configuration with its rules, by file, without its intervals and its own address: what shipped and hastened have in common."""
    config = yaml.safe_load((folder / "prometheus.yml").read_text())
    for name in PATIENCE:
        del config["global"][name]
    for job in config["scrape_configs"]:
        job.pop("static_configs", None)
    found = {"prometheus.yml": config}
    for file in sorted((folder / "rules").glob("*.yml")):
        rules = yaml.safe_load(file.read_text())
        for rule in (rule for group in rules["groups"] for rule in group["rules"]):
            rule.pop("for", None)
        found[file.name] = rules
    return found


@contextmanager
def prometheus(shipped: Path, folder: Path, targets: Sequence[str], token: str) -> Iterator[Prometheus]:
    """Prometheus with the configuration in `shipped`, scraping `targets` (host:port) with a token; its data goes with the folder."""
    port = a_free_port()
    config = hasten(shipped, folder, targets, token, port)
    url = f"http://127.0.0.1:{port}"
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]

    with running(command, folder / "output", lambda: answers(f"{url}/-/ready")), httpx2.Client(base_url=url, timeout=30.0) as http:
        yield Prometheus(url, http)
