"""What a registered source reports of the world: reported, revised, retracted."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from entente_contracts.event import Event
from entente_contracts.topics import OBSERVATIONS

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 3166-1 alpha-3")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=4_000)]


class Part(BaseModel):
    """A frozen part of an event; tolerant of added fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


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

    vocabulary: Vocabulary
    code: Annotated[str, Field(min_length=1, max_length=40)]
    title: ShortText | None = None


class Participant(Part):
    """Who took part; `country` where the participant is a state or acts for one."""

    name: ShortText
    country: CountryCode | None = None


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

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Where(Part):
    """The country it happened in, and the place as the source names it."""

    country: CountryCode
    place: ShortText | None = None
    point: Point | None = None
    precision: PlacePrecision = PlacePrecision.UNKNOWN


class DatePrecision(StrEnum):
    """How exactly the dates are known: the true day lies somewhere in the day, week, month or year given."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class When(Part):
    """The first and the last day of what was observed, both included."""

    first: date
    last: date
    precision: DatePrecision

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last day {self.last} is before the first {self.first}; give them in order")
        return self


class Deaths(Part):
    """People killed: the lowest, best and highest estimate."""

    low: Count
    best: Count
    high: Count

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.best <= self.high:
            raise ValueError(f"low {self.low}, best {self.best} and high {self.high} must not decrease")
        return self


class Grading(Part):
    """Admiralty grading: reliability of the source A (best) to F, credibility of the information 1 (best) to 6."""

    reliability: Annotated[str, Field(pattern="^[A-F]$")]
    credibility: Annotated[int, Field(ge=1, le=6)]


class ObservationBody(Part):
    """One occurrence as one source saw it. `observation` is the source's own id of it, unique within the source."""

    observation: ShortText
    kind: Kind
    what: What
    who: Annotated[tuple[Participant, ...], Field(max_length=20)] = ()
    where: Where
    when: When
    deaths: Deaths | None = None
    grading: Grading | None = None
    summary: LongText | None = None
    taken_from: LongText | None = None


class ObservationReported(ObservationBody, Event, name="entente.observations.reported", version=2, topic=OBSERVATIONS):
    """A source reported an occurrence. Version 1 had no `when.precision`; it reads as `unknown`."""


class ObservationRevised(ObservationBody, Event, name="entente.observations.revised", version=1, topic=OBSERVATIONS):
    """The source corrected what it had reported: this replaces the whole of it."""

    because: LongText | None = None


class ObservationRetracted(Event, name="entente.observations.retracted", version=1, topic=OBSERVATIONS):
    """The source took back what it had reported, or moved it to another country, where it is reported anew."""

    observation: ShortText
    country: CountryCode
    because: LongText
