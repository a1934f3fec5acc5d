"""An OpenTelemetry collector, built from its Go modules once and kept in the cache."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from entente_backing.kafka.jars import default_cache
from entente_testkit.servers.processes import a_free_port, answers, running

BUILT_WITHIN = 1200.0


def cannot_run(source: Path) -> str | None:
    """Why there can be no collector on this machine; None where there can. `source`: the folder of its Go module."""
    if _program(source).exists() or shutil.which("go") is not None:
        return None
    return "go missing; install Go 1.25 or later, which builds the collector from its modules"


def _program(source: Path) -> Path:
    """What is built of other sources has another name."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "main.go"):
        digest.update((source / name).read_bytes())
    return default_cache() / f"collector-{digest.hexdigest()[:16]}"


def _built(source: Path) -> Path:
    program = _program(source)
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        draft = program.with_name(f"{program.name}.{os.getpid()}")
        command = ["go", "build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", str(draft), "."]
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=source, capture_output=True, text=True, check=False, timeout=BUILT_WITHIN
        )
        if done.returncode:
            raise RuntimeError(f"the collector could not be built in {source}:\n{done.stderr[-4000:]}")
        draft.rename(program)
    return program


def redirected(shipped: Path, zipkin: str, port: int, health: int) -> dict[str, Any]:
    """The shipped configuration on loopback, with Zipkin in the place of Jaeger; what else is in it stays as it is."""
    config: dict[str, Any] = yaml.safe_load(shipped.read_text())
    config["extensions"]["health_check"]["endpoint"] = f"127.0.0.1:{health}"
    config["receivers"]["otlp"]["protocols"]["http"]["endpoint"] = f"127.0.0.1:{port}"
    config["exporters"]["zipkin"] = {"endpoint": f"{zipkin}/api/v2/spans"}
    del config["exporters"]["otlp/jaeger"]
    config["service"]["pipelines"]["traces"]["exporters"] = ["zipkin"]
    config["service"]["telemetry"]["metrics"] = {"level": "none"}
    return config


@contextmanager
def collector(shipped: Path, folder: Path, zipkin: str) -> Iterator[str]:
    """Runs the collector with the configuration that is shipped beside its source; gives the base address for OTLP over HTTP."""
    program = _built(shipped.parent / "collector")
    port, health = a_free_port(), a_free_port()
    config = folder / "collector.yml"
    config.write_text(yaml.safe_dump(redirected(shipped, zipkin, port, health)))

    with running([str(program), "--config", str(config)], folder / "collector.output", lambda: answers(f"http://127.0.0.1:{health}")):
        yield f"http://127.0.0.1:{port}"
