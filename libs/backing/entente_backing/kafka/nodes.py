"""The nodes of a cluster: formatted, started, waited for, stopped."""

import json
import signal
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from entente_backing.kafka import settings
from entente_backing.kafka.admin import metadata
from entente_backing.kafka.credentials import Credentials, write_secret
from entente_backing.kafka.java import run
from entente_backing.kafka.layout import LOOPBACK, Layout, node_folder
from entente_backing.kafka.process import Process
from entente_backing.kafka.trouble import KafkaTrouble

READY_WITHIN, STOPPED_WITHIN = 120.0, 30.0
"""Seconds that the nodes get to answer, and to end in order."""

_HEAP = ("-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
_LOG = ("-Dorg.slf4j.simpleLogger.logFile=System.out", "-Dorg.slf4j.simpleLogger.showDateTime=true")
_LOOK_EVERY = 0.1
_ANSWERS_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Programs:
    """What runs a node: Java, and the folder of the jars."""

    java: Path
    jars: Path

    def command(self, main: str, *arguments: str) -> list[str]:
        """The command line of a Java program of Kafka's."""
        return [str(self.java), *_HEAP, *_LOG, "-cp", f"{self.jars}/*", main, *arguments]


def process_of(folder: Path, node: int) -> Process | None:
    """The process of a node, None where it does not run."""
    return Process.noted(node_folder(folder, node).process)


def prepare(programs: Programs, layout: Layout, folder: Path, node: int, admin: Credentials | None) -> None:
    """Writes a node's settings, and formats its data folder where that is empty. The administrator is known from the first start on."""
    place = node_folder(folder, node)
    place.path.mkdir(mode=0o700, exist_ok=True)
    write_secret(place.properties, settings.as_text(settings.properties(layout, folder, node)).encode())
    if (place.data / "meta.properties").exists():
        return
    arguments = ["format", "--cluster-id", layout.cluster, "--config", str(place.properties), "--ignore-formatted"]
    secret = place.path / "administrator"
    try:
        if admin is not None:
            write_secret(secret, admin.for_formatting())
            arguments.append(f"@{secret}")
        run(programs.command("kafka.tools.StorageTool", *arguments))
    finally:
        secret.unlink(missing_ok=True)


def start(programs: Programs, folder: Path, node: int) -> None:
    """Starts the process of a node and notes it."""
    place = node_folder(folder, node)
    with suppress(FileNotFoundError):
        place.says.replace(place.says.with_suffix(".log.before"))
    process = Process.spawn(programs.command("kafka.Kafka", str(place.properties)), place.says)
    process.note(place.process)


def wait_until_ready(layout: Layout, folder: Path, nodes: Collection[int], admin: Credentials | None) -> None:
    """Returns once each of these nodes answers and knows all of them; raises `KafkaTrouble` where one ends, or time is up."""
    until = time.monotonic() + READY_WITHIN
    waiting = list(nodes)
    while waiting:
        node = waiting[0]
        if process_of(folder, node) is None:
            raise KafkaTrouble(
                f"node {node} ended at its start: {node_folder(folder, node).last_words()}", "mend what it names and try again"
            )
        if _listens(layout.ports[node - 1].clients):
            known = metadata([layout.address(node)], admin, _ANSWERS_WITHIN)
            if known is not None and known.cluster_id == layout.cluster and set(nodes) <= set(known.brokers):
                waiting.pop(0)
                continue
        if time.monotonic() > until:
            said = node_folder(folder, node)
            raise KafkaTrouble(f"node {node} does not answer after {READY_WITHIN:.0f} s: {said.last_words()}", f"see {said.says}")
        time.sleep(_LOOK_EVERY)


def stop(folder: Path, nodes: Collection[int]) -> None:
    """Stops nodes in order, all at once, since each needs the others for that; one that does not end in time is killed."""
    running = {node: process for node in nodes if (process := process_of(folder, node)) is not None}
    until = time.monotonic() + STOPPED_WITHIN
    for process in running.values():
        process.tell(signal.SIGTERM)
        process.tell(signal.SIGCONT)
    for process in running.values():
        if not process.ended(max(until - time.monotonic(), 0)):
            process.tell(signal.SIGKILL)
            process.ended(STOPPED_WITHIN)
    for node in nodes:
        node_folder(folder, node).process.unlink(missing_ok=True)


def leader_of_quorum(layout: Layout, folder: Path) -> int | None:
    """Which node leads the quorum of controllers, as the running nodes noted it in their latest epoch; None while none does."""
    noted = []
    for node in layout.numbers:
        with suppress(OSError, ValueError):
            noted.append(json.loads((node_folder(folder, node).data / "__cluster_metadata-0" / "quorum-state").read_bytes()))
    latest = max(noted, key=lambda one: (one["leaderEpoch"], one["leaderId"]), default=None)
    leader = latest and latest["leaderId"]
    return leader if leader and leader > 0 and process_of(folder, leader) is not None else None


def _listens(port: int) -> bool:
    with socket.socket() as trying:
        trying.settimeout(1)
        return trying.connect_ex((LOOPBACK, port)) == 0
