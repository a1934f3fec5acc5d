"""What an agreement gives between two parties, and its whole life: the steps themselves, to be read by the law of treaties."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.treaty.acts import TreatyEvent
from entente_partnerships.projections.kept import text
from entente_partnerships.projections.treaty_events import TREATY_EVENTS
from entente_partnerships.tables import Row


class Step(SQLModel):
    """A step of an agreement's life as it was written down: which event, about whom, on which day, by whom, and when."""

    agreement: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    name: str
    party: str | None
    on: date | None
    event: str
    known: datetime
    recorded_by: str
    data: str


class StepRow(Row, Step, table=True):
    __tablename__ = "what_it_gives_step"


what_it_gives = Projection("what_it_gives", StepRow, code=1, reads=[PARTNERSHIPS])


def _fold(rows: Rows, e: Recorded[TreatyEvent]) -> None:
    rows.put(
        Step(
            agreement=e.data.agreement,
            step=e.sequence,
            name=e.data.event_name,
            party=getattr(e.data, "party", None),
            on=getattr(e.data, "on", None),
            event=e.id,
            known=e.recordedtime,
            recorded_by=e.actor.id,
            data=text(e.data.model_dump(mode="json")),
        )
    )


for _event in TREATY_EVENTS:
    what_it_gives.on(_event)(_fold)
