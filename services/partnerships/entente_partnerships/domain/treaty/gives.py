"""What an agreement gives: to one party, and between two, after amendments, reservations and objections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    Effect,
    ReservationMade,
    ReservationObjected,
    ReservationWithdrawn,
)
from entente_contracts.events.partnerships.parts import Provision
from entente_partnerships.domain.calendar import FOREVER, after
from entente_partnerships.domain.treaty.acts import of_kind
from entente_partnerships.domain.treaty.life import Life
from entente_partnerships.domain.treaty.rules import TO_OBJECT
from entente_partnerships.domain.treaty.spans import Span, together
from entente_partnerships.domain.treaty.standing import Bound


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection made in time; `no_relations`: the whole agreement shall not be in force between the two."""

    party: str
    no_relations: bool
    on: date
    step: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation: by whom, to what, on which days; and the objections that count."""

    party: str
    provisions: frozenset[str]
    effect: Effect
    span: Span
    objections: tuple[Objection, ...] = ()

    def objected_by(self, party: str, day: date) -> list[Objection]:
        """The objections of one party up to a day."""
        return [each for each in self.objections if each.party == party and each.on <= day]


def reservations(life: Life) -> list[Reserved]:
    """Every reservation with the objections that count."""
    ends = {said.reservation: act for act, said in of_kind(life.acts, ReservationWithdrawn)}
    found: list[Reserved] = []
    for act, made in of_kind(life.acts, ReservationMade):
        ended = ends.get(made.reservation)
        span = Span(act.on, FOREVER, (act.step,)) if ended is None else Span(act.on, max(act.on, ended.on), (act.step,), (ended.step,))
        objections = tuple(_objections(life, made.reservation, act.on))
        found.append(Reserved(made.party, frozenset(made.provisions), made.effect, span, objections))
    return found


def _objections(life: Life, reservation: str, made: date) -> Iterator[Objection]:
    for act, said in of_kind(life.acts, ReservationObjected):
        own = [consent.on for consent in life.given if consent.party == said.party]
        if said.reservation == reservation and act.on <= max([after(made, TO_OBJECT), *own]):
            yield Objection(said.party, said.no_relations, act.on, act.step)


@dataclass(frozen=True, slots=True)
class Given:
    """Days on which a party is bound, with all that the agreement gives it on them."""

    bound: Bound
    gives: tuple[Provision, ...]

    @property
    def span(self) -> Span:
        """The days."""
        return self.bound.span


def given_to(life: Life, party: str) -> list[Given]:
    """The spans of a party, split wherever an amendment or a reservation of its own changes what they give."""
    own = [each for each in reservations(life) if each.party == party and each.effect is Effect.EXCLUDES]
    changes = {act.on: act.step for act, _ in of_kind(life.acts, AgreementAmended)}
    changes |= {each.span.first: each.span.because[0] for each in own}
    changes |= {each.span.until: each.span.ended_by[0] for each in own if each.span.ended_by}
    found: list[Given] = []
    for bound in life.bound.get(party, ()):
        first, because = bound.span.first, together(bound.span.because, _limits(life, party, bound.span.first, own))
        for day in sorted(day for day in changes if bound.span.first < day < bound.span.until):
            if _text(life, party, day, own) == _text(life, party, first, own):
                continue
            piece = Span(first, day, because, (changes[day],))
            found.append(Given(replace(bound, span=piece), _text(life, party, first, own)))
            first, because = day, together(bound.span.because, _limits(life, party, day, own), (changes[day],))
        last = Span(first, bound.span.until, because, bound.span.ended_by)
        found.append(Given(replace(bound, span=last), _text(life, party, first, own)))
    return found


def _limits(life: Life, party: str, day: date, own: Sequence[Reserved]) -> tuple[int, ...]:
    """The steps by which, on a day, a party is given something else than the agreement first gave."""
    reserved = [step for each in own if each.span.holds(day) for step in each.span.because]
    accepted = [act.step for act, said in of_kind(life.acts, AgreementAmended) if act.on <= day and _accepts(life, party, said, act.on)]
    return together(reserved, accepted[-1:])


def _text(life: Life, party: str, day: date, own: Sequence[Reserved]) -> tuple[Provision, ...]:
    reserved = {key for each in own if each.span.holds(day) for key in each.provisions}
    last = _amendment(life, [party], day)
    provisions = life.terms.provisions if last is None else last.provisions
    return tuple(each for each in provisions if each.key not in reserved)


def _amendment(life: Life, parties: Sequence[str], day: date) -> AgreementAmended | None:
    """The last amendment that holds among the parties on a day."""
    found = None
    for act, amended in of_kind(life.acts, AgreementAmended):
        if act.on <= day and all(_accepts(life, party, amended, act.on) for party in parties):
            found = amended
    return found


def _accepts(life: Life, party: str, amendment: AgreementAmended, on: date) -> bool:
    if amendment.binds is None or party in amendment.binds:
        return True
    own = [consent.on for consent in life.given if consent.party == party]
    return bool(own) and min(own) > on


class Holds(StrEnum):
    """How far a provision holds between two parties."""

    FULL = "full"
    MODIFIED = "modified"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Between:
    """What an agreement gives between two parties on a day. Without `relations` it is not in force between the two."""

    relations: bool
    because: tuple[int, ...]
    gives: tuple[tuple[Provision, Holds, tuple[int, ...]], ...] = ()


def between(life: Life, a: str, b: str, day: date) -> Between | None:
    """What the agreement gives between two parties on a day; None where one of them is not bound."""
    bound_a, bound_b = life.how_bound(a, day), life.how_bound(b, day)
    if bound_a is None or bound_b is None:
        return None
    why = together(bound_a.span.because, bound_b.span.because)
    reserved = [each for each in reservations(life) if each.party in {a, b} and each.span.holds(day)]
    refused = [one.step for each in reserved for one in each.objected_by(_other(each.party, a, b), day) if one.no_relations]
    if refused:
        return Between(relations=False, because=together(why, refused))
    last = _amendment(life, [a, b], day)
    provisions = life.terms.provisions if last is None else last.provisions
    gives = tuple((each, *_holds(each.key, reserved, a, b, day)) for each in provisions)
    return Between(relations=True, because=why, gives=gives)


def _other(party: str, a: str, b: str) -> str:
    return b if party == a else a


def _holds(key: str, reserved: Sequence[Reserved], a: str, b: str, day: date) -> tuple[Holds, tuple[int, ...]]:
    holds: Holds = Holds.FULL
    because: tuple[int, ...] = ()
    for each in reserved:
        if key not in each.provisions:
            continue
        objected = [one.step for one in each.objected_by(_other(each.party, a, b), day)]
        effect = Holds.EXCLUDED if objected or each.effect is Effect.EXCLUDES else Holds.MODIFIED
        holds = Holds.EXCLUDED if Holds.EXCLUDED in {holds, effect} else effect
        because = together(because, each.span.because, objected)
    return holds, because
