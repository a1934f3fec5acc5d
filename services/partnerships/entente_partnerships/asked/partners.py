"""What is sent about channels, engagements and priorities."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from entente_contracts.events.observations import LongText, ShortText
from entente_contracts.events.partnerships.channels import ChannelId, ChannelKind, Reaches, Seconds
from entente_contracts.events.partnerships.engagements import CommitmentKey, EngagementId, EngagementKind
from entente_contracts.events.partnerships.parts import AgreementId, Because, On, PartyId, Source
from entente_contracts.events.partnerships.priorities import Priority
from entente_partnerships.asked.acts import Asked


class NewChannel(Asked):
    """A channel between two parties, to be tested every so many days."""

    channel: ChannelId
    kind: Annotated[ChannelKind, Field(description="what sort of channel it is")]
    title: Annotated[ShortText, Field(description="its name for people")]
    parties: Annotated[tuple[PartyId, PartyId], Field(description="the two ends")]
    reaches: Annotated[Reaches, Field(description="who answers")]
    test_every: Annotated[int | None, Field(ge=1, le=3_660, description="days between two tests")] = None
    agreement: AgreementId | None = None
    on: On


class Tested(Asked):
    """A test of a channel, and whether it was answered."""

    at: Annotated[AwareDatetime, Field(description="when the test began")]
    answered: bool
    after: Seconds | None = None


class Reported(Asked):
    """What somebody says of a channel or an engagement, from a day on."""

    because: Because
    on: On


class NewEngagement(Asked):
    """A dialogue, an exchange, a mission or training that is planned."""

    engagement: EngagementId
    kind: Annotated[EngagementKind, Field(description="what sort of engagement it is")]
    title: Annotated[ShortText, Field(description="its name for people")]
    parties: Annotated[tuple[PartyId, ...], Field(min_length=1, max_length=200, description="who takes part")]
    first: Annotated[date, Field(description="first day planned")]
    last: Annotated[date, Field(description="last day planned")]
    place: Annotated[ShortText | None, Field(description="where")] = None
    agreement: AgreementId | None = None


class Moved(Asked):
    """Other days for what is planned."""

    first: Annotated[date, Field(description="first day planned")]
    last: Annotated[date, Field(description="last day planned")]
    because: Because


class Held(Asked):
    """It took place, and this came of it."""

    first: Annotated[date, Field(description="first day")]
    last: Annotated[date, Field(description="last day")]
    outcome: Annotated[LongText, Field(description="what came of it")]


class NewCommitment(Asked):
    """A promise of one who takes part."""

    commitment: CommitmentKey
    owner: Annotated[PartyId, Field(description="who promised it")]
    what: Annotated[LongText, Field(description="what was promised")]
    due: Annotated[date, Field(description="last day on which it is in time")]


class Kept(Asked):
    """What was promised was done."""

    how: Annotated[LongText, Field(description="what was done")]
    on: On


class Declaration(Asked):
    """A party's priorities and doctrine, which replace those that it declared before."""

    priorities: Annotated[tuple[Priority, ...], Field(max_length=50, description="one stance a theme")]
    on: On
    source: Source | None = None
