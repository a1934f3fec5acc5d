"""How stable a country is, why, and when that became a warning."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import Count, CountryCode, Part, ShortText
from entente_contracts.topics import STABILITY

Thousandths = Annotated[int, Field(ge=-1_000_000, le=1_000_000, description="thousandths of z, signed: above zero raises the risk")]

Stability = Annotated[int, Field(ge=0, le=100_000, description="thousandths of 100 points; 100000 is wholly stable")]


class WarningLevel(StrEnum):
    """How bad, in rising order."""

    WATCH = "watch"
    ALERT = "alert"
    CRISIS = "crisis"


class Term(Part):
    """One signed contribution to z; the terms of an assessment add up to its `z` exactly."""

    name: Annotated[ShortText, Field(description="name of the term in the weights file")]
    thousandths: Thousandths


class Coverage(Part):
    """Who was watching: sources that ever reported the country, days with an observation among the last 90, and the last of them."""

    sources: Annotated[tuple[str, ...], Field(description="names of sources that ever reported the country, sorted")]
    days_observed: Annotated[int, Field(ge=0, le=90, description="days with an observation among the last 90")]
    last_observed: Annotated[date | None, Field(description="last day with an observation; null where there is none")]


class StabilityAssessed(Event, name="entente.stability.assessed", version=1, topic=STABILITY):
    """A country was assessed for a day by what was known at that day's end or, for today, by now. Stream: `assessment/<iso3>`.

    `stability` in thousandths of 100 points (100_000 = wholly stable) follows from `z` alone: 100 * (1 - sigmoid(z / 1000)).
    `confidence` in percent says how far to trust it and is no part of it. `weights` names the parameter file's version.
    """

    country: CountryCode
    day: Annotated[date, Field(description="the day assessed, UTC")]
    stability: Stability
    z: Thousandths
    terms: Annotated[tuple[Term, ...], Field(description="contributions; they add up to z")]
    coverage: Annotated[Coverage, Field(description="who was watching")]
    confidence: Annotated[int, Field(ge=0, le=100, description="percent; no part of the stability")]
    observations: Annotated[Count, Field(description="observations that the assessment rests on")]
    weights: Annotated[ShortText, Field(description="version of the parameter file")]


class WarningRaised(Event, name="entente.stability.warning-raised", version=1, topic=STABILITY):
    """Risk crossed the level's entry threshold. Stream: `warning/<iso3>`. `before` is the level it rose from, None from calm."""

    country: CountryCode
    level: Annotated[WarningLevel, Field(description="level reached")]
    before: Annotated[WarningLevel | None, Field(description="level before; null: calm")]
    day: Annotated[date, Field(description="the day assessed, UTC")]
    stability: Stability
    assessment: Annotated[ShortText, Field(description="id of the assessment that led to it")]


class WarningLifted(Event, name="entente.stability.warning-lifted", version=1, topic=STABILITY):
    """Risk fell below the level's exit threshold; `level` is the level left, `now` the one that remains (None: calm)."""

    country: CountryCode
    level: Annotated[WarningLevel, Field(description="level left")]
    now: Annotated[WarningLevel | None, Field(description="level that remains; null: calm")]
    day: Annotated[date, Field(description="the day assessed, UTC")]
    stability: Stability
    assessment: Annotated[ShortText, Field(description="id of the assessment that led to it")]
