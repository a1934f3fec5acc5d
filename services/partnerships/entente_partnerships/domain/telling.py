"""What is told of an agreement to those who know no law of treaties: who is bound by now, and whether it is in force.

Stream: `binding/<agreement>`. A telling says everything that holds by its day; an event follows for each party of whom something else was
told before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from entente_contracts.events.partnerships.bindings import (
    AgreementCeasedToBeInForce,
    AgreementEnteredIntoForce,
    BindingChanged,
    BoundSpan,
    Ceased,
    Ground,
    How,
)
from entente_contracts.events.partnerships.parts import Provision
from entente_partnerships.domain.calendar import FOREVER

BindingEvent = AgreementEnteredIntoForce | AgreementCeasedToBeInForce | BindingChanged
MOST_GROUNDS = 500
MOST_SPANS = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """Days on which a party is bound in one way: by its own acts, or `through` a body that it belongs to."""

    first: date
    until: date
    how: How
    through: str | None
    gives: tuple[Provision, ...]
    why: tuple[Ground, ...]
    ended_by: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Force:
    """Since when the agreement is in force, by which rule and acts; `until` and `ceased`: when it is in force no more, and why."""

    on: date
    rule: str
    why: tuple[Ground, ...]
    until: date = FOREVER
    ceased: Ceased | None = None
    ended_by: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell what holds on `today` of an agreement: of each party its pieces, those that are yet to come among them."""

    agreement: str
    title: str
    today: date
    force: Force | None
    pieces: Mapping[str, Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last: of each party, and since when, until when the agreement is in force."""

    parties: Mapping[str, BindingChanged] = field(default_factory=dict)
    entered: date | None = None
    ceased: date | None = None


def binding_stream(command: Tell) -> str:
    """`binding/<agreement>`."""
    return f"binding/{command.agreement}"


def decide_telling(command: Tell, told: Told | None) -> Sequence[BindingEvent]:
    """Only what differs from what was told."""
    told = told or Told()
    events: list[BindingEvent] = [*_force(command, told)]
    for party in sorted({*command.pieces, *told.parties}):
        now = binding_on(command, party)
        before = told.parties.get(party)
        if before is None and not now.spans:
            continue
        if before is None or not _same(before, now):
            events.append(now)
    return events


def evolve_telling(told: Told | None, event: BindingEvent) -> Told:
    """What was told, with this."""
    told = told or Told()
    match event:
        case BindingChanged():
            return Told({**told.parties, event.party: event}, told.entered, told.ceased)
        case AgreementEnteredIntoForce():
            return Told(told.parties, event.on, None)
        case AgreementCeasedToBeInForce():
            return Told(told.parties, None if event.how is Ceased.CORRECTED else told.entered, event.on)


def next_change(command: Tell) -> date | None:
    """The first day after today on which something else will hold."""
    days = [day for pieces in command.pieces.values() for piece in pieces for day in (piece.first, piece.until)]
    if command.force is not None:
        days += [command.force.on, command.force.until]
    return min((day for day in days if command.today < day < FOREVER), default=None)


def binding_on(command: Tell, party: str) -> BindingChanged:
    """All that is to be told of a party today."""
    pieces, today = command.pieces.get(party, ()), command.today
    begun = [piece for piece in pieces if piece.first <= today]
    now = sorted((piece for piece in begun if today < piece.until), key=lambda piece: (piece.through or "", piece.first))
    spans = _joined(begun, today)
    firm = any(piece.how is How.IN_FORCE for piece in now)
    last = [] if now else sorted(begun, key=lambda piece: piece.until)[-1:]
    return BindingChanged(
        agreement=command.agreement,
        title=command.title,
        party=party,
        on=today,
        bound=bool(now),
        how=None if not now else How.IN_FORCE if firm else How.PROVISIONALLY,
        since=spans[-1].first if now else None,
        ends=_foreseen(pieces, today) if now else None,
        through=() if any(piece.through is None for piece in now) else tuple(piece.through for piece in now if piece.through is not None),
        gives=_union(piece.gives for piece in now),
        spans=tuple(spans[-MOST_SPANS:]),
        why=_grounds(
            [*(ground for piece in [*now, *last] for ground in piece.why), *(ground for piece in last for ground in piece.ended_by)]
        ),
    )


def _force(command: Tell, told: Told) -> list[BindingEvent]:
    force, today = command.force, command.today
    if force is None or force.on > today:
        if told.entered is None:
            return []
        return [
            AgreementCeasedToBeInForce(
                agreement=command.agreement, title=command.title, on=told.entered, how=Ceased.CORRECTED, why=force.why if force else ()
            )
        ]
    events: list[BindingEvent] = []
    ended = force.until <= today
    again = told.ceased is not None and not ended
    if told.entered != force.on or again:
        events.append(
            AgreementEnteredIntoForce(
                agreement=command.agreement,
                title=command.title,
                on=force.on,
                rule=force.rule,
                instead_of=told.entered if told.entered != force.on else None,
                why=force.why[-MOST_GROUNDS:],
            )
        )
    if ended and (told.ceased != force.until or events):
        events.append(
            AgreementCeasedToBeInForce(
                agreement=command.agreement,
                title=command.title,
                on=force.until,
                how=force.ceased or Ceased.TERMINATED,
                why=force.ended_by[-MOST_GROUNDS:],
            )
        )
    return events


def _same(before: BindingChanged, now: BindingChanged) -> bool:
    return before.model_copy(update={"on": now.on, "why": now.why}) == now


def _joined(pieces: Sequence[Piece], today: date) -> list[BoundSpan]:
    found: list[tuple[date, date]] = []
    for first, until in sorted((piece.first, piece.until) for piece in pieces):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((first, until))
    return [BoundSpan(first=first, until=until if until <= today else None) for first, until in found]


def _foreseen(pieces: Sequence[Piece], today: date) -> date | None:
    end = today
    for first, until in sorted((piece.first, piece.until) for piece in pieces):
        if first <= end < until or first == end:
            end = max(end, until)
    return end if today < end < FOREVER else None


def _union(all_gives: Iterable[tuple[Provision, ...]]) -> tuple[Provision, ...]:
    found: dict[str, Provision] = {}
    for gives in all_gives:
        for provision in gives:
            found.setdefault(provision.key, provision)
    return tuple(found.values())[:100]


def _grounds(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    unique = {ground.event: ground for ground in grounds}
    return tuple(sorted(unique.values(), key=lambda ground: ground.on))[-MOST_GROUNDS:]
