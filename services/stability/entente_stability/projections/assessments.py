"""How stable each country was assessed to be: the latest word on each day, and on each country."""

import json
from datetime import date

from sqlmodel import Field, SQLModel

from entente_contracts.events.stability import StabilityAssessed
from entente_contracts.recorded import Recorded
from entente_contracts.topics import STABILITY
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_stability.tables import Row


class Said(SQLModel):
    """What an assessment said. `terms`: a JSON list of [name, thousandths]; `sources`: a JSON list of names."""

    stability: int
    z: int
    terms: str
    sources: str
    days_observed: int
    last_observed: date | None = None
    confidence: int
    observations: int
    weights: str
    event: str
    sequence: int


class DayAssessment(Said):
    """The latest assessment of a country for a day."""

    country: str = Field(primary_key=True)
    day: date = Field(primary_key=True)


class LatestAssessment(Said):
    """The latest assessment of a country for the newest day that it was ever assessed for."""

    country: str = Field(primary_key=True)
    day: date


class DayAssessmentRow(Row, DayAssessment, table=True):
    __tablename__ = "assessments_day"


class LatestAssessmentRow(Row, LatestAssessment, table=True):
    __tablename__ = "assessments_latest"


assessments = Projection("assessments", DayAssessmentRow, LatestAssessmentRow, code=1, reads=[STABILITY])


def _touches(e: Recorded[StabilityAssessed]) -> Touched:
    yield LatestAssessment, (e.data.country,)


@assessments.on(StabilityAssessed, touches=_touches)
def _assessed(rows: Rows, e: Recorded[StabilityAssessed]) -> None:
    said = DayAssessment(
        country=e.data.country,
        day=e.data.day,
        stability=e.data.stability,
        z=e.data.z,
        terms=json.dumps([[term.name, term.thousandths] for term in e.data.terms], separators=(",", ":")),
        sources=json.dumps(e.data.coverage.sources, separators=(",", ":")),
        days_observed=e.data.coverage.days_observed,
        last_observed=e.data.coverage.last_observed,
        confidence=e.data.confidence,
        observations=e.data.observations,
        weights=e.data.weights,
        event=e.id,
        sequence=e.sequence,
    )
    rows.put(said)
    latest = rows.get(LatestAssessment, e.data.country)
    if latest is None or latest.day <= e.data.day:
        rows.put(LatestAssessment.model_validate(said.model_dump()))
