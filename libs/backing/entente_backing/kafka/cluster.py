"""Apache Kafka on this machine: one node or three, in a folder, listening on loopback only."""

import fcntl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from entente_backing.kafka import certificates, nodes, settings
from entente_backing.kafka.admin import Metadata, metadata
from entente_backing.kafka.credentials import Credentials
from entente_backing.kafka.jars import default_cache, jars, present
from entente_backing.kafka.java import java
from entente_backing.kafka.layout import Layout
from entente_backing.kafka.provision import Furnished, invite, provision
from entente_backing.kafka.trouble import KafkaTrouble
from entente_contracts.topics import Topic

_ANSWERS_WITHIN = 3.0

Tell = Callable[[str], None]


def _nobody(_: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node: its process (None where it does not run), where it listens, and whether it answers."""

    node: int
    address: str
    pid: int | None
    answers: bool


@dataclass(frozen=True, slots=True)
class Status:
    """A cluster: which node leads its metadata, and how many partitions lack copies; None where no node says."""

    nodes: tuple[NodeStatus, ...]
    controller: int | None
    under_replicated: int | None
    secure: bool


class NativeCluster:
    """A cluster in a folder. `base_port`: the first of its ports, any free ones where it is None; `cache`: where the jars are kept.

    Its nodes outlive the program that started them, until `down`. What was settled at the first `up` holds for the folder.
    """

    def __init__(
        self, folder: Path, nodes: int = 1, *, secure: bool = False, base_port: int | None = None, cache: Path | None = None
    ) -> None:
        self.folder, self.nodes, self.secure = folder, nodes, secure
        self._base_port, self._cache = base_port, cache or default_cache()

    @classmethod
    def found(cls, folder: Path) -> Self | None:
        """The cluster that was made in a folder, None where none was."""
        layout = Layout.read(folder)
        return None if layout is None else cls(folder, len(layout.ports), secure=layout.secure)

    @property
    def bootstrap(self) -> list[str]:
        """Where clients reach the cluster, host:port a node; known from the first `up` on."""
        return self._layout().bootstrap

    @property
    def credentials(self) -> Path:
        """The folder of the principals' credentials, a folder each."""
        return self.folder / "credentials"

    @property
    def admin(self) -> Credentials | None:
        """The administrator's credentials; None where the cluster asks for none."""
        return Credentials.read(self.credentials / settings.ADMIN) if self.secure else None

    def up(self, tell: Tell = _nobody) -> None:
        """Starts what does not run and returns when every node answers; may be repeated. `tell` hears what takes its time.

        Raises `KafkaTrouble` where something is missing, or a node ends instead.
        """
        with self._alone():
            layout = self._settled()
            self._start(layout, layout.numbers, tell)
            nodes.wait_until_ready(layout, self.folder, layout.numbers, self.admin)

    def provision(self, reads: Mapping[str, Collection[Topic]]) -> Furnished:
        """Gives each service (`reads`: what it reads, by its name) its credentials and rights in a secured cluster that runs."""
        return provision(self.bootstrap, self._administrator(), self.credentials, reads)

    def invite(self, source: str) -> Furnished:
        """Gives a foreign source its credentials, its rights and its reply topic in a secured cluster that runs."""
        return invite(self.bootstrap, self._administrator(), self.credentials, source)

    def down(self) -> None:
        """Stops every node in order."""
        with self._alone():
            nodes.stop(self.folder, self._layout().numbers)

    def start_node(self, node: int) -> None:
        """Starts one node, where it does not run, and returns when it answers."""
        with self._alone():
            layout = self._layout()
            self._start(layout, [self._known(layout, node)], _nobody)
            nodes.wait_until_ready(layout, self.folder, [node], self.admin)

    def stop_node(self, node: int) -> None:
        """Stops one node in order."""
        with self._alone():
            nodes.stop(self.folder, [self._known(self._layout(), node)])

    def pid(self, node: int) -> int | None:
        """The process of a node, None where it does not run."""
        process = nodes.process_of(self.folder, node)
        return None if process is None else process.pid

    def status(self) -> Status:
        """How the nodes are."""
        layout, admin = self._layout(), self.admin
        pids = [self.pid(node) for node in layout.numbers]
        asked = [layout.address(node) if pid else None for node, pid in zip(layout.numbers, pids, strict=True)]
        with ThreadPoolExecutor(len(asked)) as at_once:
            answers = at_once.map(lambda address: metadata([address], admin, _ANSWERS_WITHIN) if address else None, asked)
            said = [one if one and one.cluster_id == layout.cluster else None for one in answers]
        each = zip(layout.numbers, layout.bootstrap, pids, said, strict=True)
        known = next((one for one in said if one is not None), None)
        return Status(
            tuple(NodeStatus(node, address, pid, answers=one is not None) for node, address, pid, one in each),
            nodes.leader_of_quorum(layout, self.folder) if known else None,
            _under_replicated(known) if known else None,
            layout.secure,
        )

    def _administrator(self) -> Credentials:
        if self.admin is None:
            raise KafkaTrouble(f"the cluster in {self.folder} is not secured, so it has no principals", "make one with --secure")
        return self.admin

    def _start(self, layout: Layout, numbers: Sequence[int], tell: Tell) -> None:
        idle = [node for node in numbers if self.pid(node) is None]
        if not idle:
            return
        program = java()
        if not present(self._cache):
            tell("fetching Kafka's jars by Maven, once (44 MB)")
        programs = nodes.Programs(program, jars(self._cache))
        tell(f"starting {len(idle)} {'node' if len(idle) == 1 else 'nodes'}")
        with ThreadPoolExecutor(len(idle)) as at_once:
            list(at_once.map(lambda node: nodes.prepare(programs, layout, self.folder, node, self.admin), idle))
        for node in idle:
            nodes.start(programs, self.folder, node)

    def _settled(self) -> Layout:
        """What the folder remembers, or a new layout; raises `KafkaTrouble` where another one is wanted than was settled there."""
        layout = Layout.read(self.folder)
        if layout is None:
            layout = Layout.new(self.nodes, self._base_port, secure=self.secure)
            layout.write(self.folder)
        elif (len(layout.ports), layout.secure) != (self.nodes, self.secure):
            raise KafkaTrouble(
                f"the cluster in {self.folder} has {_described(len(layout.ports), secure=layout.secure)}, "
                f"not {_described(self.nodes, secure=self.secure)}",
                "ask for what it has, or take another folder",
            )
        if layout.secure:
            authority = certificates.settle(self.folder / "certificates", settings.NODE)
            self.credentials.mkdir(mode=0o700, exist_ok=True)
            Credentials.settle(self.credentials / settings.ADMIN, settings.ADMIN, authority)
        return layout

    def _layout(self) -> Layout:
        layout = Layout.read(self.folder)
        if layout is None:
            raise KafkaTrouble(f"there is no Kafka in {self.folder}", "start one there first")
        return layout

    @staticmethod
    def _known(layout: Layout, node: int) -> int:
        if node not in layout.numbers:
            raise KafkaTrouble(f"there is no node {node}", f"the nodes are {', '.join(map(str, layout.numbers))}")
        return node

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Waits until no other program starts or stops nodes of this folder."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _described(count: int, *, secure: bool) -> str:
    return f"{count} {'node' if count == 1 else 'nodes'}, {'secured' if secure else 'not secured'}"


def _under_replicated(known: Metadata) -> int:
    partitions = [partition for topic in known.topics.values() for partition in topic.partitions.values()]
    return sum(len(partition.isrs) < len(partition.replicas) for partition in partitions)
