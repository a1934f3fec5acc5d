"""Who belongs to a body, as what, and when: a pure function of its steps; and whom a body's agreements bind, by its own rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from entente_contracts.events.partnerships.bodies import (
    BindingRule,
    BodyRegistered,
    MembershipBegan,
    MembershipEnded,
    MembershipResumed,
    MembershipStepAnnulled,
    MembershipStepCorrected,
    MembershipSuspended,
    Standing,
)
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.spans import Span, together

MembershipAct = MembershipBegan | MembershipSuspended | MembershipResumed | MembershipEnded
BodyEvent = BodyRegistered | MembershipAct | MembershipStepCorrected | MembershipStepAnnulled


@dataclass(frozen=True, slots=True)
class MemberStep:
    """A step that counts, with the day on which, by all that is known, it took effect."""

    step: int
    what: MembershipAct
    on: date


@dataclass(frozen=True, slots=True)
class Belonging:
    """Days on which a member belongs to a body in one way."""

    span: Span
    standing: Standing
    suspended: bool


Belongings = Mapping[str, Sequence[Belonging]]
"""By member, in order."""


def that_count(events: Iterable[tuple[int, BodyEvent]]) -> list[MemberStep]:
    """The steps of memberships that count, in order of their day, then of their number."""
    numbered = sorted(events, key=lambda each: each[0])
    gone: set[int] = set()
    for step, event in reversed(numbered):
        if isinstance(event, MembershipStepAnnulled) and step not in gone:
            gone.add(event.step)
    moved = {event.step: event.on for step, event in numbered if isinstance(event, MembershipStepCorrected) and step not in gone}
    steps = [
        MemberStep(step, event, moved.get(step, event.on))
        for step, event in numbered
        if step not in gone and isinstance(event, MembershipBegan | MembershipSuspended | MembershipResumed | MembershipEnded)
    ]
    return sorted(steps, key=lambda each: (each.on, each.step))


def belongings(events: Iterable[tuple[int, BodyEvent]]) -> Belongings:
    """What each member's steps come to."""
    found: dict[str, list[Belonging]] = defaultdict(list)
    for step in that_count(events):
        spans = found[step.what.member]
        last = spans[-1] if spans and spans[-1].span.until == FOREVER else None
        match step.what:
            case MembershipBegan():
                suspended = last is not None and last.suspended
                _next(spans, last, step, Belonging(Span(step.on, because=(step.step,)), step.what.standing, suspended))
            case MembershipSuspended() if last is not None and not last.suspended:
                _next(spans, last, step, replace(last, span=_goes_on(last, step), suspended=True))
            case MembershipResumed() if last is not None and last.suspended:
                _next(spans, last, step, replace(last, span=_goes_on(last, step), suspended=False))
            case MembershipEnded() if last is not None:
                _next(spans, last, step, None)
            case _:
                pass
    return {member: [each for each in spans if each.span.first < each.span.until] for member, spans in found.items()}


def _goes_on(last: Belonging, step: MemberStep) -> Span:
    return Span(step.on, because=together(last.span.because, (step.step,)))


def _next(spans: list[Belonging], last: Belonging | None, step: MemberStep, then: Belonging | None) -> None:
    if last is not None:
        spans[-1] = replace(last, span=replace(last.span, until=step.on, ended_by=(step.step,)))
    if then is not None:
        spans.append(then)


def standing_on(of: Belongings, member: str, day: date) -> Belonging | None:
    """How a member belongs on a day, if it does."""
    return next((each for each in of.get(member, ()) if each.span.holds(day)), None)


def binds(rule: BindingRule, standing: Standing, *, suspended: bool) -> bool:
    """Whether a body's agreements bind a member of this standing, by the body's own rule."""
    return standing in rule.standings and (rule.while_suspended or not suspended)


def member_words(step: MembershipAct) -> str:
    """A step in a few words, the member first."""
    match step:
        case MembershipBegan():
            joined = {Standing.FULL: "became a member", Standing.ASSOCIATE: "became an associate", Standing.OBSERVER: "became an observer"}
            return f"{step.member} {joined[step.standing]} of {step.body}"
        case MembershipSuspended():
            return f"{step.member} was suspended from {step.body}"
        case MembershipResumed():
            return f"{step.member} came back to {step.body}"
        case MembershipEnded():
            return f"{step.member} left {step.body}"
