"""A small register of sources, run by the real store and the real instances, with the shell around it."""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Query
from pydantic import BaseModel, Field
from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field as Column
from sqlmodel import SQLModel
from starlette.requests import Request
from starlette.responses import StreamingResponse

from entente_contracts.event import Event
from entente_contracts.events.gateway import Rights, SourceName, SourceRegistered, SourceRightsChanged
from entente_contracts.events.observations import CountryCode
from entente_contracts.recorded import Recorded
from entente_contracts.topics import GATEWAY
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import SetClock
from entente_eventkit.log.port import Batch, StoredRecord
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Row, Rows
from entente_eventkit.service import Service
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.kinds import Kind
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.paging import InPage
from entente_eventkit.shell.permissions import requires
from entente_eventkit.shell.running import Lag, Progress
from entente_eventkit.shell.tokens import make_tokens, read_token
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import kernel
from entente_eventkit.store.decider import Decider, Refused
from entente_eventkit.store.store import EventStore

NOW = datetime(2023, 10, 1, 12, tzinfo=UTC)
RIGHTS = Rights(types=("entente.observations.reported",))


@dataclass(frozen=True)
class Register:
    name: str
    title: str


@dataclass(frozen=True)
class ChangeRights:
    name: str
    countries: tuple[str, ...]


def decide(command: Register | ChangeRights, names: int | None) -> Sequence[Event]:
    match command, names:
        case Register(), None:
            return [SourceRegistered(source=command.name, uri=f"//{command.name}", party="SDN", title=command.title, rights=RIGHTS)]
        case ChangeRights(), int():
            rights = Rights(types=RIGHTS.types, countries=command.countries)
            return [SourceRightsChanged(source=command.name, rights=rights, because="asked")]
        case Register(), _:
            raise Refused(
                "already-registered", f"{command.name} is registered", "change its rights", status=409, also={"name": command.name}
            )
        case _:
            raise Refused("unheard-of", f"{command.name} was never registered", "register it first", where="name")


def evolve(names: int | None, _: Any) -> int:
    return (names or 0) + 1


source = Decider("source", GATEWAY, lambda command: f"source/{command.name}", decide, evolve)

metadata = MetaData()


class TestRow(Row, registry=registry(metadata=metadata)):
    """The base of this service's tables."""


class Titled(SQLModel):
    name: str = Column(primary_key=True)
    title: str


class TitledRow(TestRow, Titled, table=True):
    __tablename__ = "titled"


titles = Projection("titles", TitledRow, code=1, reads=[GATEWAY])


@titles.on(SourceRegistered)
def _(rows: Rows, event: Recorded[SourceRegistered]) -> None:
    if event.data.title == "poison":
        raise ValueError("a title that no table takes")
    rows.put(Titled(name=event.data.source, title=event.data.title))


class Titling(BaseModel):
    title: Annotated[str, Field(min_length=1, max_length=100)]


class Narrowing(BaseModel):
    countries: list[CountryCode]


api = APIRouter()
WRITE, READ = [requires("sources:write")], [requires("sources:read")]


@api.post("/sources/{name}", dependencies=WRITE, status_code=201)
async def register(name: SourceName, body: Titling, shell: InShell) -> dict[str, Any]:
    answer = await shell.command(source, Register(name, body.title))
    return {"version": answer.version, "events": list(answer.events)}


@api.post("/sources/{name}/rights", dependencies=WRITE)
async def narrow(name: SourceName, body: Narrowing, shell: InShell) -> dict[str, Any]:
    answer = await shell.command(source, ChangeRights(name, tuple(body.countries)))
    return {"version": answer.version, "events": list(answer.events)}


@api.post("/twice/{name}", dependencies=WRITE)
async def register_and_narrow(name: SourceName, shell: InShell) -> dict[str, Any]:
    first = await shell.command(source, Register(name, "both"))
    second = await shell.command(source, ChangeRights(name, ("SDN",)))
    return {"events": [*first.events, *second.events]}


@api.post("/claimed/{name}", dependencies=WRITE)
async def register_unless_taken(name: SourceName, shell: InShell) -> dict[str, int]:
    def claim(acting: Acting) -> None:
        if name == "taken":
            raise Refused("taken", f"{name} is taken", "choose another name")
        acting.head.remember("names", name, "", b"")

    return {"version": (await shell.command(source, Register(name, "claimed"), first=claim)).version}


@api.get("/sources", dependencies=READ)
async def list_sources(page: InPage, shell: InShell) -> list[str]:
    def names(ask: Ask, after: str, limit: int) -> list[str]:
        return [row.name for row in ask.all(TitledRow, TitledRow.name > after, order_by=[TitledRow.name], limit=limit)]

    found = await shell.ask(names, str(page.after[0]) if page.after else "", page.limit + 1)
    return list(page.cut(found, lambda name: (name,)))


@api.get("/sources/{name}", dependencies=READ)
async def read_source(name: str, shell: InShell) -> dict[str, int]:
    def version(acting: Acting) -> int:
        return acting.head.version(GATEWAY, f"source/{name}")

    found = await shell.transact(version)
    shell.version_is(found)
    return {"version": found}


@api.get("/number", dependencies=[requires("events:publish")])
async def number(shell: InShell, of: Annotated[int, Query()] = 0) -> dict[str, int]:
    def count(ask: Ask) -> int:
        return len(ask.all(TitledRow, TitledRow.name == of))

    return {"rows": await shell.ask(count)}


@api.post("/small", dependencies=[requires("events:publish")], max_body_size=64)
async def small(body: dict[str, Any]) -> dict[str, int]:
    return {"members": len(body)}


@api.get("/fault", dependencies=[requires("events:publish")])
async def fault() -> None:
    raise RuntimeError("the password is hunter2")


@api.post("/streamed", dependencies=[requires("events:publish")])
async def streamed(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@api.get("/teapot", dependencies=[requires("events:publish")])
async def teapot() -> None:
    raise HTTPException(418, "short and stout", headers={"X-Pot": "tea"})


@api.get("/broken-off", dependencies=[requires("events:publish")])
async def broken_off() -> StreamingResponse:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        raise RuntimeError("broken off")

    return StreamingResponse(pieces())


ALREADY = Kind("already-registered", 409, "That name is taken", "Somebody registered it before.", "Change its rights instead.")
SERVICE = Service(
    "register", "Keeps sources", [GATEWAY], api, metadata, Path(), deciders=[source], projections=[titles], extras={"problems": [ALREADY]}
)


@dataclass
class Running:
    """The register, running: real store and instances; rebuilds and readiness as a test sets them."""

    database: Database
    store: EventStore
    clock: SetClock
    instances: Instances
    woken: int = 0
    life: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    rebuilt: list[str] | Exception = field(default_factory=list)
    broken: Exception | None = None

    async def start(self) -> None:
        self.life.append("started")
        if self.broken:
            raise self.broken
        await asyncio.to_thread(self.instances.begin)

    async def stop(self) -> None:
        self.life.append("stopped")

    def wake(self) -> None:
        self.woken += 1

    async def ready(self) -> Sequence[str]:
        if self.broken:
            raise self.broken
        return self.reasons

    async def lag(self) -> Sequence[Lag]:
        return [Lag("titles@1", GATEWAY.name, 3, 1.5)]

    async def redrive(self, instance: str, topic: str | None = None, stream: str | None = None, *, trial: bool = False) -> int:
        one = (topic, stream) if topic and stream else None
        return await asyncio.to_thread(functools.partial(self.instances.redrive, instance, one, trial=trial))

    async def rebuild(self, projection: str, progress: Progress, *, check: bool) -> Sequence[str]:
        self.life.append(f"{'checked' if check else 'rebuilt'} {projection}")
        progress.done, progress.of = 1, 2
        await self.go_on.wait()
        progress.done = 2
        if isinstance(self.rebuilt, Exception):
            raise self.rebuilt
        return self.rebuilt

    def feed(self) -> None:
        """Applies everything in the store, as a reader of the store would."""
        with self.database.reading() as connection:
            stored = self.store.after(connection, 0, 1000)
        records = [
            StoredRecord(
                one.position,
                one.stream.encode(),
                tuple(
                    (f"ce_{name}" if name != "datacontenttype" else "content-type", text.encode()) for name, text in one.attributes.items()
                ),
                one.body,
            )
            for one in stored
        ]
        self.instances.feed(Batch(GATEWAY.name, "1", 0, 0, len(records) + 1, records))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    database = Database(f"sqlite:///{tmp_path / 'register.sqlite'}")
    with database.writing() as connection:
        kernel.create_all(connection)
        metadata.create_all(connection)
    clock = SetClock(NOW)
    store = EventStore(database, clock, "register")
    yield Running(database, store, clock, Instances(database, store, clock, SERVICE.projections, []))
    database.close()


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


@pytest.fixture
def app(running: Running, tokens: Path) -> FastAPI:
    return build_app(SERVICE, running, door=make_tokens(tokens))


Client = Callable[[str | None], httpx2.AsyncClient]


@pytest.fixture
async def client(app: FastAPI, running: Running, tokens: Path) -> AsyncIterator[Client]:
    """Makes clients with the token of a role (None: without one) for the mounted, started application."""
    root = mount([app])
    made: list[httpx2.AsyncClient] = []

    def client_of(role: str | None) -> httpx2.AsyncClient:
        headers = {"Authorization": f"Bearer {read_token(tokens, role)}"} if role else {}
        transport = httpx2.ASGITransport(root, raise_app_exceptions=False)
        made.append(httpx2.AsyncClient(transport=transport, base_url="http://here", headers=headers))
        return made[-1]

    async with root.router.lifespan_context(root):
        yield client_of
        for one in made:
            await one.aclose()


@pytest.fixture
def administrator(client: Client) -> httpx2.AsyncClient:
    return client("administrator")


@pytest.fixture
def operator(client: Client) -> httpx2.AsyncClient:
    return client("operator")


@pytest.fixture
def anyone(client: Client) -> httpx2.AsyncClient:
    return client(None)
