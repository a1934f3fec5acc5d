"""The registry as it lives: on an embedded log and a database of its own, behind its API, on a clock that a test moves."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_eventkit.store.duties import fallen_due
from entente_partnerships.app import partnerships

WITHIN = 60.0
"""Seconds that consequences may take on a busy machine."""


class Desk:
    """A desk officer and an analyst at the registry."""

    def __init__(self, http: TestClient, runtime: ServiceRuntime, tokens: Path) -> None:
        self.http, self.runtime = http, runtime
        self._tokens = {role: read_token(tokens, role) for role in ("analyst", "officer", "operator")}

    @property
    def clock(self) -> SetClock:
        clock = self.runtime.clock
        assert isinstance(clock, SetClock)
        return clock

    def as_role(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self._tokens[role]}"}

    def ask(self, method: str, path: str, role: str = "officer", **more: Any) -> httpx2.Response:
        headers = {**self.as_role(role), **more.pop("headers", {})}
        response: httpx2.Response = self.http.request(method, f"/partnerships{path}", headers=headers, **more)
        return response

    def get(self, path: str, *, status: int = 200, **params: Any) -> Any:
        answer = self.ask("GET", path, "analyst", **({"params": params} if params else {}))
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any, *, status: int = 201, **headers: str) -> Any:
        answer = self.ask("POST", path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def open(self, agreement: str, on: str, **terms: Any) -> None:
        self.post("/agreements", {"agreement": agreement, "terms": {"title": agreement.title(), **terms}, "on": on})

    def act(self, agreement: str, act: str, on: str | None = None, *, status: int = 201, **said: Any) -> Any:
        body = {"act": act, **({"on": on} if on else {}), **said}
        return self.post(f"/agreements/{agreement}/acts", body, status=status)

    def member(self, body: str, act: str, on: str, **said: Any) -> Any:
        return self.post(f"/bodies/{body}/acts", {"act": act, "on": on, **said})

    def go_to(self, day: str) -> None:
        """Moves the clock to noon of a day and waits for what falls due by then."""
        self.settle()
        self.clock.set(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=12))
        self.runtime.wake()
        self.settle()

    def settle(self) -> None:
        """Waits until every consequence is drawn."""
        deadline = time.monotonic() + WITHIN
        quiet = 0
        while quiet < 2:
            assert time.monotonic() < deadline, "the registry did not come to rest"
            quiet = quiet + 1 if self._still() else 0

    def _still(self) -> bool:
        assert self.http.portal is not None
        behind = sum(one.events for one in self.http.portal.call(self.runtime.lag))
        marks = sum(one.marks for one in self.runtime.instances.status(0))
        with self.runtime.database.reading() as connection:
            due = fallen_due(connection, self.clock.now(), 1, None)
        if behind or marks or due:
            time.sleep(0.01)
        return not (behind or marks or due)

    def told(self, agreement: str) -> list[Any]:
        """What was told of an agreement, in order."""
        with self.runtime.database.reading() as connection:
            return [event.data for event in self.runtime.store.stream(connection, PARTNERSHIPS, f"binding/{agreement}")]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(tmp_path, datetime(2026, 1, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from a_desk(tmp_path_factory.mktemp("desk"), datetime(2026, 1, 1, 12, tzinfo=UTC))


def a_desk(folder: Path, now: datetime) -> Iterator[Desk]:
    address = f"sqlite:///{folder / 'registry.sqlite'}"
    runtime = ServiceRuntime(partnerships, address, SharedLog(EmbeddedLog()), SetClock(now), migrates=True)
    door = make_tokens(folder / "tokens")
    with TestClient(mount([build_app(partnerships, runtime, door=door)])) as http:
        yield Desk(http, runtime, folder / "tokens")
