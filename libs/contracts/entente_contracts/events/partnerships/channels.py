"""Channels for a crisis: established, tested, degraded, restored, closed. Stream: `channel/<id>`."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from entente_contracts.event import Event
from entente_contracts.events.observations import ShortText
from entente_contracts.events.partnerships.parts import AgreementId, Because, On, PartyId
from entente_contracts.topics import PARTNERSHIPS

ChannelId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$", description="short name of a channel, as in its stream")]
Seconds = Annotated[int, Field(ge=0, le=604_800, description="seconds from the call to the answer")]


class ChannelKind(StrEnum):
    """What sort of channel it is."""

    HOTLINE = "hotline"
    DEFENCE_TELEPHONE_LINK = "defence_telephone_link"
    LIAISON_OFFICE = "liaison_office"


class Reaches(StrEnum):
    """Who answers, the highest first."""

    HEAD_OF_GOVERNMENT = "head_of_government"
    MINISTRY = "ministry"
    MILITARY_STAFF = "military_staff"
    LOCAL_COMMAND = "local_command"


class ChannelEstablished(Event, name="entente.partnerships.channel-established", version=1, topic=PARTNERSHIPS):
    """A channel between two parties works from `on`. `test_every`: how often it is to be tested."""

    channel: ChannelId
    kind: Annotated[ChannelKind, Field(description="what sort of channel it is")]
    title: Annotated[ShortText, Field(description="its name for people")]
    parties: Annotated[tuple[PartyId, PartyId], Field(description="the two ends, in alphabetical order")]
    reaches: Annotated[Reaches, Field(description="who answers")]
    test_every: Annotated[int | None, Field(ge=1, le=3_660, description="days between two tests; null: none is agreed")] = None
    agreement: Annotated[AgreementId | None, Field(description="the agreement that it rests on; null: none")] = None
    on: On


class ChannelTested(Event, name="entente.partnerships.channel-tested", version=1, topic=PARTNERSHIPS):
    """Somebody tried it at a moment, and it was answered or not."""

    channel: ChannelId
    at: Annotated[AwareDatetime, Field(description="when the test began")]
    answered: Annotated[bool, Field(description="whether somebody answered")]
    after: Annotated[Seconds | None, Field(description="seconds until the answer; null: there was none")] = None


class ChannelTestMissed(Event, name="entente.partnerships.channel-test-missed", version=1, topic=PARTNERSHIPS):
    """No test was recorded by the day on which one was due."""

    channel: ChannelId
    due: Annotated[date, Field(description="the day by whose end a test was due, UTC")]


class Degraded(StrEnum):
    """Why a channel cannot be relied on."""

    NOT_ANSWERED = "not_answered"
    TEST_MISSED = "test_missed"
    REPORTED = "reported"


class ChannelDegraded(Event, name="entente.partnerships.channel-degraded", version=1, topic=PARTNERSHIPS):
    """The channel cannot be relied on until it is restored."""

    channel: ChannelId
    how: Annotated[Degraded, Field(description="why")]
    because: Because
    on: On


class ChannelRestored(Event, name="entente.partnerships.channel-restored", version=1, topic=PARTNERSHIPS):
    """The channel can be relied on again."""

    channel: ChannelId
    because: Because
    on: On


class ChannelClosed(Event, name="entente.partnerships.channel-closed", version=1, topic=PARTNERSHIPS):
    """The channel is no more: `on` is the first day without it."""

    channel: ChannelId
    because: Because
    on: On
