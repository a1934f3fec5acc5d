"""Which warnings stand, and which there were."""

from datetime import date

from sqlmodel import Field, SQLModel

from entente_contracts.events.stability import WarningLifted, WarningRaised
from entente_contracts.recorded import Recorded
from entente_contracts.topics import STABILITY
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_stability.tables import Row


class WarningChange(SQLModel):
    """One rise or fall of a country's level: `level` from the day on, `before` up to it; empty: calm."""

    country: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    day: date
    level: str
    before: str
    stability: int
    event: str
    assessment: str


class StandingWarning(SQLModel):
    """The level that a country stands at, since when, and the event that put it there."""

    country: str = Field(primary_key=True)
    level: str
    since: date
    stability: int
    event: str
    assessment: str


class WarningChangeRow(Row, WarningChange, table=True):
    __tablename__ = "warnings_change"


class StandingWarningRow(Row, StandingWarning, table=True):
    __tablename__ = "warnings_standing"


warnings = Projection("warnings", WarningChangeRow, StandingWarningRow, code=1, reads=[STABILITY])


def _touches(e: Recorded[WarningRaised | WarningLifted]) -> Touched:
    yield StandingWarning, (e.data.country,)


@warnings.on(WarningRaised, touches=_touches)
def _raised(rows: Rows, e: Recorded[WarningRaised]) -> None:
    _change(rows, e, level=e.data.level.value, before=e.data.before.value if e.data.before is not None else "")


@warnings.on(WarningLifted, touches=_touches)
def _lifted(rows: Rows, e: Recorded[WarningLifted]) -> None:
    _change(rows, e, level=e.data.now.value if e.data.now is not None else "", before=e.data.level.value)


def _change(rows: Rows, e: Recorded[WarningRaised | WarningLifted], *, level: str, before: str) -> None:
    country, day, stability, assessment = e.data.country, e.data.day, e.data.stability, e.data.assessment
    rows.put(
        WarningChange(
            country=country,
            sequence=e.sequence,
            day=day,
            level=level,
            before=before,
            stability=stability,
            event=e.id,
            assessment=assessment,
        )
    )
    if level:
        rows.put(StandingWarning(country=country, level=level, since=day, stability=stability, event=e.id, assessment=assessment))
    else:
        rows.delete(StandingWarning, country)
