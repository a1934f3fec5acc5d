"""The stability service behind its API, on databases of its own, without a broker."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.running import Lag, Progress
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_stability.app import stability
from entente_stability.testing.events import day, reported, retracted, revised
from entente_stability.testing.line import Line


@dataclass
class Quiet:
    """What the shell wants of a runtime; the log is left out, and a test feeds the instances itself."""

    line: Line

    @property
    def database(self) -> Database:
        return self.line.database

    @property
    def store(self) -> EventStore:
        return self.line.store

    @property
    def clock(self) -> SetClock:
        return self.line.clock

    @property
    def instances(self) -> Instances:
        return self.line.instances

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def wake(self) -> None: ...

    async def ready(self) -> Sequence[str]:
        return []

    async def lag(self) -> Sequence[Lag]:
        return []

    async def redrive(self, instance: str, topic: str | None = None, stream: str | None = None, *, trial: bool = False) -> int:
        raise NotImplementedError

    async def rebuild(self, projection: str, progress: Progress, *, check: bool) -> Sequence[str]:
        raise NotImplementedError


@dataclass
class Asking:
    """Asks the application, which runs in a loop of its own, as an analyst unless told otherwise."""

    portal: BlockingPortal
    http: httpx2.AsyncClient
    app: Any
    token: str

    def get(self, path: str, *, status: int = 200, **params: Any) -> Any:
        response = self.portal.call(functools.partial(self.http.get, f"/stability{path}", params=params))
        assert response.status_code == status, response.text
        return response.json()

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Every page of a listing, by its `Link` headers."""
        response = self.portal.call(functools.partial(self.http.get, f"/stability{path}", params=params))
        while True:
            assert response.status_code == 200, response.text
            yield response.json()
            following = response.links.get("next")
            if following is None:
                return
            response = self.portal.call(functools.partial(self.http.get, following["url"]))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    opened = Line(tmp_path, datetime(2023, 10, 1, tzinfo=UTC))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Four days: a war in Sudan, a border incident, one correction, and a second source that saw less."""
    line = Line(tmp_path_factory.mktemp("october"), datetime(2023, 10, 1, tzinfo=UTC))
    line.admit(*(reported(f"s{n}", on=day(1), deaths=5 * n) for n in range(1, 6)))
    line.admit(reported("x", on=day(1), deaths=7), source="acled")
    line.admit(reported("p", country="LBN", on=day(1), deaths=2, states=("ISR", "LBN")))
    line.settle()
    line.sleep(2)
    line.admit(revised("s5", on=day(1), deaths=500), retracted("s1"))
    line.settle()
    line.sleep(1)
    yield line
    line.close()


@pytest.fixture(scope="module")
def api(october: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    tokens = tmp_path_factory.mktemp("tokens")
    app = mount([build_app(stability, Quiet(october), door=make_tokens(tokens))])
    token = read_token(tokens, "analyst")
    headers = {"Authorization": f"Bearer {token}"}
    with start_blocking_portal() as portal:
        transport = httpx2.ASGITransport(app)
        client = httpx2.AsyncClient(transport=transport, base_url="http://stability.test", headers=headers)
        yield Asking(portal, client, app, token)
        portal.call(client.aclose)
