"""What each party declared to want, declaration by declaration."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.priorities import PrioritiesDeclared
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.projections.kept import text
from entente_partnerships.tables import Row


class Wanted(SQLModel):
    """A declaration, in force from `on` until the party's next."""

    party: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    on: date
    event: str
    known: datetime
    data: str


class WantedRow(Row, Wanted, table=True):
    __tablename__ = "what_is_wanted"


what_is_wanted = Projection("what_is_wanted", WantedRow, code=1, reads=[PARTNERSHIPS])


@what_is_wanted.on(PrioritiesDeclared)
def _declared(rows: Rows, e: Recorded[PrioritiesDeclared]) -> None:
    said = text(e.data.model_dump(mode="json"))
    rows.put(Wanted(party=e.data.party, step=e.sequence, on=e.data.on, event=e.id, known=e.recordedtime, data=said))
