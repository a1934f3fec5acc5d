"""What partners plan, and what came of it: dialogues, exchanges, missions, training."""

from datetime import date

from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.engagements import EngagementCancelled, EngagementHeld, EngagementMoved, EngagementPlanned
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.engagement import Stage
from entente_partnerships.projections.kept import text
from entente_partnerships.tables import Row


class EngagementNow(SQLModel):
    """An engagement as its last event left it."""

    engagement: str = Field(primary_key=True)
    kind: str
    title: str
    parties: str
    first: date
    last: date
    place: str | None
    agreement: str | None
    stage: str
    says: str | None
    version: int
    event: str


class EngagementNowRow(Row, EngagementNow, table=True):
    __tablename__ = "what_is_planned"


what_is_planned = Projection("what_is_planned", EngagementNowRow, code=1, reads=[PARTNERSHIPS])

Planned = EngagementPlanned | EngagementMoved | EngagementHeld | EngagementCancelled


def _touches(e: Recorded[Planned]) -> Touched:
    yield EngagementNow, (e.data.engagement,)


def _planned(rows: Rows, e: Recorded[EngagementPlanned]) -> None:
    rows.put(
        EngagementNow(
            engagement=e.data.engagement,
            kind=e.data.kind.value,
            title=e.data.title,
            parties=text(e.data.parties),
            first=e.data.first,
            last=e.data.last,
            place=e.data.place,
            agreement=e.data.agreement,
            stage=Stage.PLANNED.value,
            says=None,
            version=e.sequence,
            event=e.id,
        )
    )


def _changed(rows: Rows, e: Recorded[Planned]) -> None:
    row = rows.get(EngagementNow, e.data.engagement)
    if row is None:
        raise LookupError(f"{e.data.event_type()} comes before {e.data.engagement} was planned")
    match e.data:
        case EngagementMoved():
            row.first, row.last, row.says = e.data.first, e.data.last, e.data.because
        case EngagementHeld():
            row.first, row.last, row.stage, row.says = e.data.first, e.data.last, Stage.HELD.value, e.data.outcome
        case EngagementCancelled():
            row.stage, row.says = Stage.CANCELLED.value, e.data.because
    row.version, row.event = e.sequence, e.id
    rows.put(row)


what_is_planned.on(EngagementPlanned, touches=_touches)(_planned)
what_is_planned.on(EngagementMoved, touches=_touches)(_changed)
what_is_planned.on(EngagementHeld, touches=_touches)(_changed)
what_is_planned.on(EngagementCancelled, touches=_touches)(_changed)
