"""A foreign system that publishes to the platform by docker compose, and how what became of it is asked."""

import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx2

from entente_client import Publication, Publisher
from entente_contracts.events.observations import DatePrecision, Deaths, Kind, ObservationReported, Vocabulary, What, When, Where
from entente_eventkit.clock import SystemClock
from entente_platform.command.keys import keyid_of, make_key
from entente_testkit.servers.compose import WITHIN, Compose, told

URI = "https://desk.test/observations"


class Desk:
    """A foreign system with a registered key, and what it sent so far."""

    def __init__(self, compose: Compose, folder: Path) -> None:
        self.compose, self.sent = compose, 0
        self._key = folder / "desk.pem"
        self._public = make_key(self._key)

    def register(self) -> None:
        keys = [{"keyid": keyid_of(self._public), "algorithm": "ed25519", "pem": self._public.decode()}]
        rights = {"types": ["entente.observations.reported"], "countries": ["SDN"]}
        asked = {"name": "desk", "uri": URI, "title": "Desk", "rights": rights, "keys": keys, "because": "a test"}
        answer = ask(self.compose, "gateway", "POST", "/gateway/sources", "administrator", json=asked)
        assert answer.status_code == 201, answer.text

    def publish(self, count: int, country: str = "SDN") -> list[str]:
        """Sends so many observations of today, and gives the outcomes."""
        events = [Publication.reporting(self._observation(country)) for _ in range(count)]
        with Publisher(self.compose.url("gateway"), URI, self._key.read_bytes(), keyid_of(self._public)) as publisher:
            return [receipt.outcome.value for receipt in publisher.publish(events)]

    def _observation(self, country: str) -> ObservationReported:
        self.sent += 1
        today = SystemClock().now().astimezone(UTC).date()
        return ObservationReported(
            observation=f"desk-{self.sent}",
            kind=Kind.MATERIAL_CONFLICT,
            what=What(vocabulary=Vocabulary.CAMEO, code="193"),
            where=Where(country=country),
            when=When(first=today, last=today, precision=DatePrecision.DAY),
            deaths=Deaths(low=1, best=1, high=1),
        )


def ask(compose: Compose, service: str, method: str, path: str, role: str, number: int = 1, **request: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {(compose.tokens / f'{role}.token').read_text().strip()}"}
    return httpx2.request(method, f"{compose.url(service, number)}{path}", headers=headers, timeout=30.0, **request)


def observations(compose: Compose, number: int = 1) -> int:
    """How many observations stand behind Sudan's score, by one of the stability service's containers."""
    answer = ask(compose, "stability", "GET", "/stability/countries/SDN", "analyst", number).raise_for_status().json()
    return answer["coverage"]["observations"] if answer["watched"] else 0


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN / 2
    while not holds():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.2)


def logs(container: str) -> str:
    """What a container said, to stdout and stderr."""
    return told(Path(), "sh", "-c", f"docker logs {container} 2>&1")
