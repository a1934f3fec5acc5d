"""What partners do together: dialogues, exchanges, missions, training; and what they promised there. Stream: `engagement/<id>`."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import LongText, ShortText
from entente_contracts.events.partnerships.parts import AgreementId, Because, Key, On, PartyId
from entente_contracts.topics import PARTNERSHIPS

EngagementId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$", description="short name of an engagement, as in its stream")]
CommitmentKey = Annotated[Key, Field(description="short name of the commitment within its engagement")]


class EngagementKind(StrEnum):
    """What sort of engagement it is."""

    STRATEGIC_DIALOGUE = "strategic_dialogue"
    OFFICER_EXCHANGE = "officer_exchange"
    OBSERVER_MISSION = "observer_mission"
    TRAINING = "training"
    CAPACITY_BUILDING = "capacity_building"


class EngagementPlanned(Event, name="entente.partnerships.engagement-planned", version=1, topic=PARTNERSHIPS):
    """Parties mean to meet, exchange, observe or train from one day to another."""

    engagement: EngagementId
    kind: Annotated[EngagementKind, Field(description="what sort of engagement it is")]
    title: Annotated[ShortText, Field(description="its name for people")]
    parties: Annotated[tuple[PartyId, ...], Field(min_length=1, max_length=200, description="who takes part, in alphabetical order")]
    first: Annotated[date, Field(description="first day planned")]
    last: Annotated[date, Field(description="last day planned")]
    place: Annotated[ShortText | None, Field(description="where; null: not said")] = None
    agreement: Annotated[AgreementId | None, Field(description="the agreement that it rests on; null: none")] = None


class EngagementMoved(Event, name="entente.partnerships.engagement-moved", version=1, topic=PARTNERSHIPS):
    """It is planned for other days."""

    engagement: EngagementId
    first: Annotated[date, Field(description="first day planned")]
    last: Annotated[date, Field(description="last day planned")]
    because: Because


class EngagementHeld(Event, name="entente.partnerships.engagement-held", version=1, topic=PARTNERSHIPS):
    """It took place, and this came of it."""

    engagement: EngagementId
    first: Annotated[date, Field(description="first day")]
    last: Annotated[date, Field(description="last day")]
    outcome: Annotated[LongText, Field(description="what came of it")]


class EngagementCancelled(Event, name="entente.partnerships.engagement-cancelled", version=1, topic=PARTNERSHIPS):
    """It will not take place."""

    engagement: EngagementId
    because: Because
    on: On


class CommitmentMade(Event, name="entente.partnerships.commitment-made", version=1, topic=PARTNERSHIPS):
    """A party promised something by a day."""

    engagement: EngagementId
    commitment: CommitmentKey
    owner: Annotated[PartyId, Field(description="who promised it")]
    what: Annotated[LongText, Field(description="what was promised")]
    due: Annotated[date, Field(description="last day on which it is in time")]


class CommitmentKept(Event, name="entente.partnerships.commitment-kept", version=1, topic=PARTNERSHIPS):
    """What was promised was done."""

    engagement: EngagementId
    commitment: CommitmentKey
    how: Annotated[LongText, Field(description="what was done")]
    on: On


class CommitmentReleased(Event, name="entente.partnerships.commitment-released", version=1, topic=PARTNERSHIPS):
    """The promise holds no more."""

    engagement: EngagementId
    commitment: CommitmentKey
    because: Because
    on: On


class CommitmentFellPastDue(Event, name="entente.partnerships.commitment-fell-past-due", version=1, topic=PARTNERSHIPS):
    """The day passed and nothing was recorded as done."""

    engagement: EngagementId
    commitment: CommitmentKey
    due: Annotated[date, Field(description="last day on which it would have been in time")]
