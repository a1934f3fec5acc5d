"""What parties declare to want, and where two of them pull apart."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from entente_contracts.events.partnerships.parts import AgreementId, PartyId
from entente_contracts.events.partnerships.priorities import PrioritiesDeclared
from entente_eventkit.acting.acting import Acting
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.context import InShell
from entente_partnerships import deciders
from entente_partnerships.answers.partners import (
    MisalignmentsAnswer,
    PrioritiesAnswer,
    PrioritiesChanged,
    ThemeAnswer,
    VocabularyAnswer,
)
from entente_partnerships.api.common import KnownOn, On, moment, reads, writes
from entente_partnerships.api.examples import DECLARATION, answering
from entente_partnerships.asked.partners import Declaration
from entente_partnerships.domain.priorities import Declare
from entente_partnerships.naming import must_be_party
from entente_partnerships.parties import known
from entente_partnerships.questions import priorities as asking
from entente_partnerships.questions.moments import Moment
from entente_partnerships.vocabulary import vocabulary as in_force

router = APIRouter(tags=["priorities"])

InPath = Annotated[PartyId, Path(description="a state or a body", examples=["FRA"])]


@router.get("/priorities/vocabulary", dependencies=reads, responses=answering("/priorities/vocabulary"))
async def vocabulary() -> VocabularyAnswer:
    """The published vocabulary of priorities and doctrine, and the rule by which two parties are misaligned."""
    now = in_force()
    themes = [
        ThemeAnswer(theme=name, kind=theme.kind, about=theme.about, low=theme.low, high=theme.high, factor=theme.factor)
        for name, theme in now.themes.items()
    ]
    rule = now.rule
    return VocabularyAnswer(version=rule.version, gap=rule.gap, enter=rule.enter, leave=rule.leave, why=now.why, themes=themes)


@router.post("/priorities/{party}", status_code=201, dependencies=writes)
async def declare(shell: InShell, party: InPath, asked: Annotated[Declaration, Body(openapi_examples=DECLARATION)]) -> PrioritiesChanged:
    """Record what a party declares to want; it replaces what it declared before."""

    def party_exists(acting: Acting) -> None:
        known(acting, [("path party", party)])

    event = PrioritiesDeclared(party=party, priorities=asked.priorities, on=asked.on, source=asked.source)
    command = Declare(event, frozenset(in_force().themes), shell.clock.now().date())
    return PrioritiesChanged.of(party, await shell.command(deciders.priorities, command, first=party_exists))


@router.get("/priorities/{party}", dependencies=reads, responses=answering("/priorities/FRA"))
async def priorities(shell: InShell, party: InPath, on: On = None, known_on: KnownOn = None) -> PrioritiesAnswer:
    """What a party wanted on a day. The `ETag` is the version of its declarations, for `If-Match`."""

    def answer(ask: Ask, at: Moment) -> PrioritiesAnswer:
        must_be_party(ask, party, "path party")
        return asking.priorities(ask, party, at)

    found = await shell.ask(answer, moment(shell, on, known_on))
    shell.version_is(found.version)
    return found


@router.get("/misalignments", dependencies=reads, responses=answering("/misalignments?of=FRA"))
async def misalignments(
    shell: InShell,
    of: Annotated[PartyId | None, Query(description="only those of this party", examples=["FRA"])] = None,
    agreement: Annotated[AgreementId | None, Query(description="only those of this agreement")] = None,
    on: On = None,
    known_on: KnownOn = None,
) -> MisalignmentsAnswer:
    """Where two parties of one agreement pulled apart on a day: on which themes, since when, how strongly, by which declarations."""
    at = moment(shell, on, known_on)
    return MisalignmentsAnswer(on=at.on, known_on=at.known_on, items=await shell.ask(asking.misalignments, at, of, agreement))
