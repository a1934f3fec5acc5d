"""How stable a country is, why, and when that became a warning."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import Count, CountryCode, Part, ShortText
from entente_contracts.topics import STABILITY

Thousandths = Annotated[int, Field(ge=-1_000_000, le=1_000_000, description="thousandths of z, signed: above zero raises the risk")]


class WarningLevel(StrEnum):
    """How bad, in rising order."""

    WATCH = "watch"
    ALERT = "alert"
    CRISIS = "crisis"


class Term(Part):
    """One signed contribution to z; the terms of an assessment add up to its `z` exactly."""

    name: ShortText
    thousandths: Thousandths


class Coverage(Part):
    """Who was watching: sources that ever reported the country, days with an observation among the last 90, and the last of them."""

    sources: tuple[str, ...]
    days_observed: Annotated[int, Field(ge=0, le=90)]
    last_observed: date | None


class StabilityAssessed(Event, name="entente.stability.assessed", version=1, topic=STABILITY):
    """A country was assessed for a day by what was known at that day's end or, for today, by now. Stream: `assessment/<iso3>`.

    `stability` in thousandths of 100 points (100_000 = wholly stable) follows from `z` alone: 100 * (1 - sigmoid(z / 1000)).
    `confidence` in percent says how far to trust it and is no part of it. `weights` names the parameter file's version.
    """

    country: CountryCode
    day: date
    stability: Annotated[int, Field(ge=0, le=100_000)]
    z: Thousandths
    terms: tuple[Term, ...]
    coverage: Coverage
    confidence: Annotated[int, Field(ge=0, le=100)]
    observations: Count
    weights: ShortText


class WarningRaised(Event, name="entente.stability.warning-raised", version=1, topic=STABILITY):
    """Risk crossed the level's entry threshold. Stream: `warning/<iso3>`. `before` is the level it rose from, None from calm."""

    country: CountryCode
    level: WarningLevel
    before: WarningLevel | None
    day: date
    stability: Annotated[int, Field(ge=0, le=100_000)]
    assessment: ShortText


class WarningLifted(Event, name="entente.stability.warning-lifted", version=1, topic=STABILITY):
    """Risk fell below the level's exit threshold; `level` is the level left, `now` the one that remains (None: calm)."""

    country: CountryCode
    level: WarningLevel
    now: WarningLevel | None
    day: date
    stability: Annotated[int, Field(ge=0, le=100_000)]
    assessment: ShortText
