"""A registry of one's own, in a temporary folder, filled over its API and asked in one transaction."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from starlette.testclient import TestClient

from entente_eventkit.clock import SetClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_partnerships.app import partnerships

P = ParamSpec("P")
T = TypeVar("T")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WITHIN = 1_200.0
"""Seconds that the consequences of everything may take."""


class Registry:
    """The running service: `post` as the command sends, `ask` as its own routes ask."""

    def __init__(self, http: TestClient, runtime: ServiceRuntime, token: str) -> None:
        self._http, self.runtime, self._headers = http, runtime, {"authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON answer; raises `AssertionError` for any other."""
        answer = self._http.post(path, json=body, headers=self._headers)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str, **query: str) -> Any:
        """The JSON answer to a question."""
        answer = self._http.get(path, params=query, headers=self._headers)
        assert answer.is_success, answer.text
        return answer.json()

    def ask(self, question: Callable[Concatenate[Ask, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a question in one reading transaction."""
        with self.runtime.database.reading() as connection:
            return question(Ask(connection), *args, **kwargs)

    def settle(self) -> None:
        """Waits until every consequence is drawn."""
        deadline, quiet = time.monotonic() + WITHIN, 0
        while quiet < 2:
            assert time.monotonic() < deadline, "the registry did not come to rest"
            quiet = quiet + 1 if self._still() else 0
            time.sleep(0.02)

    def _still(self) -> bool:
        assert self._http.portal is not None
        instances: Sequence[Any] = self.runtime.instances.status(0)
        behind = sum(one.events for one in self._http.portal.call(self.runtime.lag))
        return not behind and not sum(one.marks for one in instances)


@contextmanager
def a_registry() -> Iterator[Registry]:
    """Starts one on the first day of 2026; nothing of it is left behind."""
    with tempfile.TemporaryDirectory(prefix="entente-check-") as folder:
        address = f"sqlite:///{Path(folder) / 'registry.sqlite'}"
        runtime = ServiceRuntime(partnerships, address, SharedLog(EmbeddedLog()), SetClock(NOW), migrates=True)
        door = make_tokens(Path(folder) / "tokens")
        with TestClient(mount([build_app(partnerships, runtime, door=door)])) as http:
            yield Registry(http, runtime, read_token(Path(folder) / "tokens", "officer"))
