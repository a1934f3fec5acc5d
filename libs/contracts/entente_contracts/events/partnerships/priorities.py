"""What parties declare to want, and where two of them pull apart. Streams: `priorities/<party>` and `misalignment/<A>-<B>`."""

from datetime import date
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import Part, ShortText
from entente_contracts.events.partnerships.parts import AgreementId, On, PartyId, Source
from entente_contracts.topics import PARTNERSHIPS

Theme = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$", description="name of a theme in the published vocabulary")]
Stance = Annotated[int, Field(ge=-2, le=2, description="from one end of the theme's scale (-2) to the other (2)")]
Weight = Annotated[int, Field(ge=1, le=5, description="how much it matters to the party")]
Strength = Annotated[int, Field(ge=0, le=10_000, description="how strongly the two pull apart, by the rule")]


class Priority(Part):
    """Where a party stands on a theme, and how much that matters to it."""

    theme: Theme
    stance: Stance
    weight: Weight


class PrioritiesDeclared(Event, name="entente.partnerships.priorities-declared", version=1, topic=PARTNERSHIPS):
    """A party declares priorities and doctrine, which replace those that it declared before. Stream: `priorities/<party>`."""

    party: PartyId
    priorities: Annotated[tuple[Priority, ...], Field(max_length=50, description="one a theme, in order of theme")]
    on: On
    source: Source | None = None


class Apart(Part):
    """A theme on which two parties pull apart, with the declarations that say so."""

    theme: Theme
    a: Annotated[Stance, Field(description="stance of `a`")]
    b: Annotated[Stance, Field(description="stance of `b`")]
    strength: Strength
    since: Annotated[date, Field(description="first day on which both stood so")]
    events: Annotated[tuple[ShortText, ShortText], Field(description="ids of the declarations of `a` and `b`")]


class MisalignmentRaised(Event, name="entente.partnerships.misalignment-raised", version=1, topic=PARTNERSHIPS):
    """Two parties of one agreement pull apart, or do so more or less than was told. Stream: `misalignment/<A>-<B>`."""

    agreement: AgreementId
    a: Annotated[PartyId, Field(description="the first of the two in alphabetical order")]
    b: Annotated[PartyId, Field(description="the second")]
    strength: Strength
    apart: Annotated[tuple[Apart, ...], Field(min_length=1, max_length=50, description="themes, the strongest first")]
    rule: Annotated[ShortText, Field(description="version of the vocabulary and the rule")]
    on: On


class MisalignmentLifted(Event, name="entente.partnerships.misalignment-lifted", version=1, topic=PARTNERSHIPS):
    """Two parties of one agreement pull apart no more, or are not both bound by it any longer."""

    agreement: AgreementId
    a: Annotated[PartyId, Field(description="the first of the two in alphabetical order")]
    b: Annotated[PartyId, Field(description="the second")]
    strength: Strength
    still_bound: Annotated[bool, Field(description="whether the agreement still binds both")]
    rule: Annotated[ShortText, Field(description="version of the vocabulary and the rule")]
    on: On
