"""Taking over many agreements or bodies in one transaction, each whole or not at all."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from entente_contracts.refused import Refused
from entente_eventkit.acting.acting import Acting
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Answer as Effect
from entente_eventkit.store.errors import EventDoesNotDecode, EventTooLarge
from entente_partnerships import deciders
from entente_partnerships.answers.agreements import AgreementTaken
from entente_partnerships.answers.bodies import BodyTaken
from entente_partnerships.asked.acts import member_event, treaty_event
from entente_partnerships.asked.agreements import AgreementsToTakeOver, Recorded, named_in_act, named_in_terms
from entente_partnerships.asked.bodies import BodiesToTakeOver, RecordedBody
from entente_partnerships.domain.body import TakeOverBody
from entente_partnerships.domain.treaty.agreement import TakeOver
from entente_partnerships.parties import known
from entente_partnerships.states import former

T = TypeVar("T")


def take_over_agreements(acting: Acting, asked: AgreementsToTakeOver, because: Because) -> list[AgreementTaken]:
    """What became of each, in order."""
    today = acting.clock.now().date()

    def take(one: Recorded) -> Effect:
        known(acting, _named(one))
        acts = tuple(treaty_event(one.agreement, act) for act in one.acts)
        return acting.execute(deciders.agreement, TakeOver(one.event(), acts, today, former()), because)

    return [AgreementTaken(agreement=one.agreement, **_outcome(take, one)) for one in asked.agreements]


def take_over_bodies(acting: Acting, asked: BodiesToTakeOver, because: Because) -> list[BodyTaken]:
    """What became of each, in order."""
    today = acting.clock.now().date()

    def take(one: RecordedBody) -> Effect:
        known(acting, ((place, party) for place, party in _members(one) if party not in here))
        acts = tuple(member_event(one.body, act) for act in one.acts)
        return acting.execute(deciders.body, TakeOverBody(one.event(), acts, today), because)

    here = {one.body for one in asked.bodies}
    return [BodyTaken(body=one.body, **_outcome(take, one)) for one in asked.bodies]


def _named(one: Recorded) -> Iterator[tuple[str, str]]:
    yield from named_in_terms(one.terms, "terms")
    for number, act in enumerate(one.acts):
        yield from named_in_act(act, f"acts[{number}].")


def _members(one: RecordedBody) -> Iterator[tuple[str, str]]:
    for number, act in enumerate(one.acts):
        yield from named_in_act(act, f"acts[{number}].")


def _outcome(take: Callable[[T], Effect], one: T) -> dict[str, Any]:
    try:
        effect = take(one)
    except Refused as refused:
        return {
            "outcome": "refused",
            "events": 0,
            "code": refused.code,
            "detail": refused.detail,
            "where": refused.where,
            "mend": refused.mend,
        }
    except (EventTooLarge, EventDoesNotDecode) as error:
        return {"outcome": "refused", "events": 0, "code": "unstorable-value", "detail": str(error), "mend": "say less, or plainer"}
    made = len(effect.events)
    return {"outcome": "unchanged" if made == 0 else "taken" if made == effect.version else "changed", "events": made}
