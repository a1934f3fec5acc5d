"""Where two parties of one agreement pull apart: a stated rule over their declared priorities. Stream: `misalignment/<A>-<B>`.

A theme pulls apart where the two stand on opposite ends of its scale and at least `gap` apart; its strength is the gap times the smaller
of the two weights times the theme's own factor. The strengths of all such themes add up. A misalignment is raised at `enter` and lifted
below `leave`, so that one on the edge does not flap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from entente_contracts.events.partnerships.priorities import (
    Apart,
    MisalignmentLifted,
    MisalignmentRaised,
    PrioritiesDeclared,
    Priority,
)

MisalignmentEvent = MisalignmentRaised | MisalignmentLifted


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule's figures: `factors` by theme, the least gap that counts, and the strengths at which it is raised and lifted."""

    version: str
    factors: Mapping[str, int]
    gap: int
    enter: int
    leave: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration with the id of its event."""

    event: str
    says: PrioritiesDeclared


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare two parties (in alphabetical order) by all that they declared, for the agreements that bind both today."""

    a: str
    b: str
    of_a: tuple[Declaration, ...]
    of_b: tuple[Declaration, ...]
    agreements: tuple[str, ...]
    today: date
    rule: Rule


@dataclass(frozen=True, slots=True)
class Misaligned:
    """What stands raised, by agreement."""

    raised: Mapping[str, MisalignmentRaised] = field(default_factory=dict)


def misalignment_stream(command: Compare) -> str:
    """`misalignment/<A>-<B>`."""
    return f"misalignment/{command.a}-{command.b}"


def decide_misalignment(command: Compare, misaligned: Misaligned | None) -> Sequence[MisalignmentEvent]:
    """An event for each agreement of which something else is to be said than before."""
    raised = misaligned.raised if misaligned is not None else {}
    apart = apart_on(command)
    strength = sum(theme.strength for theme in apart)
    events: list[MisalignmentEvent] = []
    for agreement in sorted({*command.agreements, *raised}):
        before, bound = raised.get(agreement), agreement in command.agreements
        threshold = command.rule.enter if before is None else command.rule.leave
        pair = {"agreement": agreement, "a": command.a, "b": command.b}
        at = {**pair, "strength": strength, "rule": command.rule.version, "on": command.today}
        if bound and apart and strength >= threshold:
            if before is None or before.apart != apart:
                events.append(MisalignmentRaised.model_validate({**at, "apart": apart}))
        elif before is not None:
            events.append(MisalignmentLifted.model_validate({**at, "still_bound": bound}))
    return events


def evolve_misalignment(misaligned: Misaligned | None, event: MisalignmentEvent) -> Misaligned:
    """What stands raised after an event."""
    raised = dict(misaligned.raised) if misaligned is not None else {}
    if isinstance(event, MisalignmentRaised):
        raised[event.agreement] = event
    else:
        raised.pop(event.agreement, None)
    return Misaligned(raised)


def apart_on(command: Compare) -> tuple[Apart, ...]:
    """The themes on which the two pull apart, the strongest first."""
    now_a, now_b = _now(command.of_a, command.today), _now(command.of_b, command.today)
    if now_a is None or now_b is None:
        return ()
    stances_b = {priority.theme: priority for priority in now_b.says.priorities}
    found = []
    for mine in now_a.says.priorities:
        theirs = stances_b.get(mine.theme)
        strength = 0 if theirs is None else strength_of(mine, theirs, command.rule)
        if theirs is None or strength == 0:
            continue
        since_a = _since(command.of_a, mine, command.today)
        since_b = _since(command.of_b, theirs, command.today)
        found.append(
            Apart(
                theme=mine.theme,
                a=mine.stance,
                b=theirs.stance,
                strength=strength,
                since=max(since_a, since_b),
                events=(now_a.event, now_b.event),
            )
        )
    return tuple(sorted(found, key=lambda theme: (-theme.strength, theme.theme)))


def strength_of(mine: Priority, theirs: Priority, rule: Rule) -> int:
    """How strongly two stances on one theme pull apart; 0 where they do not."""
    gap = abs(mine.stance - theirs.stance)
    opposite = mine.stance * theirs.stance < 0
    return gap * min(mine.weight, theirs.weight) * rule.factors.get(mine.theme, 0) if opposite and gap >= rule.gap else 0


def in_force(declarations: Sequence[Declaration], day: date) -> list[Declaration]:
    """The declarations made by a day, in the order in which they took effect."""
    made = [declaration for declaration in declarations if declaration.says.on <= day]
    return sorted(made, key=lambda declaration: declaration.says.on)


def _now(declarations: Sequence[Declaration], day: date) -> Declaration | None:
    made = in_force(declarations, day)
    return made[-1] if made else None


def _since(declarations: Sequence[Declaration], priority: Priority, day: date) -> date:
    """The first day of the unbroken run of declarations that take this stance."""
    since = day
    for declaration in reversed(in_force(declarations, day)):
        if not any((each.theme, each.stance) == (priority.theme, priority.stance) for each in declaration.says.priorities):
            break
        since = declaration.says.on
    return since
