"""Services as they are deployed: a process each, alone, over a real Kafka."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from entente_eventkit.shell.tokens import read_token
from entente_testkit.servers.processes import a_free_port, answers, running


@dataclass(frozen=True)
class Deployed:
    """The processes' addresses, by service, and the folder with the tokens that they share."""

    urls: dict[str, str]
    tokens: Path
    http: httpx2.Client

    def as_role(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {read_token(self.tokens, role)}"}

    def lag(self) -> int:
        """How many records all instances are behind."""
        asked = [self.http.get(f"{url}/{name}/ops/lag", headers=self.as_role("operator")) for name, url in self.urls.items()]
        return sum(row["events"] for answer in asked for row in answer.json())


@contextmanager
def deployed(names: Sequence[str], folder: Path, bootstrap: str, clock: datetime, **more: str) -> Iterator[Deployed]:
    """Runs services, each migrated and alone, until the block ends; `more`: further settings of each."""
    with ExitStack() as stack:
        http = stack.enter_context(httpx2.Client(timeout=30.0))
        made = Deployed({name: f"http://127.0.0.1:{a_free_port()}" for name in names}, folder / "tokens", http)
        for name, url in made.urls.items():
            settings = {
                "DATABASE_URL": f"sqlite:///{folder / name}.sqlite",
                "BOOTSTRAP": bootstrap,
                "TOKENS_FILE": str(made.tokens),
                "PORT": url.rpartition(":")[2],
                "CLOCK": clock.isoformat(),
                **{key.upper(): value for key, value in more.items()},
            }
            environment = os.environ | {f"ENTENTE_{name.upper()}_{key}": value for key, value in settings.items()}
            command = [sys.executable, "-m", f"entente_{name}.service"]
            migrating = subprocess.run([*command, "migrate"], env=environment, capture_output=True, text=True, check=False, timeout=120)
            assert migrating.returncode == 0, migrating.stderr
            stack.enter_context(
                running(
                    command,
                    folder / f"{name}.output",
                    lambda url=url: answers(f"{url}/health/ready"),
                    environment=environment,
                    within=120.0,
                )
            )
        yield made
