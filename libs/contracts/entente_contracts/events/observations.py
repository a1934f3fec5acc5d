"""What a registered source reports of the world: reported, revised, retracted."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from entente_contracts.event import Event
from entente_contracts.events.basics import Count, CountryCode, LongText, Part, ShortText
from entente_contracts.events.threats import Threat
from entente_contracts.topics import OBSERVATIONS

__all__ = ["Count", "CountryCode", "LongText", "Part", "ShortText", "Threat"]

ObservationId = Annotated[ShortText, Field(description="the source's own id of the occurrence, unique within the source")]


class Kind(StrEnum):
    """Which side of conflict or cooperation an observation lies on (the quad classes of CAMEO and PLOVER)."""

    MATERIAL_CONFLICT = "material_conflict"
    VERBAL_CONFLICT = "verbal_conflict"
    VERBAL_COOPERATION = "verbal_cooperation"
    MATERIAL_COOPERATION = "material_cooperation"


class Vocabulary(StrEnum):
    """Whose codes name the kind of event."""

    CAMEO = "cameo"
    PLOVER = "plover"
    UCDP = "ucdp"


class What(Part):
    """The kind of event in the words of a published vocabulary. CAMEO codes keep their leading zeros."""

    vocabulary: Annotated[Vocabulary, Field(description="whose code it is")]
    code: Annotated[str, Field(min_length=1, max_length=40, description="code of the vocabulary, leading zeros kept")]
    title: Annotated[ShortText | None, Field(description="what the vocabulary calls this code")] = None


class Participant(Part):
    """Who took part; `country` where the participant is a state or acts for one."""

    name: Annotated[ShortText, Field(description="as the source names it")]
    country: Annotated[CountryCode | None, Field(description="the state that it is or acts for (ISO 3166-1 alpha-3)")] = None


class PlacePrecision(StrEnum):
    """How exactly the place is known."""

    EXACT = "exact"
    NEAR = "near"
    DISTRICT = "district"
    PROVINCE = "province"
    COUNTRY = "country"
    UNKNOWN = "unknown"


class Point(Part):
    """A point on the globe in WGS 84 degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, description="degrees north, WGS 84")]
    longitude: Annotated[float, Field(ge=-180, le=180, description="degrees east, WGS 84")]


class Where(Part):
    """The country it happened in, and the place as the source names it."""

    country: CountryCode
    place: Annotated[ShortText | None, Field(description="as the source names it")] = None
    point: Annotated[Point | None, Field(description="where, or the middle of the place")] = None
    precision: Annotated[PlacePrecision, Field(description="how exactly the point is known")] = PlacePrecision.UNKNOWN


class DatePrecision(StrEnum):
    """How exactly the dates are known: the true day lies somewhere in the day, week, month or year given."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class When(Part):
    """The first and the last day of what was observed, both included."""

    first: Annotated[date, Field(description="first day, local calendar")]
    last: Annotated[date, Field(description="last day, not before the first")]
    precision: Annotated[DatePrecision, Field(description="how exactly the days are known")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last day {self.last} is before the first {self.first}; give them in order")
        return self


class Deaths(Part):
    """People killed: the lowest, best and highest estimate."""

    low: Annotated[Count, Field(description="persons, lowest estimate")]
    best: Annotated[Count, Field(description="persons, best estimate")]
    high: Annotated[Count, Field(description="persons, highest estimate")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.best <= self.high:
            raise ValueError(f"low {self.low}, best {self.best} and high {self.high} must not decrease")
        return self


class Grading(Part):
    """Admiralty grading: reliability of the source A (best) to F, credibility of the information 1 (best) to 6."""

    reliability: Annotated[str, Field(pattern="^[A-F]$", description="of the source: A (best) to E, F unknown")]
    credibility: Annotated[int, Field(ge=1, le=6, description="of the information: 1 (best) to 5, 6 unknown")]


class ObservationBody(Part):
    """One occurrence as one source saw it. `observation` is the source's own id of it, unique within the source."""

    observation: ObservationId
    kind: Annotated[Kind, Field(description="quad class")]
    what: Annotated[What, Field(description="kind of event, by a published code")]
    who: Annotated[tuple[Participant, ...], Field(max_length=20, description="participants in the order of the source")] = ()
    where: Annotated[Where, Field(description="place")]
    when: Annotated[When, Field(description="days")]
    deaths: Annotated[Deaths | None, Field(description="people killed; null where the source does not say")] = None
    grading: Annotated[Grading | None, Field(description="Admiralty grading; null where not graded")] = None
    threat: Threat | None = None
    summary: Annotated[LongText | None, Field(description="what happened, in a few sentences")] = None
    taken_from: Annotated[LongText | None, Field(description="publication, or its own sources, that the source took it from")] = None


class ObservationReported(ObservationBody, Event, name="entente.observations.reported", version=2, topic=OBSERVATIONS):
    """A source reported an occurrence. Version 1 had no `when.precision`; it reads as `unknown`."""


class ObservationRevised(ObservationBody, Event, name="entente.observations.revised", version=1, topic=OBSERVATIONS):
    """The source corrected what it had reported: this replaces the whole of it."""

    because: Annotated[LongText | None, Field(description="why it was corrected")] = None


class ObservationRetracted(Event, name="entente.observations.retracted", version=1, topic=OBSERVATIONS):
    """The source took back what it had reported, or moved it to another country, where it is reported anew."""

    observation: ObservationId
    country: CountryCode
    because: Annotated[LongText, Field(description="why it was taken back")]
