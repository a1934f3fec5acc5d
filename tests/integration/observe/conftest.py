"""A platform on a set clock, watched by a real Prometheus."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec.http import to_batch, to_binary
from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.strict_json import canonical
from entente_eventkit.shell.tokens import read_token
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder
from entente_testkit.servers import prometheus as server
from entente_testkit.servers.prometheus import Prometheus

NOON = datetime(2023, 10, 7, 12, tzinfo=UTC)
SHIPPED = Path(__file__).parents[3] / "infra" / "prometheus"
SOURCE = "https://ministry.example/reports"


class Reporter:
    """A foreign system that reports violence to a gateway."""

    def __init__(self, gateway: str, http: httpx2.Client) -> None:
        self.gateway, self.http = gateway, http
        self._private, self._public = signature.generate_key(KeyAlgorithm.ED25519)

    def register(self, administrator: dict[str, str]) -> None:
        """Has itself registered as a source."""
        asked = {
            "name": "ministry",
            "uri": SOURCE,
            "party": "SDN",
            "title": "A ministry",
            "rights": {"types": ["entente.observations.reported"], "countries": None},
            "keys": [{"keyid": "k1", "algorithm": "ed25519", "pem": self._public.decode()}],
            "because": "an agreement",
        }
        registered = self.http.post(f"{self.gateway}/sources", headers=administrator, json=asked)
        assert registered.status_code == 201, registered.text

    def send(self, *reports: tuple[str, str], signed: bool = True, headers: dict[str, str] | None = None) -> list[str]:
        """Publishes reports (id, country) in one request; gives the outcome of each."""
        events = [self._event(report, country, signed=signed) for report, country in reports]
        sent, body = to_binary(events[0]) if len(events) == 1 else to_batch(events)
        answer = self.http.post(f"{self.gateway}/events", content=body, headers={**sent, **(headers or {})})
        return [receipt["outcome"] for receipt in answer.json()["receipts"]]

    def _event(self, id: str, country: str, *, signed: bool) -> CloudEvent:
        data: dict[str, Any] = {
            "observation": id,
            "kind": "material_conflict",
            "what": {"vocabulary": "ucdp", "code": "1"},
            "where": {"country": country},
            "when": {"first": "2023-10-07", "last": "2023-10-07", "precision": "day"},
            "deaths": {"low": 900, "best": 1000, "high": 1100},
        }
        attributes = {
            "specversion": "1.0",
            "id": id,
            "source": SOURCE,
            "type": "entente.observations.reported.v2",
            "datacontenttype": "application/json",
            "time": "2023-10-07T10:00:00Z",
        }
        event = CloudEvent(attributes, canonical(data))
        return signature.sign(event, self._private, "k1") if signed else event


@dataclass(frozen=True)
class Platform:
    """A running platform as its operators, and the one source that reports to it, reach it."""

    folder: DataFolder
    http: httpx2.Client
    reporter: Reporter

    def as_role(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {read_token(self.folder.tokens, role)}"}

    def report(self, id: str, country: str, *, signed: bool = True) -> str:
        """Has one report published; gives its outcome."""
        (outcome,) = self.reporter.send((id, country), signed=signed)
        return outcome

    def lag(self) -> dict[str, int]:
        """How many events each instance of all services is behind, over all topics."""
        found: dict[str, int] = {}
        for service in ("gateway", "partnerships", "stability"):
            for row in self.http.get(f"/{service}/ops/lag", headers=self.as_role("operator")).json():
                found[row["instance"]] = found.get(row["instance"], 0) + row["events"]
        return found

    def pass_time(self, by: timedelta) -> None:
        """Moves the platform's clock."""
        now = datetime.fromisoformat(self.http.get("/ops/clock", headers=self.as_role("operator")).json()["now"])
        moved = self.http.post("/ops/clock", headers=self.as_role("operator"), json={"now": (now + by).isoformat()})
        assert moved.status_code == 200, moved.text

    def redrive(self, service: str) -> None:
        """Tries again whatever lies parked in a service."""
        operator = self.as_role("operator")
        for parked in self.http.get(f"/{service}/ops/parked", headers=operator).json():
            done = self.http.post(f"/{service}/ops/redrive", headers=operator, json={"instance": parked["instance"]})
            assert done.status_code == 200, done.text


@pytest.fixture(scope="session")
def lacking(request: pytest.FixtureRequest) -> Callable[[str, str | None], None]:
    """Ends a test for what this machine lacks: says so and skips it, or fails it where everything must run."""
    end = pytest.fail if request.config.getoption("--every-column", default=False) else pytest.skip

    def judge(what: str, why: str | None) -> None:
        if why is not None:
            end(f"{what} cannot run here: {why}")

    return judge


@pytest.fixture(scope="session")
def promtool(lacking: Callable[[str, str | None], None]) -> str:
    """The program that checks what Prometheus is to load."""
    lacking("Prometheus", server.cannot_run())
    return "promtool"


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """All services in one process, with one source registered."""
    with platform_of_ones_own(NOON) as folder, httpx2.Client(base_url=str(folder.url()), timeout=30.0) as http:
        made = Platform(folder, http, Reporter(f"{folder.url()}/gateway", http))
        made.reporter.register(made.as_role("administrator"))
        yield made


@pytest.fixture(scope="module")
def watching(promtool: str, platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus with the shipped rules, scraping the platform as its monitor."""
    target = urlsplit(str(platform.folder.url())).netloc
    token = read_token(platform.folder.tokens, "monitor")
    with server.prometheus(SHIPPED, tmp_path_factory.mktemp("prometheus"), [target], token) as running:
        yield running
