"""The gateway over HTTP: events from outside, and the sources that may send them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from entente_contracts.events.gateway import QuarantineReason, SourceName
from entente_eventkit.acting.acting import Acting
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.paging import InPage
from entente_eventkit.shell.permissions import requires
from entente_gateway import queries
from entente_gateway.answers import ChangeAnswer, QuarantineAnswer, SourceAnswer, SourcesAnswer
from entente_gateway.commands import NewKey, NewRights, Registration, Revocation, existing, existing_in
from entente_gateway.domain.source import AddKey, ChangeRights, RegisterSource, RevokeKey
from entente_gateway.examples import ADDED_KEY, EVENTS_BODY, EVENTS_HEADERS, REGISTRATION
from entente_gateway.intake.admitting import Arrival, take_in
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.registered import SOURCE, Registered, claim_uri
from entente_gateway.intake.request import BATCH_LIMIT, read
from entente_gateway.keys import checked, no_private_key
from entente_gateway.receipts import Receipts

router = APIRouter(tags=["gateway"])
writes = [requires("sources:write")]
takes_keys = [*writes, Depends(no_private_key)]

Name = Annotated[SourceName, Path(description="the source's short name", examples=["ucdp"])]
KeyIdInPath = Annotated[str, Path(min_length=1, max_length=100, description="the key's id", examples=["ucdp-2023"])]


def registered(request: Request) -> Registered:
    """The running service's sources."""
    state = request.app.state
    if not hasattr(state, "registered"):
        state.registered = Registered()
    found: Registered = state.registered
    return found


@router.post(
    "/events",
    status_code=202,
    dependencies=[requires("events:publish")],
    max_body_size=BATCH_LIMIT,
    openapi_extra={"requestBody": EVENTS_BODY, "parameters": EVENTS_HEADERS},
)
async def publish(request: Request, shell: InShell, sources: Annotated[Registered, Depends(registered)]) -> Receipts:
    """Take in signed CloudEvents: binary, structured or batched (at most 500 items of at most 256 KiB).

    The answer is 202 as soon as every item's fate is durable, with a receipt an item in the order sent: admitted, duplicate (of what was
    admitted before), or quarantined with a reason, its detail, and how to mend it. What is quarantined is kept as it came and does not
    count as seen. Sending the same again is always safe.
    """
    items = await read(request.scope["headers"], request.stream())
    if not items:
        return Receipts(receipts=[])
    at, registry = shell.clock.now(), sources.registry
    examined = await asyncio.to_thread(examine_all, items, at, registry)
    arrival = Arrival(items, examined, registry, at, shell.because.traceparent)
    judged = await shell.transact(take_in, sources, arrival)
    return Receipts(receipts=[each.receipt for each in judged])


@router.post("/sources", status_code=201, dependencies=takes_keys)
async def register(shell: InShell, asked: Annotated[Registration, REGISTRATION]) -> ChangeAnswer:
    """Register a foreign system with its public keys and its rights."""
    existing(asked.party, "party")
    keys = tuple(checked(key, f"keys[{number}]") for number, key in enumerate(asked.keys))
    command = RegisterSource(asked.name, asked.uri, asked.party, asked.title, existing_in(asked.rights), keys, asked.because)

    def claim(acting: Acting) -> None:
        claim_uri(acting, asked.uri, asked.name)

    answer = await shell.command(SOURCE, command, first=claim)
    shell.answer_with("Location", f"/gateway/sources/{asked.name}")
    return ChangeAnswer.of(asked.name, answer)


@router.post("/sources/{name}/keys", status_code=201, dependencies=takes_keys)
async def add_key(shell: InShell, name: Name, asked: Annotated[NewKey, ADDED_KEY]) -> ChangeAnswer:
    """Let another key of a source verify, beside those that it has."""
    answer = await shell.command(SOURCE, AddKey(name, checked(asked.key, "key"), asked.because))
    return ChangeAnswer.of(name, answer)


@router.post("/sources/{name}/keys/{keyid}/revocation", status_code=201, dependencies=writes)
async def revoke_key(shell: InShell, name: Name, keyid: KeyIdInPath, asked: Revocation) -> ChangeAnswer:
    """Refuse all that arrives under a key from now on. What was admitted stays."""
    answer = await shell.command(SOURCE, RevokeKey(name, keyid, shell.clock.now(), asked.because))
    return ChangeAnswer.of(name, answer)


@router.put("/sources/{name}/rights", dependencies=writes)
async def change_rights(shell: InShell, name: Name, asked: NewRights) -> ChangeAnswer:
    """Replace what a source may report."""
    answer = await shell.command(SOURCE, ChangeRights(name, existing_in(asked.rights), asked.because))
    return ChangeAnswer.of(name, answer)


@router.get("/sources", dependencies=[requires("sources:read")])
async def list_sources(shell: InShell, page: InPage) -> SourcesAnswer:
    """The registered sources with their keys and rights, by name."""
    return await shell.ask(queries.list_sources, page)


@router.get("/sources/{name}", dependencies=[requires("sources:read")])
async def show_source(shell: InShell, name: Name) -> SourceAnswer:
    """One source with its keys and rights; its version is the `ETag` for `If-Match`."""
    source = await shell.ask(queries.show_source, name)
    shell.version_is(source.version)
    return source


@router.get("/quarantine", dependencies=[requires("quarantine:read")])
async def list_quarantine(
    shell: InShell,
    page: InPage,
    reason: Annotated[QuarantineReason | None, Query(description="only what was refused for this reason")] = None,
    signed_by: Annotated[SourceName | None, Query(description="only what this source's key really signed")] = None,
) -> QuarantineAnswer:
    """What was refused, why, how often, and whether it passed later; the last judged first."""
    return await shell.ask(queries.list_quarantine, page, reason=reason, signed_by=signed_by)
