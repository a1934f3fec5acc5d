"""A gateway as it runs, on a database of its own, and the foreign systems that send to it."""

import atexit
import functools
import itertools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import select

from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, json_format
from entente_contracts.event import Event
from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.recorded import Recorded
from entente_contracts.strict_json import canonical
from entente_contracts.topics import GATEWAY, OBSERVATIONS, Topic
from entente_eventkit.clock import SetClock
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.running import Lag, Progress
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.storage.tables import events
from entente_eventkit.store.store import EventStore, Stored
from entente_gateway.app import gateway
from entente_gateway.tables import arrival

NOW = datetime(2023, 10, 5, 12, tzinfo=UTC)
URI = "https://ucdp.example/ged"
REPORTED = "entente.observations.reported"
REVISED = "entente.observations.revised"
RETRACTED = "entente.observations.retracted"


@dataclass
class Running:
    """The gateway with its real store and instances; the log is left out, and a test feeds the instances from the store itself."""

    database: Database
    store: EventStore
    clock: SetClock
    instances: Instances
    woken: int = 0

    async def start(self) -> None:
        self.instances.begin()

    async def stop(self) -> None:
        self.database.close()

    def wake(self) -> None:
        self.woken += 1

    async def ready(self) -> Sequence[str]:
        return []

    async def lag(self) -> Sequence[Lag]:
        return []

    async def redrive(self, instance: str, topic: str | None = None, stream: str | None = None, *, trial: bool = False) -> int:
        return self.instances.redrive(instance, (topic, stream) if topic and stream else None, trial=trial)

    async def rebuild(self, projection: str, progress: Progress, *, check: bool) -> Sequence[str]:
        raise NotImplementedError


@dataclass
class Sender:
    """A foreign system with a key pair: it makes events, signs them, and knows nothing else."""

    uri: str = URI
    keyid: str = "k1"
    algorithm: KeyAlgorithm = KeyAlgorithm.ED25519
    private: bytes = b""
    public: bytes = b""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        if not self.private:
            self.private, self.public = signature.generate_key(self.algorithm)

    @property
    def key(self) -> dict[str, Any]:
        return {"keyid": self.keyid, "algorithm": self.algorithm.value, "pem": self.public.decode()}

    @staticmethod
    def data(**changed: Any) -> dict[str, Any]:
        return {
            "observation": "SDN-1",
            "kind": "material_conflict",
            "what": {"vocabulary": "ucdp", "code": "1"},
            "where": {"country": "SDN", "place": "Khartoum"},
            "when": {"first": "2023-10-03", "last": "2023-10-03", "precision": "day"},
            "deaths": {"low": 1, "best": 2, "high": 3},
        } | changed

    def unsigned(self, data: Any = None, **attributes: str | None) -> CloudEvent:
        named = {
            "specversion": "1.0",
            "id": f"e{next(self.numbers)}",
            "source": self.uri,
            "type": f"{REPORTED}.v2",
            "datacontenttype": "application/json",
            "time": "2023-10-03T00:00:00Z",
        } | attributes
        body = data if isinstance(data, bytes) else canonical(self.data() if data is None else data)
        return CloudEvent({name: value for name, value in named.items() if value is not None}, body)

    def signed(self, data: Any = None, **attributes: str | None) -> CloudEvent:
        return signature.sign(self.unsigned(data, **attributes), self.private, self.keyid)


@dataclass
class Client:
    """Asks the application, which runs in a loop of its own."""

    portal: BlockingPortal
    http: httpx2.AsyncClient

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.portal.call(functools.partial(self.http.request, method, path, **options))

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("PUT", path, **options)


@dataclass
class World:
    """The gateway and the ways into it."""

    running: Running
    clients: dict[str, Client]
    clock: SetClock
    application: FastAPI
    fed: dict[str, int] = field(default_factory=dict)

    @property
    def anyone(self) -> Client:
        return self.clients["anyone"]

    @property
    def administrator(self) -> Client:
        return self.clients["administrator"]

    def register(
        self, sender: Sender, name: str = "ucdp", *, types: Sequence[str] = (REPORTED, REVISED, RETRACTED), **changed: Any
    ) -> None:
        asked = {
            "name": name,
            "uri": sender.uri,
            "party": "SWE",
            "title": "Uppsala",
            "rights": {"types": list(types), "countries": changed.pop("countries", None)},
            "keys": [sender.key],
            "because": "an agreement",
        } | changed
        answer = self.administrator.post("/gateway/sources", json=asked)
        assert answer.status_code == 201, answer.text

    def post(self, content: bytes, headers: dict[str, str] | list[tuple[bytes, bytes]]) -> httpx2.Response:
        return self.anyone.post("/gateway/events", content=content, headers=headers)

    def post_events(self, event: CloudEvent) -> httpx2.Response:
        """One event, structured."""
        return self.post(json_format.write(event), {"content-type": http.STRUCTURED})

    def receipts(self, answer: httpx2.Response) -> list[dict[str, Any]]:
        assert answer.status_code == 202, answer.text
        found: list[dict[str, Any]] = answer.json()["receipts"]
        return found

    def send(self, *sent: CloudEvent | bytes) -> list[dict[str, Any]]:
        """Sends a batch."""
        items = [one if isinstance(one, bytes) else json_format.write(one) for one in sent]
        return self.receipts(self.post(b"[" + b",".join(items) + b"]", {"content-type": http.BATCH}))

    def stored(self, topic: Topic | None = None) -> list[Stored]:
        with self.running.database.reading() as connection:
            return self.running.store.after(connection, 0, 10_000, None if topic is None else [topic.name])

    def event(self, id: str) -> Recorded[Event]:
        with self.running.database.reading() as connection:
            found = self.running.store.event(connection, id)
        assert found is not None
        return found

    def at(self, position: int) -> Recorded[Event]:
        with self.running.database.reading() as connection:
            found = connection.execute(select(events.c.id).where(events.c.position == position)).scalar_one()
        return self.event(found)

    def kept(self, digest: str) -> Any:
        with self.running.database.reading() as connection:
            return connection.execute(select(arrival).where(arrival.c.digest == digest)).one()

    def feed(self) -> None:
        """Applies what the store has gained, as a reader of the stores would."""
        for topic in (GATEWAY, OBSERVATIONS):
            begin = self.fed.get(topic.name, 0)
            with self.running.database.reading() as connection:
                records = [stored_record(one) for one in self.running.store.after(connection, begin, 10_000, [topic.name])]
            if records:
                self.running.instances.feed(Batch(topic.name, STORE, 0, begin, records[-1].offset + 1, records))
                self.fed[topic.name] = records[-1].offset


@functools.cache
def _migrated() -> Path:
    """A database as the migrations leave it, made once: a copy is cheaper than another run of them."""
    folder = tempfile.TemporaryDirectory(prefix="gateway-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "gateway.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database, gateway.migrations)
    database.close()
    return path


def start(path: Path, stack: ExitStack, clock: SetClock) -> World:
    shutil.copyfile(_migrated(), path / "gateway.sqlite")
    database = Database(f"sqlite:///{path / 'gateway.sqlite'}")
    store = EventStore(database, clock, "gateway")
    running = Running(database, store, clock, Instances(database, store, clock, gateway.projections, []))
    tokens = path / "tokens"
    application = build_app(gateway, running, door=make_tokens(tokens))
    root = mount([application])
    portal = stack.enter_context(start_blocking_portal())
    stack.enter_context(portal.wrap_async_context_manager(root.router.lifespan_context(root)))

    def client(role: str | None) -> Client:
        headers = {"Authorization": f"Bearer {read_token(tokens, role)}"} if role else {}
        transport = httpx2.ASGITransport(root, raise_app_exceptions=False)
        return Client(
            portal,
            stack.enter_context(
                portal.wrap_async_context_manager(httpx2.AsyncClient(transport=transport, base_url="http://here", headers=headers))
            ),
        )

    clients = {"anyone": client(None)} | {role: client(role) for role in ("administrator", "operator", "officer", "analyst")}
    return World(running, clients, clock, application)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        yield start(tmp_path, stack, SetClock(NOW))


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def make_sender() -> type[Sender]:
    return Sender
