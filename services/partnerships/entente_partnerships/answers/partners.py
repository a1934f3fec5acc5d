"""Answers about channels, engagements, commitments, priorities and misalignments."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from entente_contracts.events.partnerships.priorities import Priority
from entente_eventkit.store.commands import Answer as Effect
from entente_partnerships.answers.common import Answer


class ChannelChanged(Answer):
    """A command took effect: where the channel stands now, and the events that it made."""

    channel: str
    version: int
    events: Sequence[str]

    @classmethod
    def of(cls, channel: str, effect: Effect) -> "ChannelChanged":
        """From the effective answer of a command."""
        return cls(channel=channel, version=effect.version, events=effect.events)


class ChannelStepAnswer(Answer):
    """Something that happened to a channel."""

    number: int
    what: Annotated[str, Field(examples=["channel-tested"])]
    on: date
    event: str


class ChannelAnswer(Answer):
    """A channel as it stood on a day, by what was known at the end of another."""

    channel: str
    on: date
    known_on: date
    version: int
    title: str
    kind: str
    parties: Sequence[str]
    reaches: str
    established: date
    test_every: int | None
    agreement: str | None
    works: Annotated[str, Field(description="works, degraded or closed")]
    since: date | None
    because: str | None
    last_answered: date | None
    answered_after: Annotated[int | None, Field(description="seconds")]
    steps: Sequence[ChannelStepAnswer]


class ChannelsAnswer(Answer):
    """Channels by name."""

    items: Sequence[ChannelAnswer]


class CrisisChannel(Answer):
    """A channel in its place, with the reasons for it, criterion by criterion."""

    place: int
    channel: str
    title: str
    kind: str
    reaches: str
    works: str
    reasons: Sequence[str]


class CrisisAnswer(Answer):
    """Which channels two parties use in a crisis, the first to try first. `order`: the criteria, one after the other."""

    a: str
    b: str
    on: date
    known_on: date
    order: Sequence[str]
    items: Sequence[CrisisChannel]
    says: str


class EngagementChanged(Answer):
    """A command took effect: where the engagement stands now, and the events that it made."""

    engagement: str
    version: int
    events: Sequence[str]

    @classmethod
    def of(cls, engagement: str, effect: Effect) -> "EngagementChanged":
        """From the effective answer of a command."""
        return cls(engagement=engagement, version=effect.version, events=effect.events)


class CommitmentAnswer(Answer):
    """A commitment: who owes what until when, and what became of it by the day asked about."""

    engagement: str
    commitment: str
    owner: str
    what: str
    due: date
    state: Annotated[str, Field(description="open, past_due, kept, kept_late or released")]
    days_late: Annotated[int, Field(description="days past due on the day asked about, or when it was kept; 0: in time")]
    ended_on: date | None
    says: str | None
    event: Annotated[str, Field(description="the event that says so")]


class CommitmentsAnswer(Answer):
    """Commitments, the soonest due first."""

    on: date
    known_on: date
    items: Sequence[CommitmentAnswer]
    says: str


class EngagementItem(Answer):
    """An engagement as its last event left it."""

    engagement: str
    kind: str
    title: str
    parties: Sequence[str]
    first: date
    last: date
    place: str | None
    agreement: str | None
    stage: str
    says: str | None
    version: int


class EngagementsAnswer(Answer):
    """Engagements by name."""

    items: Sequence[EngagementItem]


class EngagementAnswer(EngagementItem):
    """An engagement with its commitments."""

    commitments: Sequence[CommitmentAnswer]


class PrioritiesChanged(Answer):
    """A declaration was recorded."""

    party: str
    version: int
    events: Sequence[str]

    @classmethod
    def of(cls, party: str, effect: Effect) -> "PrioritiesChanged":
        """From the effective answer of a command."""
        return cls(party=party, version=effect.version, events=effect.events)


class PrioritiesAnswer(Answer):
    """What a party wanted on a day, by what was known at the end of another; nothing where it had declared nothing."""

    party: str
    on: date
    known_on: date
    version: int
    declared: date | None
    event: str | None
    source: str | None
    priorities: Sequence[Priority]
    says: str


class ThemeAnswer(Answer):
    """A theme of the vocabulary, with the two ends of its scale."""

    theme: str
    kind: str
    about: str
    low: Annotated[str, Field(description="what a stance of -2 says")]
    high: Annotated[str, Field(description="what a stance of 2 says")]
    factor: int


class VocabularyAnswer(Answer):
    """The published vocabulary and the rule of misalignment."""

    version: str
    gap: int
    enter: int
    leave: int
    why: str
    themes: Sequence[ThemeAnswer]


class ApartAnswer(Answer):
    """A theme on which two parties pull apart, with the declarations that say so."""

    theme: str
    a: int
    b: int
    strength: int
    since: date
    events: Sequence[str]


class MisalignmentAnswer(Answer):
    """Two parties of one agreement that pull apart."""

    a: str
    b: str
    agreement: str
    strength: int
    since: date
    raised: Annotated[date, Field(description="the day on which it was raised in this form")]
    apart: Sequence[ApartAnswer]
    rule: str
    event: str
    recorded: datetime
    says: str


class MisalignmentsAnswer(Answer):
    """Misalignments that stand, the strongest first."""

    on: date
    known_on: date
    items: Sequence[MisalignmentAnswer]
