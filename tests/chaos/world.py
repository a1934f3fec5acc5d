"""Everything that one run needs: a Kafka cluster, databases, the service processes, clients, and what watches them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from tests.chaos.brokers import free_block, free_port
from tests.chaos.clients import Clients, Journal
from tests.chaos.load import Size
from tests.chaos.nursery import Nursery
from tests.chaos.points import AheadClock
from tests.chaos.processes import Process, until
from tests.chaos.watching import Watch

from entente_backing.kafka import NativeCluster
from entente_eventkit.service import Service
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_gateway.app import gateway
from entente_stability.app import stability
from entente_testkit.servers.kafka import kill
from entente_testkit.servers.postgres import NativePostgres

SERVICES: dict[str, Service] = {"gateway": gateway, "stability": stability}


@dataclass(frozen=True, slots=True)
class Backends:
    """What all runs share: a PostgreSQL server, and the process that forks the services."""

    postgres: NativePostgres
    nursery: Nursery

    def databases(self, run: str) -> dict[str, str]:
        """A new database and role a service; their URLs."""
        return {name: self.postgres.new_database(f"{run.replace('-', '_')}_{name}") for name in SERVICES}


@contextmanager
def backends() -> Iterator[Backends]:
    """Both, for as long as the block lasts."""
    with NativePostgres() as postgres:
        nursery = Nursery()
        try:
            yield Backends(postgres, nursery)
        finally:
            nursery.close()


MIDNIGHT_IN = 15.0
"""Seconds after a run has begun at which its services' clocks pass midnight: the duties of the day fall into the load."""


@dataclass
class World:
    """One run's services and what they run on. `nodes`: of the Kafka cluster; `replicas`: processes of each service."""

    folder: Path
    cluster: NativeCluster
    urls: Mapping[str, str]
    nodes: int
    seed: int
    size: Size
    clock: AheadClock
    postgres: NativePostgres
    nursery: Nursery
    processes: dict[str, Process] = field(default_factory=dict)
    closing: ExitStack = field(default_factory=ExitStack)
    struck_at: float | None = None
    healed_at: float | None = None

    def __post_init__(self) -> None:
        make_tokens(self.folder / "tokens")
        self.databases = {name: Database(url) for name, url in self.urls.items()}
        for name, database in self.databases.items():
            self.closing.callback(database.close)
            migrate(database, SERVICES[name].migrations)
        self.journal = Journal(self.folder / "journal.jsonl")
        self.closing.callback(self.journal.close)
        self.clients = Clients(self.gateway_urls, self.token("administrator"), self.journal, seed=self.seed, size=self.size)
        self.watch = Watch(SERVICES, self.databases, self.cluster, self.nodes, self.clock)
        self.closing.callback(self.watch.stop)

    def token(self, role: str) -> str:
        """The bearer token of a role."""
        return read_token(self.folder / "tokens", role)

    def gateway_urls(self) -> Sequence[str]:
        """Where clients find a gateway."""
        return [one.url for one in self.processes.values() if one.role == "gateway"]

    @property
    def all_alive(self) -> bool:
        """Whether every process runs that was started."""
        return all(process.alive for process in self.processes.values())

    def process(self, name: str) -> Process:
        """A replica: `gateway-1`, `stability-2`; made where there is none yet."""
        if name not in self.processes:
            role = name.partition("-")[0]
            prefix = f"ENTENTE_{role.upper()}"
            environment = {
                f"{prefix}_DATABASE_URL": self.urls[role],
                f"{prefix}_BOOTSTRAP": ",".join(self.cluster.bootstrap),
                f"{prefix}_TOKENS_FILE": str(self.folder / "tokens"),
                "CHAOS_AHEAD": str(self.clock.ahead),
                "CHAOS_NODES": str(self.nodes),
            }
            self.processes[name] = Process(self.nursery, role, name, free_port(), environment, self.folder / f"{name}.log")
        return self.processes[name]

    def operate(self, name: str, method: str, path: str, **options: Any) -> httpx2.Response:
        """Asks one replica as its operator."""
        headers = {"authorization": f"Bearer {self.token('operator')}"}
        return httpx2.request(method, self.process(name).url + path, headers=headers, timeout=30.0, **options)

    def struck(self) -> None:
        """The fault has struck."""
        if self.struck_at is None:
            self.struck_at = self.watch.now()

    def heals(self) -> None:
        """What was broken is being mended; the rest of the load flows from now on."""
        self.healed_at = self.watch.now()
        self.watch.target()
        self.clients.go_on()

    def wait_moving(self, what: str) -> None:
        """Waits until something is published and applied again, or all is applied that there is."""
        before, since = self.watch.moved(), self.watch.now()

        def goes_on() -> bool:
            moved = all(now > then for now, then in zip(self.watch.moved(), before, strict=True))
            return moved or any(look.at_rest for look in self.watch.looks[-1:] if look.at > since)

        until(goes_on, what)

    def end(self) -> list[str]:
        """Ends every process; names those that did not end well."""
        for process in self.processes.values():
            process.end()
        return [f"{one.name} ended with {code}" for one in self.processes.values() for code in one.unclean]

    def kill_everything(self) -> None:
        """For the end of a run that failed half-way."""
        for process in self.processes.values():
            if process.alive:
                process.kill()
        self.clients.abandon()


@contextmanager
def world(folder: Path, nodes: int, seed: int, size: Size, backends: Backends) -> Iterator[World]:
    """A world of its own in a folder: a cluster that runs, migrated databases, no process yet."""
    folder.mkdir(parents=True)
    cluster = NativeCluster(folder / "kafka", nodes, base_port=free_block())
    with ExitStack() as stack:
        for node in range(1, nodes + 1):
            stack.callback(kill, cluster, node)
        cluster.up()
        urls = backends.databases(folder.name)
        now = datetime.now(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        clock = AheadClock((midnight - now).total_seconds() - MIDNIGHT_IN)
        made = World(folder, cluster, urls, nodes, seed, size, clock, backends.postgres, backends.nursery)
        stack.enter_context(made.closing)
        stack.callback(made.kill_everything)
        yield made
