"""Agreements: opened, given their acts one by one or taken over whole, and shown."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from entente_contracts.events.partnerships.parts import PartyId
from entente_eventkit.acting.acting import Acting
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.paging import InPage
from entente_partnerships import deciders
from entente_partnerships.answers.agreements import (
    AgreementAnswer,
    AgreementChanged,
    AgreementsAnswer,
    AgreementsTaken,
    RuleAnswer,
    RulesAnswer,
)
from entente_partnerships.api.common import IMPORT_LIMIT, AgreementInPath, KnownOn, On, moment, reads, writes
from entente_partnerships.api.examples import ACTS, OPENING, TAKE_OVER, answering
from entente_partnerships.asked.acts import AnyTreatyAct, treaty_event
from entente_partnerships.asked.agreements import AgreementsToTakeOver, Opening, named_in_act, named_in_terms
from entente_partnerships.domain.treaty.agreement import RecordAct
from entente_partnerships.domain.treaty.rules import RULES
from entente_partnerships.parties import known
from entente_partnerships.questions import agreements as asking
from entente_partnerships.states import former
from entente_partnerships.taking_over import take_over_agreements

router = APIRouter(tags=["agreements"])


@router.post("/agreements", status_code=201, dependencies=writes)
async def open_agreement(shell: InShell, asked: Annotated[Opening, Body(openapi_examples=OPENING)]) -> AgreementChanged:
    """Register an agreement whose text stands: what it is, by which rules it lives, and the day on which it was opened."""

    def parties_exist(acting: Acting) -> None:
        known(acting, named_in_terms(asked.terms, "terms"))

    command = RecordAct(asked.event(), shell.clock.now().date(), former())
    effect = await shell.command(deciders.agreement, command, first=parties_exist)
    shell.answer_with("Location", f"/partnerships/agreements/{asked.agreement}")
    return AgreementChanged.of(asked.agreement, effect)


@router.post("/agreements/import", dependencies=writes, max_body_size=IMPORT_LIMIT)
async def take_over(shell: InShell, asked: Annotated[AgreementsToTakeOver, Body(openapi_examples=TAKE_OVER)]) -> AgreementsTaken:
    """Take over agreements with their lives, at most 100 at once. One that is registered already gets the acts that it lacks.

    Each is taken whole or refused whole. Sending the same again changes nothing.
    """
    return AgreementsTaken(results=await shell.transact(take_over_agreements, asked, shell.because))


@router.post("/agreements/{agreement}/acts", status_code=201, dependencies=writes)
async def record_act(
    shell: InShell, agreement: AgreementInPath, asked: Annotated[AnyTreatyAct, Body(openapi_examples=ACTS)]
) -> AgreementChanged:
    """Record an act of an agreement's life, or correct or annul a step of it.

    What follows for whom is bound is told as soon as it holds. A correction changes what is true from now on, not what was known before.
    """

    def parties_exist(acting: Acting) -> None:
        known(acting, named_in_act(asked))

    command = RecordAct(treaty_event(agreement, asked), shell.clock.now().date(), former())
    return AgreementChanged.of(agreement, await shell.command(deciders.agreement, command, first=parties_exist))


@router.get("/agreements", dependencies=reads, responses=answering("/agreements"))
async def agreements(
    shell: InShell,
    page: InPage,
    party: Annotated[PartyId | None, Query(description="only those that ever bound this party by its own acts", examples=["FRA"])] = None,
) -> AgreementsAnswer:
    """The agreements on record, by id."""
    return await shell.ask(asking.agreements, page, party)


@router.get("/agreements/{agreement}", dependencies=reads, responses=answering("/agreements/elysee-1963?on=1998-05-01"))
async def agreement(shell: InShell, agreement: AgreementInPath, on: On = None, known_on: KnownOn = None) -> AgreementAnswer:
    """An agreement with its whole life as it was known, and where it stands on a day. The `ETag` is its version, for `If-Match`."""
    answer = await shell.ask(asking.agreement, agreement, moment(shell, on, known_on))
    shell.version_is(answer.version)
    return answer


@router.get("/rules", dependencies=reads, responses=answering("/rules"))
async def rules() -> RulesAnswer:
    """The rules that hold where an agreement does not say otherwise, each with its source."""
    return RulesAnswer(items=[RuleAnswer(name=rule.name, says=rule.says, citation=rule.citation) for rule in RULES])
