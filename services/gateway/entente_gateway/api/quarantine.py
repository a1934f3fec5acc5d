"""What was refused: read by whoever it belongs to, released by those who mended the cause."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from entente_contracts.events.gateway import QuarantineReason, SourceName
from entente_contracts.receipts import Receipt
from entente_eventkit.shell.context import InShell, Shell
from entente_eventkit.shell.paging import InPage
from entente_eventkit.shell.permissions import requires
from entente_gateway import queries
from entente_gateway.answers import KeptAnswer, QuarantineAnswer, ReleasedAnswer
from entente_gateway.api.events import Sources
from entente_gateway.commands import Release, Releases
from entente_gateway.door import source_of
from entente_gateway.intake.releasing import release, release_many

router = APIRouter(tags=["quarantine"])
reads = [requires("quarantine:read")]
writes = [requires("quarantine:write")]

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the arrival, in hex")]


@router.get("/quarantine", dependencies=reads)
async def list_quarantine(
    shell: InShell,
    page: InPage,
    *,
    reason: Annotated[QuarantineReason | None, Query(description="only what was refused for this reason")] = None,
    signed_by: Annotated[SourceName | None, Query(description="only what this source's key really signed")] = None,
    waiting: Annotated[bool, Query(description="only what has not been admitted since")] = False,
) -> QuarantineAnswer:
    """What was refused, why, how often, and whether it passed later; the last judged first.

    A source, with its own token, sees what its own keys really signed, and nothing else.
    """
    return await shell.ask(queries.list_quarantine, page, reason=reason, signed_by=_own(shell) or signed_by, waiting=waiting)


@router.get("/quarantine/{digest}", dependencies=reads)
async def show(shell: InShell, digest: Digest) -> KeptAnswer:
    """One arrival in quarantine with the very bytes that came, in Base64."""
    return await shell.ask(queries.show_quarantined, digest, _own(shell))


@router.post("/quarantine/{digest}/release", dependencies=writes)
async def release_one(shell: InShell, sources: Sources, digest: Digest, asked: Release) -> Receipt:
    """Judge an arrival again, by the same rules, once its cause is mended here: a right added, a key or a source let in.

    It is judged as of when it first arrived; what it becomes is chained to its first refusal. The receipt says what it was found to be.
    """
    return await shell.transact(release, sources, digest, asked.because, shell.because)


@router.post("/quarantine/release", dependencies=writes)
async def release_batch(shell: InShell, sources: Sources, asked: Releases) -> ReleasedAnswer:
    """Judge a batch again: what waits there for a reason, or of a source, the oldest first; `last` is where to go on."""
    return await shell.transact(release_many, sources, asked, shell.because)


def _own(shell: Shell) -> str | None:
    """The source that asks with its own token, if one does."""
    return source_of(shell.principal)
