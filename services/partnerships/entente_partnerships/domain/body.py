"""A body and its members: written down step by step. Stream: `body/<short name>`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_contracts.events.partnerships.bodies import (
    BodyRegistered,
    MembershipBegan,
    MembershipEnded,
    MembershipResumed,
    MembershipStepAnnulled,
    MembershipStepCorrected,
    MembershipSuspended,
)
from entente_contracts.refused import Refused
from entente_partnerships.domain.membership import BodyEvent, MembershipAct, belongings, standing_on, that_count


@dataclass(frozen=True, slots=True)
class RecordMembership:
    """Write down a body, a step of a membership, a correction or an annulment."""

    act: BodyEvent
    today: date


@dataclass(frozen=True, slots=True)
class TakeOverBody:
    """Write down a whole recorded body: of one that is there already, only the steps that it lacks."""

    registered: BodyRegistered
    acts: tuple[MembershipAct, ...]
    today: date


BodyCommand = RecordMembership | TakeOverBody


@dataclass(frozen=True, slots=True)
class Body:
    """Everything written down of a body, in order; the first step is number 1."""

    steps: tuple[BodyEvent, ...]

    @property
    def numbered(self) -> list[tuple[int, BodyEvent]]:
        """The steps with their numbers."""
        return list(enumerate(self.steps, 1))


def body_stream_of(command: BodyCommand) -> str:
    """`body/<short name>`."""
    return f"body/{command.act.body if isinstance(command, RecordMembership) else command.registered.body}"


def decide_body(command: BodyCommand, body: Body | None) -> Sequence[BodyEvent]:
    """The steps to be written down, or `Refused`."""
    if isinstance(command, RecordMembership):
        return [_record(command.act, body, command.today)]
    wanted: list[tuple[int | None, BodyEvent]] = [(None, command.registered), *enumerate(command.acts)]
    if body is not None:
        if command.registered != body.steps[0]:
            raise Refused(
                "other-body",
                f"{command.registered.body} is registered with another name, kind or rule",
                mend="take it over as it is registered, or under another short name",
                where="body",
                status=409,
            )
        there = list(body.steps[1:])
        wanted = []
        for place, act in enumerate(command.acts):
            if act in there:
                there.remove(act)
            else:
                wanted.append((place, act))
    made: list[BodyEvent] = []
    for at, step in wanted:
        try:
            made.append(_record(step, body, command.today))
        except Refused as refused:
            if at is not None:
                refused.where = f"acts[{at}].{refused.where}" if refused.where else f"acts[{at}]"
            raise
        body = evolve_body(body, step)
    return made


def evolve_body(body: Body | None, event: BodyEvent) -> Body:
    """One step more."""
    if body is None:
        if not isinstance(event, BodyRegistered):
            raise ValueError(f"{event.event_type()} of {event.body!r} comes before the body was registered")
        return Body((event,))
    return Body((*body.steps, event))


def _record(act: BodyEvent, body: Body | None, today: date) -> BodyEvent:
    if isinstance(act, BodyRegistered):
        if body is not None:
            raise Refused(
                "body-exists",
                f"a body {act.body!r} is registered already",
                mend="choose another short name, or record memberships of the one that is there",
                where="body",
                status=409,
            )
        return act
    if body is None:
        raise Refused("no-such-body", f"no body {act.body!r} is registered", "register it first", where="body", status=404)
    if not isinstance(act, MembershipStepAnnulled) and act.on > today:
        raise Refused(
            "not-yet",
            f"{act.on} has not come; here it is {today}",
            mend=f"record a step once it has happened: send a day up to {today}",
            where="on",
            also={"today": today.isoformat()},
        )
    if isinstance(act, MembershipStepCorrected | MembershipStepAnnulled):
        _check_target(act, body)
    else:
        _check_possible(act, body)
    return act


def _check_target(act: MembershipStepCorrected | MembershipStepAnnulled, body: Body) -> None:
    counting = {each.step: each for each in that_count(body.numbered)}
    if act.step not in counting and not (
        isinstance(act, MembershipStepAnnulled)
        and act.step <= len(body.steps)
        and isinstance(body.steps[act.step - 1], MembershipStepCorrected | MembershipStepAnnulled)
    ):
        raise Refused(
            "no-such-step",
            f"step {act.step} is no step of a membership that counts; the last step is {len(body.steps)}",
            mend="send the number of a step as GET /partnerships/bodies/{body} lists it",
            where="step",
            also={"last": len(body.steps)},
        )
    if isinstance(act, MembershipStepCorrected) and counting[act.step].on == act.on:
        raise Refused("nothing-changes", f"step {act.step} has the day {act.on} already", mend="send another day", where="on")


def _check_possible(act: MembershipAct, body: Body) -> None:
    if act.member == act.body:
        raise Refused("own-member", f"{act.body} cannot belong to itself", mend="name another member", where="member")
    now = standing_on(belongings(body.numbered), act.member, act.on)
    match act:
        case MembershipBegan():
            if now is not None and now.standing is act.standing:
                raise Refused(
                    "done-already",
                    f"{act.member} is {act.standing.value} of {act.body} since {now.span.first} already",
                    mend="record it once; another standing is recorded with another `standing`",
                    where="member",
                    status=409,
                )
        case MembershipSuspended():
            _must_belong(act, now is not None)
            if now is not None and now.suspended:
                raise Refused(
                    "suspended-already",
                    f"{act.member} is suspended since {now.span.first} already",
                    mend="correct the day, or resume it first",
                    where="member",
                    status=409,
                )
        case MembershipResumed():
            if now is None or not now.suspended:
                raise Refused(
                    "not-suspended", f"{act.member} is not suspended on {act.on}", mend="correct the member or the day", where="member"
                )
        case MembershipEnded():
            _must_belong(act, now is not None)


def _must_belong(act: MembershipSuspended | MembershipEnded, belongs: bool) -> None:  # noqa: FBT001 - the answer to its own question
    if not belongs:
        raise Refused(
            "not-a-member",
            f"{act.member} does not belong to {act.body} on {act.on}",
            mend="record `joined` first, or correct the member or the day",
            where="member",
        )
