"""The routes of the process itself: its clock, and chains of causes over all of its services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from entente_contracts.refused import Refused
from entente_eventkit.clock import Clock, SetClock
from entente_eventkit.shell.ops import EventShown, shown
from entente_eventkit.shell.permissions import requires
from entente_eventkit.shell.running import Runtime


class Moment(BaseModel):
    """A moment with its offset, such as 2023-10-01T18:00:00Z."""

    now: AwareDatetime


class Time(BaseModel):
    """What the clock says, and whether it is set by its operators."""

    now: datetime
    is_set: bool


class Trace(BaseModel):
    """The events of one chain of causes over all services of this process, each after the one that caused it."""

    correlationid: str
    total: int
    events: list[EventShown]


def routes(clock: Clock, runtimes: Mapping[str, Runtime]) -> APIRouter:
    """The routes, for services by name."""
    router = APIRouter(prefix="/ops", tags=["process"])

    @router.get("/clock", dependencies=[requires("ops:read")])
    async def read_clock() -> Time:
        """What the clock says that all services of this process go by."""
        return Time(now=clock.now(), is_set=isinstance(clock, SetClock))

    @router.post("/clock", dependencies=[requires("clock:advance")])
    async def move_clock(moment: Moment) -> Time:
        """Moves a set clock forward; what falls due until then is done."""
        if not isinstance(clock, SetClock):
            raise Refused(
                "clock-not-set", "this process goes by the machine's clock", "start it with `entente up --clock TIME`", status=409
            )
        try:
            clock.set(moment.now)
        except ValueError as error:
            raise Refused("clock-goes-forward", str(error), "name a moment that has not passed", where="now", status=409) from error
        for runtime in runtimes.values():
            runtime.wake()
        return Time(now=clock.now(), is_set=True)

    @router.get("/trace/{correlationid:path}", dependencies=[requires("ops:read")])
    async def trace(correlationid: str, limit: Annotated[int, Query(ge=1, le=1000, description="at most so many")] = 1000) -> Trace:
        """One chain of causes from its beginning to its last consequence, whichever service wrote what."""
        events: list[EventShown] = []
        for runtime in runtimes.values():
            events += [shown(event) for event in await runtime.database.read(runtime.store.correlated, correlationid)]
        return Trace(correlationid=correlationid, total=len(events), events=in_order_of_causes(events)[:limit])

    return router


def in_order_of_causes(events: list[EventShown]) -> list[EventShown]:
    """Each event after its cause; those of one cause in the order of their ids, which carry the time."""
    known = {event.id for event in events}
    effects: dict[str, list[EventShown]] = {}
    for event in sorted(events, key=lambda event: event.id):
        effects.setdefault(event.causationid if event.causationid in known else "", []).append(event)
    ordered: list[EventShown] = []
    waiting = list(reversed(effects.get("", [])))
    while waiting:
        event = waiting.pop()
        ordered.append(event)
        waiting.extend(reversed(effects.get(event.id, [])))
    return ordered
