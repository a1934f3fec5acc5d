"""What partners do together, and what they promised there."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from entente_contracts.events.partnerships.engagements import (
    CommitmentKept,
    CommitmentKey,
    CommitmentMade,
    CommitmentReleased,
    EngagementCancelled,
    EngagementHeld,
    EngagementId,
    EngagementMoved,
    EngagementPlanned,
)
from entente_contracts.events.partnerships.parts import PartyId
from entente_eventkit.acting.acting import Acting
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.context import InShell, Shell
from entente_eventkit.shell.paging import InPage
from entente_partnerships import deciders
from entente_partnerships.answers.partners import CommitmentsAnswer, EngagementAnswer, EngagementChanged, EngagementsAnswer
from entente_partnerships.api.common import KnownOn, On, moment, reads, writes
from entente_partnerships.api.examples import COMMITMENT, ENGAGEMENT, HELD, KEPT, MOVED, answering, reported
from entente_partnerships.asked.partners import Held, Kept, Moved, NewCommitment, NewEngagement, Reported
from entente_partnerships.domain.engagement import EngagementEvent, Promise, Write
from entente_partnerships.parties import known
from entente_partnerships.questions import engagements as asking
from entente_partnerships.questions.moments import Moment
from entente_partnerships.questions.wording import counted

router = APIRouter(tags=["engagements"])

InPath = Annotated[EngagementId, Path(description="the engagement's name", examples=["strategic-dialogue-2026"])]
KeyInPath = Annotated[CommitmentKey, Path(description="the commitment's name", examples=["share-plans"])]


async def _write(shell: Shell, event: EngagementEvent) -> EngagementChanged:
    effect = await shell.command(deciders.engagement, Write(event, shell.clock.now().date()))
    return EngagementChanged.of(event.engagement, effect)


@router.post("/engagements", status_code=201, dependencies=writes)
async def plan(shell: InShell, asked: Annotated[NewEngagement, Body(openapi_examples=ENGAGEMENT)]) -> EngagementChanged:
    """Plan a dialogue, an officer exchange, an observer mission, training or capacity building."""

    def parties_exist(acting: Acting) -> None:
        known(acting, ((f"parties[{number}]", party) for number, party in enumerate(asked.parties)))

    command = Write(EngagementPlanned(**asked.model_dump()), shell.clock.now().date())
    effect = await shell.command(deciders.engagement, command, first=parties_exist)
    shell.answer_with("Location", f"/partnerships/engagements/{asked.engagement}")
    return EngagementChanged.of(asked.engagement, effect)


@router.post("/engagements/{engagement}/moves", status_code=201, dependencies=writes)
async def move(shell: InShell, engagement: InPath, asked: Annotated[Moved, Body(openapi_examples=MOVED)]) -> EngagementChanged:
    """Plan it for other days."""
    return await _write(shell, EngagementMoved(engagement=engagement, **asked.model_dump()))


@router.post("/engagements/{engagement}/holding", status_code=201, dependencies=writes)
async def hold(shell: InShell, engagement: InPath, asked: Annotated[Held, Body(openapi_examples=HELD)]) -> EngagementChanged:
    """Record that it took place, and what came of it."""
    return await _write(shell, EngagementHeld(engagement=engagement, **asked.model_dump()))


@router.post("/engagements/{engagement}/cancellation", status_code=201, dependencies=writes)
async def cancel(
    shell: InShell, engagement: InPath, asked: Annotated[Reported, Body(openapi_examples=reported("no agenda"))]
) -> EngagementChanged:
    """Record that it will not take place."""
    return await _write(shell, EngagementCancelled(engagement=engagement, **asked.model_dump()))


@router.post("/engagements/{engagement}/commitments", status_code=201, dependencies=writes)
async def promise(
    shell: InShell, engagement: InPath, asked: Annotated[NewCommitment, Body(openapi_examples=COMMITMENT)]
) -> EngagementChanged:
    """Record what one who takes part promised, and until when. On the day after, one that is still open falls past due."""
    return await _write(shell, CommitmentMade(engagement=engagement, **asked.model_dump()))


@router.post("/engagements/{engagement}/commitments/{commitment}/keeping", status_code=201, dependencies=writes)
async def keep(
    shell: InShell, engagement: InPath, commitment: KeyInPath, asked: Annotated[Kept, Body(openapi_examples=KEPT)]
) -> EngagementChanged:
    """Record that what was promised was done."""
    return await _write(shell, CommitmentKept(engagement=engagement, commitment=commitment, **asked.model_dump()))


@router.post("/engagements/{engagement}/commitments/{commitment}/release", status_code=201, dependencies=writes)
async def release(
    shell: InShell, engagement: InPath, commitment: KeyInPath, asked: Annotated[Reported, Body(openapi_examples=reported("overtaken"))]
) -> EngagementChanged:
    """Record that a promise holds no more."""
    return await _write(shell, CommitmentReleased(engagement=engagement, commitment=commitment, **asked.model_dump()))


@router.get("/engagements", dependencies=reads, responses=answering("/engagements"))
async def engagements(shell: InShell, page: InPage) -> EngagementsAnswer:
    """Every engagement by name, as it stands."""
    return await shell.ask(asking.engagements, page)


@router.get("/engagements/{engagement}", dependencies=reads, responses=answering("/engagements/strategic-dialogue-2026"))
async def engagement(shell: InShell, engagement: InPath, on: On = None, known_on: KnownOn = None) -> EngagementAnswer:
    """An engagement as it stands, with its commitments as they stood on a day. The `ETag` is its version, for `If-Match`."""
    answer = await shell.ask(asking.engagement, engagement, moment(shell, on, known_on))
    shell.version_is(answer.version)
    return answer


@router.get("/commitments", dependencies=reads, responses=answering("/commitments"))
async def commitments(
    shell: InShell,
    due_by: Annotated[date | None, Query(description="only those due by this day", examples=["2026-03-31"])] = None,
    owner: Annotated[PartyId | None, Query(description="only those of this party", examples=["FRA"])] = None,
    past_due: Annotated[bool, Query(description="only those that are past due")] = False,  # noqa: FBT002 - named in the query
    on: On = None,
    known_on: KnownOn = None,
) -> CommitmentsAnswer:
    """Commitments that are owed on a day, the soonest due first; one past due shows by how many days."""
    wanted = {Promise.PAST_DUE.value} if past_due else {Promise.OPEN.value, Promise.PAST_DUE.value}

    def answer(ask: Ask, at: Moment) -> CommitmentsAnswer:
        items = [
            each
            for each in asking.commitments(ask, at)
            if each.state in wanted and (due_by is None or each.due <= due_by) and (owner is None or each.owner == owner)
        ]
        late = sum(each.state == Promise.PAST_DUE.value for each in items)
        says = f"On {at.on} {counted(len(items), 'commitment was', 'commitments were')} owed, {late} of them past due."
        return CommitmentsAnswer(on=at.on, known_on=at.known_on, items=items, says=says)

    return await shell.ask(answer, moment(shell, on, known_on))
