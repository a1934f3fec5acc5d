"""The platform by docker compose, for tests: a project of its own, its own secret files, free ports, nothing left at the end."""

import json
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMAGE = "entente"
WITHIN = 500
"""Seconds that a step may take on a loaded machine."""


@dataclass(frozen=True, slots=True)
class Compose:
    """One project of a checkout: its name, the folder of its secret files, what is laid over docker-compose.yml.

    Called with the arguments of `docker compose`.
    """

    house: Path
    project: str
    secrets: Path
    overrides: tuple[str, ...] = ()

    def __call__(self, *arguments: str, check: bool = True) -> str:
        """What the command prints."""
        files = [part for file in ("docker-compose.yml", *self.overrides) for part in ("--file", file)]
        whole = ["docker", "compose", *files, "--project-name", self.project, *arguments]
        return told(self.house, *whole, check=check, environment=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """What the file is told: free ports, and where its secret files are."""
        free = {"ENTENTE_GATEWAY_PORTS": "0", "ENTENTE_STABILITY_PORTS": "0"}
        return {**os.environ, **free, "ENTENTE_SECRETS": str(self.secrets)}

    @property
    def tokens(self) -> Path:
        """The operator's access tokens."""
        return self.secrets / "operator" / "tokens"

    @property
    def secret(self) -> set[str]:
        """What the secret files hold; names and the certificate of the authority are known to all."""
        files = (file for file in self.secrets.rglob("*") if file.is_file() and file.name not in {"username", "ca.pem"})
        return {file.read_text().strip() for file in files}

    def containers(self, service: str | None = None) -> list[str]:
        """The ids of the project's containers, or of a service's."""
        return self("ps", "--all", "--quiet", *([service] if service else [])).split()

    def url(self, service: str, number: int = 1) -> str:
        """Where one of a service's containers answers on this machine."""
        return f"http://{self('port', '--index', str(number), service, '8600').strip()}"


def told(house: Path, *command: str, check: bool = True, environment: dict[str, str] | None = None) -> str:
    """The output of a command in a checkout; where it fails, what it said is in the error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN, cwd=house, env=environment)  # noqa: S603 - tests' own
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def inspected(name: str) -> dict[str, Any]:
    """What the engine knows of a container or an image."""
    found: dict[str, Any] = json.loads(told(Path(), "docker", "inspect", name))[0]
    return found


def configuration(house: Path, *overrides: str) -> dict[str, Any]:
    """What a checkout's docker-compose.yml and what is laid over it come to, with every profile."""
    files = [part for file in ("docker-compose.yml", *overrides) for part in ("--file", file)]
    found: dict[str, Any] = json.loads(told(house, "docker", "compose", *files, "--profile", "*", "config", "--format", "json"))
    return found


def build(house: Path) -> str:
    """The name of the services' image, built from a checkout."""
    told(house, "docker", "build", "--quiet", "--file", "infra/images/Dockerfile", "--tag", IMAGE, ".")
    return IMAGE


@contextmanager
def running(house: Path, folder: Path, *overrides: str) -> Iterator[Compose]:
    """The platform, up from nothing and healthy, its secret files in a folder; at the end nothing of it is left."""
    compose = Compose(house, f"entente-test-{secrets.token_hex(4)}", folder, overrides)
    told(house, "infra/compose/secrets.sh", environment=compose.environment)
    try:
        compose("up", "--detach", "--wait", "--no-build")
        yield compose
    finally:
        compose("down", "--volumes", "--timeout", "5", check=False)
