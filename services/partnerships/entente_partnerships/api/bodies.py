"""International organisations and regional bodies, and who belongs to them."""

from typing import Annotated

from fastapi import APIRouter, Body

from entente_contracts.refused import Refused
from entente_eventkit.acting.acting import Acting
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.paging import InPage
from entente_partnerships import deciders
from entente_partnerships.answers.bodies import BodiesAnswer, BodiesTaken, BodyAnswer, BodyChanged
from entente_partnerships.api.common import IMPORT_LIMIT, BodyInPath, KnownOn, On, moment, reads, writes
from entente_partnerships.api.examples import MEMBER_ACTS, NEW_BODY, TAKE_OVER_BODIES, answering
from entente_partnerships.asked.acts import AnyMemberAct, member_event
from entente_partnerships.asked.agreements import named_in_act
from entente_partnerships.asked.bodies import BodiesToTakeOver, NewBody
from entente_partnerships.domain.body import RecordMembership
from entente_partnerships.parties import known
from entente_partnerships.questions import bodies as asking
from entente_partnerships.states import is_state
from entente_partnerships.taking_over import take_over_bodies

router = APIRouter(tags=["bodies"])


@router.post("/bodies", status_code=201, dependencies=writes)
async def register(shell: InShell, asked: Annotated[NewBody, Body(openapi_examples=NEW_BODY)]) -> BodyChanged:
    """Register an international organisation or a regional body, with its own rule about whom its agreements bind."""
    if is_state(asked.body):
        raise Refused(
            "name-of-a-state",
            f"{asked.body} is the code of a state",
            mend="choose another short name, for example with a hyphen",
            where="body",
        )
    effect = await shell.command(deciders.body, RecordMembership(asked.event(), shell.clock.now().date()))
    shell.answer_with("Location", f"/partnerships/bodies/{asked.body}")
    return BodyChanged.of(asked.body, effect)


@router.post("/bodies/import", dependencies=writes, max_body_size=IMPORT_LIMIT)
async def take_over(shell: InShell, asked: Annotated[BodiesToTakeOver, Body(openapi_examples=TAKE_OVER_BODIES)]) -> BodiesTaken:
    """Take over bodies with their memberships, at most 100 at once. One that is registered already gets the steps that it lacks.

    Each is taken whole or refused whole. Sending the same again changes nothing.
    """
    return BodiesTaken(results=await shell.transact(take_over_bodies, asked, shell.because))


@router.post("/bodies/{body}/acts", status_code=201, dependencies=writes)
async def record_membership(
    shell: InShell, body: BodyInPath, asked: Annotated[AnyMemberAct, Body(openapi_examples=MEMBER_ACTS)]
) -> BodyChanged:
    """Record that a member joined, was suspended, came back or left; or correct or annul a step of a membership."""

    def member_exists(acting: Acting) -> None:
        known(acting, named_in_act(asked))

    command = RecordMembership(member_event(body, asked), shell.clock.now().date())
    return BodyChanged.of(body, await shell.command(deciders.body, command, first=member_exists))


@router.get("/bodies", dependencies=reads, responses=answering("/bodies"))
async def bodies(shell: InShell, page: InPage) -> BodiesAnswer:
    """The bodies on record, by short name."""
    return await shell.ask(asking.bodies, page)


@router.get("/bodies/{body}", dependencies=reads, responses=answering("/bodies/OSCE?on=1993-01-01"))
async def body(shell: InShell, body: BodyInPath, on: On = None, known_on: KnownOn = None) -> BodyAnswer:
    """A body with those who belong to it on a day, and whom its agreements bind. The `ETag` is its version, for `If-Match`."""
    answer = await shell.ask(asking.body, body, moment(shell, on, known_on))
    shell.version_is(answer.version)
    return answer
