"""Zipkin's server as a store of traces: one jar from Maven, Java 17, everything in memory."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from entente_backing.kafka.jars import default_cache
from entente_testkit.servers.processes import a_free_port, answers, running

VERSION = "3.5.1"
SHA256 = "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d"
FETCHED_WITHIN = 600.0
_LINK = "otlp.link."


def cannot_run() -> str | None:
    """Why there can be no Zipkin on this machine; None where there can."""
    needed = ["java"] if _jar().exists() else ["java", "mvn"]
    missing = [program for program in needed if shutil.which(program) is None]
    return f"{' and '.join(missing)} missing; install Java 17 and Maven (Debian: openjdk-17-jre-headless, maven)" if missing else None


@dataclass(frozen=True, slots=True)
class Span:
    """One span as the store gives it back: names in small letters (Zipkin makes them so), attributes as text. `links`: span ids."""

    id: str
    parent: str | None
    trace: str
    name: str
    service: str
    kind: str
    attributes: Mapping[str, str]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zipkin:
    """A running server, asked over its API."""

    url: str
    http: httpx2.Client

    def trace(self, id: str) -> list[Span]:
        """Every span of a trace; empty where there is none."""
        answer = self.http.get(f"/api/v2/trace/{id}")
        return [] if answer.status_code == httpx2.codes.NOT_FOUND else [_span(one) for one in answer.json()]

    def traces(self, service: str) -> list[list[Span]]:
        """The traces that a service had a part in."""
        asked = {"serviceName": service, "limit": "1000", "lookback": str(24 * 60 * 60 * 1000)}
        answer = self.http.get("/api/v2/traces", params=asked)
        return [[_span(one) for one in trace] for trace in answer.json()]


def _span(one: Mapping[str, Any]) -> Span:
    tags: dict[str, str] = one.get("tags", {})
    return Span(
        one["id"],
        one.get("parentId"),
        one["traceId"],
        one["name"],
        one["localEndpoint"]["serviceName"],
        one.get("kind", ""),
        {name: value for name, value in tags.items() if not name.startswith(_LINK)},
        tuple(value.split("|")[1] for name, value in sorted(tags.items()) if name.startswith(_LINK)),
    )


def _jar() -> Path:
    return default_cache() / f"zipkin-{VERSION}" / f"zipkin-server-{VERSION}-exec.jar"


def _fetched() -> Path:
    jar = _jar()
    if not jar.exists():
        jar.parent.mkdir(parents=True, exist_ok=True)
        artifact = f"-Dartifact=io.zipkin:zipkin-server:{VERSION}:jar:exec"
        command = ["mvn", "-q", "-B", "dependency:copy", artifact, f"-DoutputDirectory={jar.parent}"]
        subprocess.run(command, check=True, capture_output=True, timeout=FETCHED_WITHIN)  # noqa: S603 - our own command
    with jar.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != SHA256:
        raise RuntimeError(f"{jar} is not Zipkin {VERSION} as it was pinned; delete it to have it fetched anew")
    return jar


@contextmanager
def zipkin(folder: Path) -> Iterator[Zipkin]:
    """Zipkin on a free port of loopback, until the block ends."""
    port = a_free_port()
    url = f"http://127.0.0.1:{port}"
    listens = [f"--armeria.ports[0].{name}" for name in ("address=127.0.0.1", f"port={port}", "protocols[0]=http")]
    java = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(_fetched())]

    with (
        running([*java, *listens, "--logging.level.root=WARN"], folder / "zipkin.output", lambda: answers(f"{url}/health"), within=120.0),
        httpx2.Client(base_url=url, timeout=30.0) as http,
    ):
        yield Zipkin(url, http)
