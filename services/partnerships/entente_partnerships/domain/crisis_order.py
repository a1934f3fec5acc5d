"""Which channels to use in a crisis, in order: criteria one after the other, as data, each with the sentence that explains a place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from entente_contracts.events.partnerships.channels import ChannelKind, Reaches
from entente_partnerships.domain.channel import Channel, Works

RECENT = 90
"""Days within which an answered test counts as recent."""

BY_REACH = tuple(Reaches)
BY_KIND = (ChannelKind.HOTLINE, ChannelKind.DEFENCE_TELEPHONE_LINK, ChannelKind.LIAISON_OFFICE)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion: the smaller `rank`, the earlier; `says` puts a channel's rank into words. Which come first is a choice of ours."""

    name: str
    rank: Callable[[Channel, date], Any]
    says: Callable[[Channel, date], str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A channel in its place, with the reasons."""

    channel: str
    state: Channel
    reasons: tuple[str, ...]


def in_order(channels: Sequence[tuple[str, Channel]], on: date) -> list[Placed]:
    """The channels that are open on the day, the first to try first."""
    open_ones = [(name, channel) for name, channel in channels if channel.works is not Works.CLOSED]
    ranked = sorted(open_ones, key=lambda each: (*(criterion.rank(each[1], on) for criterion in CRITERIA), each[0]))
    return [Placed(name, channel, tuple(criterion.says(channel, on) for criterion in CRITERIA)) for name, channel in ranked]


def _days_since_answer(channel: Channel, on: date) -> int | None:
    return None if channel.answered is None else (on - channel.answered[0]).days


def _recency(channel: Channel, on: date) -> int:
    since = _days_since_answer(channel, on)
    return 2 if since is None else 0 if since <= RECENT else 1


def _says_works(channel: Channel, _: date) -> str:
    why = f": {channel.because}" if channel.because and channel.works is Works.DEGRADED else ""
    return f"{channel.works.value} since {channel.since}{why}"


def _says_recency(channel: Channel, on: date) -> str:
    since = _days_since_answer(channel, on)
    if channel.answered is None or since is None:
        return "no test of it was ever answered"
    days = "today" if since == 0 else f"{since} day{'s' if since > 1 else ''} ago"
    return f"last answered {days}, after {channel.answered[1]} s"


CRITERIA: tuple[Criterion, ...] = (
    Criterion("works", lambda channel, _: 0 if channel.works is Works.YES else 1, _says_works),
    Criterion(
        "tested lately",
        _recency,
        lambda channel, on: ("tested within 90 days", "tested longer ago", "never answered a test")[_recency(channel, on)],
    ),
    Criterion(
        "reaches high",
        lambda channel, _: BY_REACH.index(channel.reaches),
        lambda channel, _: f"reaches the {channel.reaches.value.replace('_', ' ')}",
    ),
    Criterion("direct", lambda channel, _: BY_KIND.index(channel.kind), lambda channel, _: f"is a {channel.kind.value.replace('_', ' ')}"),
    Criterion("answers fast", lambda channel, _: channel.answered[1] if channel.answered else 604_800, _says_recency),
)
"""In this order: one that does not work is of no use, one that nobody has tried is a hope, and then the higher and faster the better."""
