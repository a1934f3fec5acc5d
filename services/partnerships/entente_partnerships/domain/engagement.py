"""What partners do together, and what they promise there: planned, held, cancelled; commitments kept, released, past due.

Stream: `engagement/<id>`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from entente_contracts.events.partnerships.engagements import (
    CommitmentFellPastDue,
    CommitmentKept,
    CommitmentMade,
    CommitmentReleased,
    EngagementCancelled,
    EngagementHeld,
    EngagementKind,
    EngagementMoved,
    EngagementPlanned,
)
from entente_contracts.refused import Refused

EngagementEvent = (
    EngagementPlanned
    | EngagementMoved
    | EngagementHeld
    | EngagementCancelled
    | CommitmentMade
    | CommitmentKept
    | CommitmentReleased
    | CommitmentFellPastDue
)


class Stage(StrEnum):
    """How far an engagement is."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Promise(StrEnum):
    """What became of a commitment."""

    OPEN = "open"
    PAST_DUE = "past_due"
    KEPT = "kept"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Write:
    """Write down what was planned, held, cancelled, promised or done. `today`: nothing but plans and dues lies behind it."""

    event: EngagementEvent
    today: date


@dataclass(frozen=True, slots=True)
class LetFallDue:
    """The last day of a commitment is over."""

    engagement: str
    commitment: str


EngagementCommand = Write | LetFallDue


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise: who made it, until when, and what became of it."""

    owner: str
    due: date
    state: Promise = Promise.OPEN


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement as it stands."""

    kind: EngagementKind
    title: str
    parties: tuple[str, ...]
    first: date
    last: date
    stage: Stage = Stage.PLANNED
    outcome: str | None = None
    commitments: Mapping[str, Commitment] = field(default_factory=dict)


def engagement_stream(command: EngagementCommand) -> str:
    """`engagement/<id>`."""
    return f"engagement/{command.event.engagement if isinstance(command, Write) else command.engagement}"


def decide_engagement(command: EngagementCommand, engagement: Engagement | None) -> Sequence[EngagementEvent]:
    """The events that follow, or `Refused`."""
    if isinstance(command, LetFallDue):
        promise = engagement.commitments.get(command.commitment) if engagement is not None else None
        if promise is None or promise.state is not Promise.OPEN:
            return []
        return [CommitmentFellPastDue(engagement=command.engagement, commitment=command.commitment, due=promise.due)]
    event = command.event
    if isinstance(event, EngagementPlanned):
        return [_planned(event, engagement)]
    if engagement is None:
        raise Refused(
            "no-such-engagement",
            f"no engagement {event.engagement!r} was planned",
            mend="plan it first with POST /partnerships/engagements",
            where="path engagement",
            status=404,
        )
    _check(event, engagement, command.today)
    return [event]


def evolve_engagement(engagement: Engagement | None, event: EngagementEvent) -> Engagement:
    """The engagement after an event."""
    if isinstance(event, EngagementPlanned):
        return Engagement(event.kind, event.title, event.parties, event.first, event.last)
    if engagement is None:
        raise ValueError(f"{event.event_type()} of {event.engagement!r} comes before the engagement was planned")
    match event:
        case EngagementMoved():
            return replace(engagement, first=event.first, last=event.last)
        case EngagementHeld():
            return replace(engagement, first=event.first, last=event.last, stage=Stage.HELD, outcome=event.outcome)
        case EngagementCancelled():
            return replace(engagement, stage=Stage.CANCELLED)
        case CommitmentMade():
            return _promised(engagement, event.commitment, Commitment(event.owner, event.due))
        case CommitmentKept() | CommitmentReleased() | CommitmentFellPastDue():
            return _became(engagement, event.commitment, BECOMES[type(event)])


BECOMES: Mapping[type[EngagementEvent], Promise] = {
    CommitmentKept: Promise.KEPT,
    CommitmentReleased: Promise.RELEASED,
    CommitmentFellPastDue: Promise.PAST_DUE,
}
"""What a commitment becomes by an event."""


def _promised(engagement: Engagement, key: str, commitment: Commitment) -> Engagement:
    return replace(engagement, commitments={**engagement.commitments, key: commitment})


def _became(engagement: Engagement, key: str, state: Promise) -> Engagement:
    before = engagement.commitments.get(key)
    return engagement if before is None else _promised(engagement, key, replace(before, state=state))


def _planned(event: EngagementPlanned, engagement: Engagement | None) -> EngagementPlanned:
    if engagement is not None:
        raise Refused(
            "engagement-exists",
            f"an engagement {event.engagement!r} is there already",
            mend="choose another name, or move the one that is there",
            where="engagement",
            status=409,
        )
    if len(set(event.parties)) < len(event.parties):
        raise Refused("named-twice", "a party is named twice", mend="name each party once", where="parties")
    _in_order(event.first, event.last)
    return event.model_copy(update={"parties": tuple(sorted(event.parties))})


def _check(event: EngagementEvent, engagement: Engagement, today: date) -> None:
    match event:
        case EngagementMoved():
            _must_be_planned(engagement)
            _in_order(event.first, event.last)
        case EngagementHeld():
            _must_be_planned(engagement)
            _in_order(event.first, event.last)
            _has_come(event.last, today, "last")
        case EngagementCancelled():
            _must_be_planned(engagement)
            _has_come(event.on, today, "on")
        case CommitmentMade():
            _can_be_promised(event, engagement)
        case CommitmentKept() | CommitmentReleased():
            _has_come(event.on, today, "on")
            _must_be_owed(event.commitment, engagement)
        case _:
            pass


def _must_be_planned(engagement: Engagement) -> None:
    if engagement.stage is not Stage.PLANNED:
        raise Refused(
            "not-planned-any-more",
            f"the engagement was {engagement.stage.value}",
            mend="plan another one",
            where="path engagement",
            status=409,
        )


def _can_be_promised(event: CommitmentMade, engagement: Engagement) -> None:
    if event.commitment in engagement.commitments:
        raise Refused(
            "commitment-exists",
            f"there is a commitment {event.commitment!r} already",
            mend="give this one a name of its own",
            where="commitment",
            status=409,
        )
    if event.owner not in engagement.parties:
        raise Refused(
            "not-a-participant",
            f"{event.owner} does not take part; {', '.join(engagement.parties)} do",
            mend="name one who does",
            where="owner",
        )


def _must_be_owed(key: str, engagement: Engagement) -> None:
    promise = engagement.commitments.get(key)
    if promise is None:
        raise Refused(
            "no-such-commitment",
            f"the engagement has no commitment {key!r}; it has {', '.join(sorted(engagement.commitments)) or 'none'}",
            mend="record it first, or name one that it has",
            where="path commitment",
            status=404,
        )
    if promise.state not in {Promise.OPEN, Promise.PAST_DUE}:
        raise Refused("done-with", f"the commitment was {promise.state.value}", mend="record it once", where="path commitment", status=409)


def _in_order(first: date, last: date) -> None:
    if last < first:
        raise Refused("ends-before", f"it would end on {last}, before it begins on {first}", "send the earlier day first", where="last")


def _has_come(day: date, today: date, where: str) -> None:
    if day > today:
        raise Refused(
            "not-yet",
            f"{day} has not come; here it is {today}",
            mend=f"record it once it has happened: send a day up to {today}",
            where=where,
            also={"today": today.isoformat()},
        )
