"""Emerging threats: what an observation says of one beside what, where and when, each kind with fields of its own."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from entente_contracts.events.basics import Count, CountryCode, LongText, Part, ShortText


class Attribution(StrEnum):
    """How sure a source is of who stands behind something."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class CyberEffect(StrEnum):
    """What a cyber operation did, or was meant to do."""

    DISRUPTION = "disruption"
    DESTRUCTION = "destruction"
    ESPIONAGE = "espionage"
    EXTORTION = "extortion"
    INFLUENCE = "influence"
    UNKNOWN = "unknown"


class CyberOperation(Part):
    """An operation against computers or networks. An attribution names a state only with a confidence above none."""

    kind: Annotated[Literal["cyber_operation"], Field(description="which threat it is")]
    effect: Annotated[CyberEffect, Field(description="what it did, or was meant to do")]
    sectors: Annotated[tuple[ShortText, ...], Field(max_length=10, description="what was hit, such as energy or health")] = ()
    systems: Annotated[Count | None, Field(description="systems affected; null: not known")] = None
    attribution: Annotated[Attribution, Field(description="how sure the source is of who did it")] = Attribution.NONE
    attributed_to: Annotated[CountryCode | None, Field(description="the state that it is attributed to (ISO 3166-1 alpha-3)")] = None

    @model_validator(mode="after")
    def _sure_enough(self) -> Self:
        if (self.attributed_to is None) != (self.attribution is Attribution.NONE):
            raise ValueError("an attribution names a state and a confidence above none; give both, or neither")
        return self


class TerrorTarget(StrEnum):
    """Whom an attack was aimed at."""

    CIVILIANS = "civilians"
    GOVERNMENT = "government"
    SECURITY_FORCES = "security_forces"
    INFRASTRUCTURE = "infrastructure"
    RELIGIOUS = "religious"
    OTHER = "other"
    UNKNOWN = "unknown"


class TerrorMeans(StrEnum):
    """What an attack was made with."""

    EXPLOSIVE = "explosive"
    FIREARM = "firearm"
    VEHICLE = "vehicle"
    BLADE = "blade"
    CHEMICAL = "chemical"
    OTHER = "other"
    UNKNOWN = "unknown"


class Terrorism(Part):
    """An attack meant to frighten beyond those whom it hits. People killed stand in the observation's `deaths`."""

    kind: Annotated[Literal["terrorism"], Field(description="which threat it is")]
    target: Annotated[TerrorTarget, Field(description="whom it was aimed at")]
    means: Annotated[TerrorMeans, Field(description="what it was made with")] = TerrorMeans.UNKNOWN
    claimed_by: Annotated[ShortText | None, Field(description="who claimed it, as the source names them; null: nobody")] = None
    hostages: Annotated[Count | None, Field(description="people taken hostage; null: not known")] = None


class Vessel(StrEnum):
    """What sort of ship."""

    CARGO = "cargo"
    TANKER = "tanker"
    FISHING = "fishing"
    PASSENGER = "passenger"
    YACHT = "yacht"
    OTHER = "other"
    UNKNOWN = "unknown"


class PiracyOutcome(StrEnum):
    """How far it went."""

    APPROACHED = "approached"
    FOILED = "foiled"
    BOARDED = "boarded"
    HIJACKED = "hijacked"


class Piracy(Part):
    """An attack on a ship, at sea or in port. Crew can be taken only from one that was boarded."""

    kind: Annotated[Literal["piracy"], Field(description="which threat it is")]
    vessel: Annotated[Vessel, Field(description="what sort of ship")]
    outcome: Annotated[PiracyOutcome, Field(description="how far it went")]
    imo: Annotated[str | None, Field(pattern=r"^[0-9]{7}$", description="the ship's IMO number, seven digits")] = None
    crew_taken: Annotated[Count | None, Field(description="people taken from the ship; null: not known")] = None

    @model_validator(mode="after")
    def _boarded_before_taken(self) -> Self:
        if self.crew_taken and self.outcome in {PiracyOutcome.APPROACHED, PiracyOutcome.FOILED}:
            raise ValueError(f"{self.crew_taken} people were taken from a ship that was only {self.outcome.value}; correct one of the two")
        return self


class Irregulars(StrEnum):
    """Who fights below the threshold of war."""

    PROXY = "proxy"
    INSURGENTS = "insurgents"
    SPECIAL_FORCES = "special_forces"
    MERCENARIES = "mercenaries"
    MILITIA = "militia"
    UNKNOWN = "unknown"


class IrregularMeans(StrEnum):
    """How they fight."""

    SABOTAGE = "sabotage"
    GUERRILLA = "guerrilla"
    SUBVERSION = "subversion"
    ASSASSINATION = "assassination"
    ARMED_SUPPORT = "armed_support"


class UnconventionalWarfare(Part):
    """Warfare by irregular forces or means, with or without a state behind it."""

    kind: Annotated[Literal["unconventional_warfare"], Field(description="which threat it is")]
    forces: Annotated[Irregulars, Field(description="who fights")]
    means: Annotated[tuple[IrregularMeans, ...], Field(min_length=1, max_length=5, description="how")]
    sponsor: Annotated[CountryCode | None, Field(description="the state behind it, as the source says; null: none is named")] = None


class MediaChannel(StrEnum):
    """Over what something is spread."""

    SOCIAL_MEDIA = "social_media"
    MESSAGING = "messaging"
    WEBSITES = "websites"
    BROADCAST = "broadcast"
    PRESS = "press"


class Verdict(StrEnum):
    """What the source found out about what is spread."""

    FALSE = "false"
    MISLEADING = "misleading"
    UNVERIFIED = "unverified"


class MisinformationCampaign(Part):
    """The same untrue or misleading story, spread in concert."""

    kind: Annotated[Literal["misinformation_campaign"], Field(description="which threat it is")]
    narrative: Annotated[LongText, Field(description="what is spread, in a sentence")]
    channels: Annotated[tuple[MediaChannel, ...], Field(min_length=1, max_length=5, description="over what")]
    audiences: Annotated[tuple[CountryCode, ...], Field(min_length=1, max_length=50, description="whom it is aimed at")]
    verdict: Annotated[Verdict, Field(description="what the source found out about it")] = Verdict.UNVERIFIED
    reach: Annotated[Count | None, Field(description="people whom it reached; null: not known")] = None


Threat = Annotated[
    CyberOperation | Terrorism | Piracy | UnconventionalWarfare | MisinformationCampaign,
    Field(discriminator="kind", description="an emerging threat, by its kind; null: it is none"),
]
