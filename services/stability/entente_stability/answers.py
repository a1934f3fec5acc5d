"""What the API answers with. Every figure that enters the score is an integer; `says` puts the answer into a sentence."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from entente_contracts.events.stability import Term, WarningLevel
from entente_stability.domain.channels import Channel

Points = Annotated[int, Field(ge=0, le=100_000, description="thousandths of a point; 100000 is wholly stable", examples=[3_012])]
Z = Annotated[int, Field(description="thousandths of z; above zero raises the risk", examples=[3_472])]


class Answer(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class ScoreTermAnswer(Answer):
    """One term: `thousandths` = weight * log1p(decayed sum), rounded. The constant has no sum behind it."""

    name: Annotated[str, Field(examples=["deaths.30"])]
    thousandths: Z
    channel: Channel | None = None
    half_life_days: int | None = None
    weight: Annotated[int | None, Field(description="thousandths of z a unit of log1p of the decayed sum")] = None
    decayed_thousandths: Annotated[int | None, Field(description="the decayed sum, in thousandths, for reading only")] = None
    meaning: str


class ScoreAnswer(Answer):
    """`z` is exactly the sum of the terms; `stability` = 100 * (1 - sigmoid(z))."""

    stability: Points
    z: Z
    terms: Sequence[ScoreTermAnswer]
    weights: Annotated[str, Field(description="version of the parameters", examples=["provisional-1"])]
    status: Annotated[str, Field(description="provisional: set by hand, not fitted", examples=["provisional"])]


class CoverageAnswer(Answer):
    """Who was watching. Stands beside the score and never enters it. `history_begins`: the first
    source was first heard on that day, and the sums hold only what sources have reported since."""

    sources: Sequence[str]
    history_begins: date
    days_observed: Annotated[int, Field(description="days with an observation among the last 90")]
    last_observed: date | None
    observations: Annotated[int, Field(description="observations behind the score, of all sources")]
    confidence: Annotated[int, Field(ge=0, le=100, description="percent; how far to trust the score, no part of it")]


class PlaceAnswer(Answer):
    """A score as asked: for the day `on`, by what was known at the end of `known_on`. Without a watcher there is no score."""

    on: date
    known_on: date
    watched: bool
    score: ScoreAnswer | None
    coverage: CoverageAnswer | None
    says: str


class CountryAnswer(PlaceAnswer):
    """A country's score."""

    country: Annotated[str, Field(examples=["SDN"])]
    name: Annotated[str, Field(examples=["Sudan"])]


class PairAnswer(PlaceAnswer):
    """The score of a pair of states, from what they took part in together, wherever it happened. By the same parameters."""

    a: str
    b: str


class EvidenceAnswer(Answer):
    """An observation behind a term. `event` is the admitted event; `foreign` names the sender's own one."""

    share_thousandths: Annotated[int, Field(description="its share of the term, thousandths of z")]
    amount: Annotated[int, Field(description="what it adds to its day's bucket")]
    event: str
    foreign: Annotated[str | None, Field(description="source#id of the sender's event")]
    source: str
    observation: str
    title: str
    who: str
    place: str | None
    place_precision: str
    first: date
    last: date
    date_precision: str
    deaths_low: int | None
    deaths_best: int | None
    deaths_high: int | None
    grading: str | None
    known: Annotated[date, Field(description="the day on which this version became known")]


class OthersAnswer(Answer):
    """Those beyond the number asked for, together."""

    observations: int
    share_thousandths: int


class WhyTermAnswer(ScoreTermAnswer):
    """A term with the observations behind it, the largest share first. Their shares and those of `others` add up to the term."""

    observations: Sequence[EvidenceAnswer]
    others: OthersAnswer


class LeftOutAnswer(Answer):
    """What was reported and not counted, since another source was taken for that day and channel."""

    day: date
    channel: Channel
    source: str
    amount: int
    taken: str
    taken_amount: int


class WhyAnswer(Answer):
    """A country's score down to single events."""

    country: str
    on: date
    known_on: date
    watched: bool
    stability: Points | None
    z: Z | None
    terms: Sequence[WhyTermAnswer]
    not_counted: Annotated[Sequence[LeftOutAnswer], Field(description="the largest, at most as many as asked for")]
    not_counted_in_all: int
    one_source_rule: str
    how_shared: str
    says: str


class AssessmentAnswer(Answer):
    """An assessment as it was published; `event` is its id."""

    country: Annotated[str, Field(examples=["SDN"])]
    day: date
    stability: Points
    z: Z
    terms: Sequence[Term]
    sources: Sequence[str]
    days_observed: int
    last_observed: date | None
    confidence: int
    observations: int
    weights: str
    event: str


class ChangeAnswer(Answer):
    """How far the stability moved since the earliest assessment of the 30 days before; thousandths of a point, below zero: worse."""

    since: date
    points: int


class CountryItem(AssessmentAnswer):
    """The latest assessment of a country, how it moved, and the warning that stands."""

    name: str
    change: ChangeAnswer | None
    warning: WarningLevel | None


class CountriesAnswer(Answer):
    """A page of countries; the `Link` header leads to the next."""

    items: Sequence[CountryItem]


class HistoryAnswer(Answer):
    """A page of a country's daily assessments in order; each day's latest word."""

    country: str
    items: Sequence[AssessmentAnswer]


class StandingAnswer(Answer):
    """A warning that stands, since the day on which the country came to this level."""

    country: str
    name: str
    level: WarningLevel
    since: date
    stability: Points
    event: str
    assessment: str


class WarningChangeAnswer(Answer):
    """One change of a country's level; null is calm. `stability` is what it was at the change."""

    country: str
    name: str
    day: date
    level: WarningLevel | None
    before: WarningLevel | None
    stability: Points
    event: str
    assessment: str


class WarningsAnswer(Answer):
    """The warnings that stand, worst first; with `since` also a page of the changes from that day on."""

    standing: Sequence[StandingAnswer]
    changes: Sequence[WarningChangeAnswer]


class ReportAnswer(Answer):
    """What one source says of an occurrence, with its grading (Admiralty) where it has one, and the event that says so."""

    source: str
    observation: str
    grading: str | None
    first: date
    last: date
    title: str
    place: str | None
    who: str
    deaths_low: int | None
    deaths_best: int | None
    deaths_high: int | None
    event: str


class OccurrenceAnswer(Answer):
    """One occurrence, counted once, as each source tells it. `deaths_low` to `deaths_high` spans all figures."""

    country: str
    channel: Channel
    first: date
    last: date
    sources: Sequence[str]
    deaths_low: int | None
    deaths_high: int | None
    deaths_best: Sequence[int]
    contradicting: bool
    reports: Sequence[ReportAnswer]


class OccurrencesAnswer(Answer):
    """The occurrences of a country in some days, those of several sources first; `reports` counts what they were linked from."""

    country: str
    name: str
    since: date
    until: date
    rule: str
    reports: int
    occurrences: int
    items: Sequence[OccurrenceAnswer]
    says: str
