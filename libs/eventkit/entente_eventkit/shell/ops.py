"""What operators ask of a service and tell it to do."""

from asyncio import to_thread
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from entente_contracts.event import Event
from entente_contracts.recorded import Actor, Origin, Recorded
from entente_eventkit.projecting.status import InstanceStatus, ParkedEvent
from entente_eventkit.shell import kinds
from entente_eventkit.shell.errors import storable
from entente_eventkit.shell.permissions import requires
from entente_eventkit.shell.problems import Problem
from entente_eventkit.shell.rebuilds import Rebuild, Rebuilds
from entente_eventkit.shell.running import Lag, Runtime

READ, WRITE = [requires("ops:read")], [requires("ops:write")]
Many = Annotated[int, Query(ge=1, le=1000, description="at most so many")]


class Redrive(BaseModel):
    """What to try again: one instance, or one stream of it (then `topic` and `stream` both)."""

    model_config = ConfigDict(extra="forbid")

    instance: Annotated[str, Field(max_length=200)]
    topic: Annotated[str, Field(max_length=200)] | None = None
    stream: Annotated[str, Field(max_length=400)] | None = None
    trial: Annotated[bool, Field(description="change nothing, and tell what would become of it")] = False

    @model_validator(mode="after")
    def _both_or_none(self) -> "Redrive":
        if (self.topic is None) != (self.stream is None):
            raise ValueError("topic and stream name a stream together; give both or none")
        return self


class Redriven(BaseModel):
    """How many events were applied, and how many stay parked; of a trial, how many would be and would stay."""

    instance: str
    applied: int
    parked: int
    trial: bool = False


class Parked(BaseModel):
    """What an instance has parked."""

    instance: str
    total: int
    events: list[ParkedEvent]


class EventShown(BaseModel):
    """An event with its envelope, as its service wrote it down."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    recordedtime: datetime
    correlationid: str
    causationid: str
    actor: Actor
    origin: Origin | None
    traceparent: str | None
    dataclassification: str | None
    data: dict[str, Any]


class EventInStore(EventShown):
    """An event with its place in its service's store."""

    position: int


class Tail(BaseModel):
    """Events in the order in which this service wrote them; `last`: the position to go on from."""

    events: list[EventInStore]
    last: int


class Chain(BaseModel):
    """The events of one chain of causes that this service wrote, in the order of writing; other services wrote the rest."""

    correlationid: str
    total: int
    events: list[EventShown]


def shown(event: Recorded[Event]) -> EventShown:
    """An event for an answer."""
    return EventShown(
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        sequence=event.sequence,
        time=event.time,
        recordedtime=event.recordedtime,
        correlationid=event.correlationid,
        causationid=event.causationid,
        actor=event.actor,
        origin=event.origin,
        traceparent=event.traceparent,
        dataclassification=event.dataclassification,
        data=event.data.model_dump(mode="json"),
    )


def ops(runtime: Runtime, rebuilds: Rebuilds, projections: Sequence[str]) -> APIRouter:
    """The operators' pages of one service."""
    router = APIRouter(prefix="/ops", tags=["ops"])
    _add_instances(router, runtime)
    _add_rebuilds(router, rebuilds, projections)
    _add_events(router, runtime)
    return router


def _add_instances(router: APIRouter, runtime: Runtime) -> None:
    async def status(parked: int) -> list[InstanceStatus]:
        return await to_thread(runtime.instances.status, parked)

    @router.get("/lag", dependencies=READ)
    async def lag() -> list[Lag]:
        """How far each live instance is behind each topic that it reads, in events and in seconds."""
        return list(await runtime.lag())

    @router.get("/instances", dependencies=READ)
    async def instances() -> list[InstanceStatus]:
        """The instances of projections and policies: state, progress, checkpoints, the first ten parked events, open gaps, marks."""
        return await status(10)

    @router.get("/parked", dependencies=READ)
    async def parked(limit: Many = 100) -> list[Parked]:
        """What could not be applied, with its cause, and what waits behind it; instances with nothing parked are left out."""
        found = await status(limit)
        return [Parked(instance=one.name, total=one.parked_total, events=list(one.parked)) for one in found if one.parked_total]

    @router.post("/redrive", dependencies=WRITE)
    async def redrive(what: Redrive) -> Redriven:
        """Tries parked events again, in order. Tells how many went through and how many stay; a trial undoes what it did."""
        names = [one.name for one in await status(1)]
        if what.instance not in names:
            there = ", ".join(names) or "none"
            raise Problem(kinds.NOT_FOUND, f"there is no instance {what.instance[:80]} here", mend=f"name one of these: {there}")
        applied = await runtime.redrive(what.instance, what.topic, what.stream, trial=what.trial)
        left = next((one.parked_total for one in await status(1) if one.name == what.instance), 0)
        return Redriven(instance=what.instance, applied=applied, parked=left - applied if what.trial else left, trial=what.trial)


def _add_rebuilds(router: APIRouter, rebuilds: Rebuilds, projections: Sequence[str]) -> None:
    def known(projection: str) -> str:
        if projection not in projections:
            there = ", ".join(projections) or "none"
            raise Problem(kinds.NOT_FOUND, f"there is no projection {projection[:80]} here", mend=f"name one of these: {there}")
        return projection

    @router.post("/rebuild/{projection}", dependencies=WRITE, status_code=202)
    async def rebuild(projection: str, *, check: bool = False) -> Rebuild:
        """Starts building the projection anew beside the live one, to switch to it at the end; with `check` only compares the two."""
        return rebuilds.start(known(projection), check=check)

    @router.get("/rebuild/{projection}", dependencies=READ)
    async def rebuilding(projection: str) -> Rebuild:
        """How far the projection's last rebuild is."""
        last = rebuilds.of(known(projection))
        if last is None:
            raise Problem(kinds.NOT_FOUND, f"{projection} was not rebuilt since the service started", mend="start it with POST first")
        return last


def _add_events(router: APIRouter, runtime: Runtime) -> None:
    @router.get("/events/by-id/{id}", dependencies=READ)
    async def event(id: str) -> EventShown:
        """One event that this service wrote."""
        found = await storable(runtime.database.read(runtime.store.event, id))
        if found is None:
            raise Problem(kinds.NOT_FOUND, f"this service wrote no event {id[:80]}", mend="ask the service that its `source` names")
        return shown(found)

    @router.get("/events", dependencies=READ)
    async def tail(
        after: Annotated[int | None, Query(ge=0, description="only what was written after this position; the newest if left out")] = None,
        limit: Many = 50,
    ) -> Tail:
        """The newest events that this service wrote, or those after a position."""
        found = await storable(runtime.database.read(runtime.store.tail, after, limit))
        events = [EventInStore(**shown(event).model_dump(), position=position) for position, event in found]
        return Tail(events=events, last=events[-1].position if events else after or 0)

    @router.get("/events/{correlationid:path}", dependencies=READ)
    async def chain(correlationid: str, limit: Many = 1000) -> Chain:
        """The events of one chain of causes that this service wrote, with what each was caused by."""
        found = await storable(runtime.database.read(runtime.store.correlated, correlationid))
        return Chain(correlationid=correlationid, total=len(found), events=[shown(one) for one in found[:limit]])
