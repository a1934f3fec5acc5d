"""The sources that may send events: let in, changed, stopped, shown."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from entente_contracts.events.gateway import SourceName
from entente_eventkit.acting.acting import Acting
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.paging import InPage
from entente_eventkit.shell.permissions import requires
from entente_gateway import queries
from entente_gateway.answers import ChangeAnswer, SourceAnswer, SourcesAnswer, TokenAnswer
from entente_gateway.commands import NewDescription, NewKey, NewRights, NewToken, Registration, TokenName, Why, existing, existing_in
from entente_gateway.domain.source_commands import (
    AddKey,
    ChangeRights,
    DescribeSource,
    IssueToken,
    RegisterSource,
    ReinstateSource,
    RevokeKey,
    RevokeToken,
    SuspendSource,
)
from entente_gateway.door import digest_of, new_secret
from entente_gateway.examples import ADDED_KEY, REGISTRATION
from entente_gateway.intake.registered import SOURCE, claim_uri
from entente_gateway.keys import checked, no_private_key

router = APIRouter(tags=["sources"])
writes = [requires("sources:write")]
takes_keys = [*writes, Depends(no_private_key)]

Name = Annotated[SourceName, Path(description="the source's short name", examples=["ucdp"])]
KeyIdInPath = Annotated[str, Path(min_length=1, max_length=100, description="the key's id", examples=["ucdp-2023"])]
TokenInPath = Annotated[TokenName, Path(description="the token's name", examples=["desk"])]


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
async def revoke_key(shell: InShell, name: Name, keyid: KeyIdInPath, asked: Why) -> ChangeAnswer:
    """Refuse all that arrives under a key from now on. What was admitted stays."""
    answer = await shell.command(SOURCE, RevokeKey(name, keyid, shell.clock.now(), asked.because))
    return ChangeAnswer.of(name, answer)


@router.put("/sources/{name}/rights", dependencies=writes)
async def change_rights(shell: InShell, name: Name, asked: NewRights) -> ChangeAnswer:
    """Replace what a source may report."""
    answer = await shell.command(SOURCE, ChangeRights(name, existing_in(asked.rights), asked.because))
    return ChangeAnswer.of(name, answer)


@router.put("/sources/{name}/description", dependencies=writes)
async def describe(shell: InShell, name: Name, asked: NewDescription) -> ChangeAnswer:
    """Say otherwise what a source is, and for whom it acts. Its name and URI stay."""
    existing(asked.party, "party")
    answer = await shell.command(SOURCE, DescribeSource(name, asked.party, asked.title, asked.because))
    return ChangeAnswer.of(name, answer)


@router.post("/sources/{name}/suspension", status_code=201, dependencies=writes)
async def suspend(shell: InShell, name: Name, asked: Why) -> ChangeAnswer:
    """Refuse all that arrives from a source from now on, whichever key signed it; it is kept, and can be released later."""
    answer = await shell.command(SOURCE, SuspendSource(name, shell.clock.now(), asked.because))
    return ChangeAnswer.of(name, answer)


@router.post("/sources/{name}/reinstatement", status_code=201, dependencies=writes)
async def reinstate(shell: InShell, name: Name, asked: Why) -> ChangeAnswer:
    """Judge what arrives from a source from now on as before its suspension."""
    answer = await shell.command(SOURCE, ReinstateSource(name, shell.clock.now(), asked.because))
    return ChangeAnswer.of(name, answer)


@router.post("/sources/{name}/tokens", status_code=201, dependencies=writes)
async def issue_token(shell: InShell, name: Name, asked: NewToken) -> TokenAnswer:
    """Make a token with which the source reads what is its own. It is shown here and never again; only its hash is kept."""
    secret = new_secret()
    answer = await shell.command(SOURCE, IssueToken(name, asked.token, digest_of(secret), asked.because))
    return TokenAnswer(**ChangeAnswer.of(name, answer).model_dump(), token=asked.token, secret=None if answer.repeated else secret)


@router.post("/sources/{name}/tokens/{token}/revocation", status_code=201, dependencies=writes)
async def revoke_token(shell: InShell, name: Name, token: TokenInPath, asked: Why) -> ChangeAnswer:
    """Let a token open nothing any more."""
    answer = await shell.command(SOURCE, RevokeToken(name, token, asked.because))
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
