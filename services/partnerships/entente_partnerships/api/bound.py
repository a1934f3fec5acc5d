"""The questions that the registry is for: who is bound, to what, with whom, and what changes."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from entente_contracts.events.partnerships.parts import PartyId
from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.context import InShell
from entente_eventkit.shell.paging import InPage
from entente_partnerships.answers.agreements import BetweenAnswer, BoundAnswer, ChangesAnswer, NetworkAnswer
from entente_partnerships.api.common import KnownOn, On, moment, reads
from entente_partnerships.api.examples import answering
from entente_partnerships.naming import must_be_party
from entente_partnerships.questions import bound as asking_bound
from entente_partnerships.questions import network as asking_network
from entente_partnerships.questions.between import between as given_between
from entente_partnerships.questions.changes import changes as asking_changes
from entente_partnerships.questions.moments import Moment
from entente_partnerships.questions.wording import counted

router = APIRouter(tags=["questions"])

Of = Annotated[PartyId, Query(description="a state or a body", examples=["FRA"])]


@router.get("/bound", dependencies=reads, responses=answering("/bound?of=FRA&on=1998-05-01"))
async def bound(shell: InShell, page: InPage, of: Of, on: On = None, known_on: KnownOn = None) -> BoundAnswer:
    """What binds a state or a body on a day, by its own acts or through bodies that it belongs to; what it gives, since when, and why."""

    def asking(ask: Ask, at: Moment) -> BoundAnswer:
        name = must_be_party(ask, of, "query of")
        everything = asking_bound.bound(ask, of, at)
        after = page.after[0] if page.after is not None else ""
        items = page.cut([item for item in everything if item.agreement > str(after)], lambda item: (item.agreement,))
        says = f"By what was known on {at.known_on}, {counted(len(everything), 'agreement')} on record bound {name} on {at.on}."
        return BoundAnswer(of=of, name=name, on=at.on, known_on=at.known_on, items=items, says=says)

    return await shell.ask(asking, moment(shell, on, known_on))


@router.get("/between", dependencies=reads, responses=answering("/between?a=FRA&b=DEU&on=1998-05-01"))
async def between(shell: InShell, a: Of, b: Of, on: On = None, known_on: KnownOn = None) -> BetweenAnswer:
    """What binds two parties to each other on a day, provision by provision, after reservations, objections and amendments; and why."""
    if a == b:
        raise Refused("not-a-pair", f"{a} and {b} are one party", mend="name two different parties", where="query b")

    def asking(ask: Ask, at: Moment) -> BetweenAnswer:
        names = must_be_party(ask, a, "query a"), must_be_party(ask, b, "query b")
        items = given_between(ask, a, b, at)
        related = sum(item.relations for item in items)
        agreements = counted(related, "agreement")
        says = f"By what was known on {at.known_on}, {agreements} on record bound {' and '.join(names)} to each other on {at.on}."
        return BetweenAnswer(a=a, b=b, on=at.on, known_on=at.known_on, items=items, says=says)

    return await shell.ask(asking, moment(shell, on, known_on))


@router.get("/changes", dependencies=reads, responses=answering("/changes?within=90"))
async def changes(shell: InShell, within: Annotated[int, Query(ge=1, le=3_660, description="days from tomorrow on")] = 90) -> ChangesAnswer:
    """What is known to change in the days to come: what enters into force, who is bound or no longer, what runs out or renews itself."""
    today = moment(shell, None, None).on

    def asking(ask: Ask) -> ChangesAnswer:
        items = asking_changes(ask, today, within)
        last = today + timedelta(days=within)
        says = f"{counted(len(items), 'change is', 'changes are')} known to come from {today} to {last}."
        return ChangesAnswer(first=today, last=last, items=items, says=says)

    return await shell.ask(asking)


@router.get("/network", dependencies=reads, responses=answering("/network?on=1998-05-01"))
async def network(shell: InShell, on: On = None, known_on: KnownOn = None) -> NetworkAnswer:
    """Who is tied to whom on a day, as node-link JSON.

    An agreement of two parties is part of the link between them; one of more is a node of its own, linked to each of its parties.
    """
    return await shell.ask(asking_network.network, moment(shell, on, known_on))
