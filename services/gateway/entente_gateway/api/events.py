"""Events from outside."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.permissions import requires
from entente_gateway.answers import IntakeAnswer
from entente_gateway.examples import EVENTS_BODY, EVENTS_HEADERS
from entente_gateway.intake.admitting import Arrival, take_in
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.limits import Limits
from entente_gateway.intake.registered import Registered
from entente_gateway.intake.request import BATCH_LIMIT, read
from entente_gateway.receipts import Receipts

router = APIRouter(tags=["gateway"])


def registered(request: Request) -> Registered:
    """The running service's sources."""
    state = request.app.state
    if not hasattr(state, "registered"):
        state.registered = Registered()
    found: Registered = state.registered
    return found


def limits(request: Request) -> Limits:
    """What the running service takes in at once."""
    state = request.app.state
    if not hasattr(state, "limits"):
        state.limits = Limits.read()
    found: Limits = state.limits
    return found


Sources = Annotated[Registered, Depends(registered)]
InLimits = Annotated[Limits, Depends(limits)]


@router.post(
    "/events",
    status_code=202,
    dependencies=[requires("events:publish")],
    max_body_size=BATCH_LIMIT,
    openapi_extra={"requestBody": EVENTS_BODY, "parameters": EVENTS_HEADERS},
)
async def publish(request: Request, shell: InShell, sources: Sources, limits: InLimits) -> Receipts:
    """Take in signed CloudEvents: binary, structured or batched (at most 500 items of at most 256 KiB).

    The answer is 202 as soon as every item's fate is durable, with a receipt an item in the order sent: admitted, duplicate (of what was
    admitted before), or quarantined with a reason, its detail, and how to mend it. What is quarantined is kept as it came and does not
    count as seen. Sending the same again is always safe. Whoever sends more than the platform takes is answered with 429 or 503 and
    `Retry-After`, and nothing of that request is taken; a body that comes too slowly ends with 408.
    """
    async with limits.held(request.stream()) as body:
        items = await read(request.scope["headers"], body)
        if not items:
            return Receipts(receipts=[])
        at, registry = shell.clock.now(), sources.registry
        examined = await asyncio.to_thread(examine_all, items, at, registry)
        if limits.would_turn_away(examined, registry) and limits.may_look_again():
            registry = await shell.transact(sources.now)
            examined = await asyncio.to_thread(examine_all, items, at, registry)
        limits.spend(examined, registry)
        arrival = Arrival(items, examined, registry, at, shell.because.traceparent)
        judged = await shell.transact(take_in, sources, arrival)
    return Receipts(receipts=[each.receipt for each in judged])


@router.get("/ops/intake", dependencies=[requires("ops:read")])
async def intake(limits: InLimits) -> IntakeAnswer:
    """How busy the front door is: what is in hand, the limits, who has used how much of theirs, and what was turned away and why."""
    return IntakeAnswer.of(limits)
