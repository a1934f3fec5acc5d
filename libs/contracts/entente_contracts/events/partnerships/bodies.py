"""International organisations and regional bodies, and who belongs to them. Stream: `body/<short name>`, its events are numbered steps."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import Part, ShortText
from entente_contracts.events.partnerships.parts import Because, On, PartyId, Source, Step
from entente_contracts.topics import PARTNERSHIPS

BodyId = Annotated[PartyId, Field(description="the body's short name")]


class BodyKind(StrEnum):
    """What sort of body it is."""

    INTERNATIONAL_ORGANISATION = "international_organisation"
    REGIONAL_BODY = "regional_body"


class Standing(StrEnum):
    """As what a member belongs to a body."""

    FULL = "full"
    ASSOCIATE = "associate"
    OBSERVER = "observer"


class BindingRule(Part):
    """Which members a body's agreements bind. `standings` empty: none; they bind the body alone."""

    standings: Annotated[tuple[Standing, ...], Field(max_length=3, description="standings whose holders are bound with the body")]
    while_suspended: Annotated[bool, Field(description="whether a suspended member stays bound")] = False
    citation: Annotated[ShortText | None, Field(description="where the body's rule stands")] = None


class BodyRegistered(Event, name="entente.partnerships.body-registered", version=1, topic=PARTNERSHIPS):
    """A body is known from now on, with its own rule about whom its agreements bind."""

    body: BodyId
    name: Annotated[ShortText, Field(description="its name for people")]
    kind: Annotated[BodyKind, Field(description="what sort of body it is")]
    binds: Annotated[BindingRule, Field(description="which members its agreements bind")]
    founded: Annotated[date | None, Field(description="the day from which it exists; null: not recorded")] = None
    source: Source | None = None


class MembershipBegan(Event, name="entente.partnerships.membership-began", version=1, topic=PARTNERSHIPS):
    """A member joined, or has another standing from `on`."""

    body: BodyId
    member: PartyId
    standing: Annotated[Standing, Field(description="as what it belongs to the body")]
    on: On


class MembershipSuspended(Event, name="entente.partnerships.membership-suspended", version=1, topic=PARTNERSHIPS):
    """A member may not take part until it is resumed."""

    body: BodyId
    member: PartyId
    because: Because
    on: On


class MembershipResumed(Event, name="entente.partnerships.membership-resumed", version=1, topic=PARTNERSHIPS):
    """A suspended member takes part again."""

    body: BodyId
    member: PartyId
    because: Because
    on: On


class MembershipEnded(Event, name="entente.partnerships.membership-ended", version=1, topic=PARTNERSHIPS):
    """A member left: `on` is the first day on which it does not belong to the body."""

    body: BodyId
    member: PartyId
    because: Because
    on: On


class MembershipStepCorrected(Event, name="entente.partnerships.membership-step-corrected", version=1, topic=PARTNERSHIPS):
    """A step of this stream took effect on another day than was recorded."""

    body: BodyId
    step: Step
    on: Annotated[On, Field(description="the day on which that step took effect")]
    because: Because
    source: Source | None = None


class MembershipStepAnnulled(Event, name="entente.partnerships.membership-step-annulled", version=1, topic=PARTNERSHIPS):
    """A step of this stream never happened."""

    body: BodyId
    step: Step
    because: Because
    source: Source | None = None
