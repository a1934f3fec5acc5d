"""Where a cluster lies on disk and listens, and what is remembered of it between two starts."""

import base64
import json
import re
import socket
import uuid
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import SystemRandom
from typing import Self

from entente_backing.kafka.trouble import KafkaTrouble

LOOPBACK = "127.0.0.1"
_CAUSE = re.compile(r"(Caused by: )?[\w.$]+(Exception|Error): |.* ERROR ")
_BELOW_OUTGOING = (20_000, 32_768)
_BY_CHANCE = SystemRandom()
SIZES = (1, 3)
"""How many nodes a cluster may have: one, or the least of which one may be lost."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a node listens on: for clients, for the other nodes, and for the quorum of controllers."""

    clients: int
    nodes: int
    controllers: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What was settled when the cluster was made: it never changes in a folder."""

    cluster: str
    secure: bool
    ports: tuple[Ports, ...]

    @classmethod
    def new(cls, nodes: int, base_port: int | None, *, secure: bool) -> Self:
        """A cluster with an id of its own, on free ports or those from `base_port` on: clients first, then 10 and 20 above."""
        if nodes not in SIZES:
            raise KafkaTrouble(f"a cluster of {nodes} nodes is none that is started here", "take one node, or three")
        if base_port is None:
            free = _free_ports(3 * nodes)
            ports = tuple(Ports(*free[3 * node : 3 * node + 3]) for node in range(nodes))
        else:
            ports = tuple(Ports(base_port + node, base_port + 10 + node, base_port + 20 + node) for node in range(nodes))
        return cls(base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_"), secure, ports)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What a folder remembers; None where no cluster was made there. Raises `KafkaTrouble` where the note cannot be read."""
        try:
            found = json.loads(_note(folder).read_bytes())
            return cls(found["cluster"], found["secure"], tuple(Ports(**ports) for ports in found["ports"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KafkaTrouble(
                f"{_note(folder)} cannot be read: {error}", "restore it, or begin a new cluster in another folder"
            ) from error

    def write(self, folder: Path) -> None:
        """Remembers it, whole or not at all."""
        draft = _note(folder).with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="ascii")
        draft.replace(_note(folder))

    @property
    def numbers(self) -> range:
        """The nodes' numbers, from 1."""
        return range(1, len(self.ports) + 1)

    def address(self, node: int) -> str:
        """Where clients reach a node."""
        return f"{LOOPBACK}:{self.ports[node - 1].clients}"

    @property
    def bootstrap(self) -> list[str]:
        """Where clients reach the cluster."""
        return [self.address(node) for node in self.numbers]


@dataclass(frozen=True, slots=True)
class NodeFolder:
    """The folder of one node: its settings, its data, what it says, and its process."""

    path: Path

    @property
    def properties(self) -> Path:
        """Its settings."""
        return self.path / "server.properties"

    @property
    def data(self) -> Path:
        """Its part of the log."""
        return self.path / "data"

    @property
    def says(self) -> Path:
        """What it says."""
        return self.path / "node.log"

    @property
    def process(self) -> Path:
        """The note of its process."""
        return self.path / "process.json"

    def last_words(self) -> str:
        """The last errors that the node told of, else its last lines."""
        try:
            lines = self.says.read_text(encoding="utf-8", errors="replace").splitlines()[-200:]
        except OSError:
            return "it said nothing"
        causes = [line for line in lines if _CAUSE.match(line)]
        return " / ".join((causes or lines)[-2:])[:600] or "it said nothing"


def node_folder(folder: Path, node: int) -> NodeFolder:
    """The folder of a node in that of its cluster."""
    return NodeFolder(folder / f"node-{node}")


def _note(folder: Path) -> Path:
    return folder / "cluster.json"


def _free_ports(count: int) -> list[int]:
    """Free ports that no outgoing connection takes meanwhile: they are still wanted when the cluster is started again."""
    with ExitStack() as held:
        return [_bound(held) for _ in range(count)]


def _bound(held: ExitStack) -> int:
    while True:
        port = _BY_CHANCE.randrange(*_BELOW_OUTGOING)
        one = held.enter_context(socket.socket())
        with suppress(OSError):
            one.bind((LOOPBACK, port))
            return port
