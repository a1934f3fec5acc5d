"""A channel for a crisis between two parties: established, tested on a schedule, degraded, restored, closed. Stream: `channel/<id>`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from entente_contracts.events.partnerships.channels import (
    ChannelClosed,
    ChannelDegraded,
    ChannelEstablished,
    ChannelKind,
    ChannelRestored,
    ChannelTested,
    ChannelTestMissed,
    Degraded,
    Reaches,
)
from entente_contracts.refused import Refused

ChannelEvent = ChannelEstablished | ChannelTested | ChannelTestMissed | ChannelDegraded | ChannelRestored | ChannelClosed


class Works(StrEnum):
    """Whether a channel can be relied on."""

    YES = "works"
    DEGRADED = "degraded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Establish:
    """Two parties can reach each other from a day on."""

    event: ChannelEstablished
    today: date


@dataclass(frozen=True, slots=True)
class RecordTest:
    """Somebody tried the channel; `after`: seconds until the answer."""

    channel: str
    at: datetime
    answered: bool
    after: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that the channel cannot be relied on, can be again, or is no more."""

    event: ChannelDegraded | ChannelRestored | ChannelClosed
    today: date


@dataclass(frozen=True, slots=True)
class MissTest:
    """A day on which a test was due is over."""

    channel: str
    due: date


ChannelCommand = Establish | RecordTest | Report | MissTest


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as it stands. `answered`: the last test that was, with the seconds that it took."""

    kind: ChannelKind
    title: str
    parties: tuple[str, str]
    reaches: Reaches
    established: date
    test_every: int | None
    agreement: str | None
    works: Works = Works.YES
    since: date | None = None
    because: str | None = None
    tested: date | None = None
    answered: tuple[date, int] | None = None


def channel_stream(command: ChannelCommand) -> str:
    """`channel/<id>`."""
    return f"channel/{command.event.channel if isinstance(command, Establish | Report) else command.channel}"


def decide_channel(command: ChannelCommand, channel: Channel | None) -> Sequence[ChannelEvent]:
    """The events that follow, or `Refused`."""
    if isinstance(command, Establish):
        return [_established(command, channel)]
    if channel is None:
        raise Refused(
            "no-such-channel",
            f"no channel {_name(command)!r} was established",
            mend="establish it first with POST /partnerships/channels",
            where="path channel",
            status=404,
        )
    if isinstance(command, MissTest):
        return _missed(command, channel)
    if channel.works is Works.CLOSED:
        raise Refused(
            "channel-closed",
            f"the channel was closed on {channel.since}",
            mend="establish another; one that was closed stays so",
            where="path channel",
            status=409,
        )
    return _tested(command, channel) if isinstance(command, RecordTest) else [_reported(command, channel)]


def evolve_channel(channel: Channel | None, event: ChannelEvent) -> Channel:
    """The channel after an event."""
    if isinstance(event, ChannelEstablished):
        return Channel(event.kind, event.title, event.parties, event.reaches, event.on, event.test_every, event.agreement, since=event.on)
    if channel is None:
        raise ValueError(f"{event.event_type()} of {event.channel!r} comes before the channel was established")
    match event:
        case ChannelTested():
            on = day_of(event.at)
            answered = (on, event.after) if event.answered and event.after is not None else channel.answered
            return replace(channel, tested=max(on, channel.tested or on), answered=answered)
        case ChannelTestMissed():
            return channel
        case ChannelDegraded():
            return replace(channel, works=Works.DEGRADED, since=event.on, because=event.because)
        case ChannelRestored():
            return replace(channel, works=Works.YES, since=event.on, because=event.because)
        case ChannelClosed():
            return replace(channel, works=Works.CLOSED, since=event.on, because=event.because)


def effective(event: ChannelEvent) -> date:
    """The day on which an event took effect."""
    match event:
        case ChannelTested():
            return day_of(event.at)
        case ChannelTestMissed():
            return event.due + timedelta(days=1)
        case _:
            return event.on


def next_due(established: date, every: int, from_day: date) -> date:
    """The first day from `from_day` on by whose end a test is due: every so many days since the channel was established."""
    periods = max(1, -(-(from_day - established).days // every))
    return established + timedelta(days=periods * every)


def day_of(moment: datetime) -> date:
    """The day of a moment, UTC."""
    return moment.astimezone(UTC).date()


def _name(command: RecordTest | Report | MissTest) -> str:
    return command.event.channel if isinstance(command, Report) else command.channel


def _established(command: Establish, channel: Channel | None) -> ChannelEstablished:
    event = command.event
    if channel is not None:
        raise Refused(
            "channel-exists",
            f"a channel {event.channel!r} is there already",
            mend="choose another name, or record what happened to the one that is there",
            where="channel",
            status=409,
        )
    if len(set(event.parties)) < len(event.parties):
        raise Refused("not-a-pair", f"{event.parties[0]} was named twice", mend="name two different parties", where="parties")
    _not_yet(event.on, command.today)
    return event.model_copy(update={"parties": tuple(sorted(event.parties))})


def _tested(command: RecordTest, channel: Channel) -> list[ChannelEvent]:
    if command.at > command.now:
        raise Refused("not-yet", f"{command.at.isoformat()} has not come", mend="record a test once it is over", where="at")
    on = day_of(command.at)
    if on < channel.established:
        raise Refused(
            "before-established",
            f"the channel was established on {channel.established}",
            mend=f"send a moment from {channel.established} on",
            where="at",
        )
    if command.answered != (command.after is not None):
        raise Refused(
            "contradicting-test",
            "a test that was answered took some seconds, and one that was not took none",
            mend="send `after` with a test that was answered, and only then",
            where="after",
        )
    tested = ChannelTested(channel=command.channel, at=command.at, answered=command.answered, after=command.after)
    if not command.answered and channel.works is Works.YES:
        because = f"nobody answered on {on}"
        return [tested, ChannelDegraded(channel=command.channel, how=Degraded.NOT_ANSWERED, because=because, on=on)]
    if command.answered and channel.works is Works.DEGRADED and (channel.since is None or on >= channel.since):
        return [tested, ChannelRestored(channel=command.channel, because=f"answered on {on}", on=on)]
    return [tested]


def _reported(command: Report, channel: Channel) -> ChannelEvent:
    event = command.event
    _not_yet(event.on, command.today)
    if event.on < channel.established:
        raise Refused(
            "before-established",
            f"the channel was established on {channel.established}",
            mend=f"send a day from {channel.established} on",
            where="on",
        )
    wanted = {ChannelDegraded: Works.DEGRADED, ChannelRestored: Works.YES, ChannelClosed: Works.CLOSED}[type(event)]
    if channel.works is wanted:
        raise Refused(
            "nothing-changes",
            f"the channel is {wanted.value} since {channel.since} already",
            mend="record what changed since then",
            where="on",
        )
    return event


def _missed(command: MissTest, channel: Channel) -> list[ChannelEvent]:
    if channel.works is Works.CLOSED or channel.test_every is None:
        return []
    begun = command.due - timedelta(days=channel.test_every)
    if channel.tested is not None and channel.tested > begun:
        return []
    missed: list[ChannelEvent] = [ChannelTestMissed(channel=_name(command), due=command.due)]
    if channel.works is Works.YES:
        because = f"no test was recorded from {begun + timedelta(days=1)} to {command.due}"
        on = command.due + timedelta(days=1)
        missed.append(ChannelDegraded(channel=_name(command), how=Degraded.TEST_MISSED, because=because, on=on))
    return missed


def _not_yet(on: date, today: date) -> None:
    if on > today:
        raise Refused(
            "not-yet",
            f"{on} has not come; here it is {today}",
            mend=f"record it once it has happened: send a day up to {today}",
            where="on",
            also={"today": today.isoformat()},
        )
