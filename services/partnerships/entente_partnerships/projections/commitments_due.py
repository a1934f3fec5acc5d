"""Who promised what until when, and what became of it, on any day and by what was known on any day."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.engagements import CommitmentFellPastDue, CommitmentKept, CommitmentMade, CommitmentReleased
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.engagement import Promise
from entente_partnerships.tables import Row


class CommitmentOf(SQLModel):
    """A commitment: made, with its end where it has one (`kept` or `released`), each with the moment at which it was known."""

    engagement: str = Field(primary_key=True)
    commitment: str = Field(primary_key=True)
    owner: str
    what: str
    due: date
    made: str
    known: datetime
    ended: str | None
    ended_on: date | None
    ended_says: str | None
    ended_by: str | None
    ended_known: datetime | None
    fell_due: str | None


class CommitmentRow(Row, CommitmentOf, table=True):
    __tablename__ = "commitments_due"


commitments_due = Projection("commitments_due", CommitmentRow, code=1, reads=[PARTNERSHIPS])

Promised = CommitmentMade | CommitmentKept | CommitmentReleased | CommitmentFellPastDue


def _touches(e: Recorded[Promised]) -> Touched:
    yield CommitmentOf, (e.data.engagement, e.data.commitment)


@commitments_due.on(CommitmentMade, touches=_touches)
def _made(rows: Rows, e: Recorded[CommitmentMade]) -> None:
    rows.put(
        CommitmentOf(
            engagement=e.data.engagement,
            commitment=e.data.commitment,
            owner=e.data.owner,
            what=e.data.what,
            due=e.data.due,
            made=e.id,
            known=e.recordedtime,
            ended=None,
            ended_on=None,
            ended_says=None,
            ended_by=None,
            ended_known=None,
            fell_due=None,
        )
    )


@commitments_due.on(CommitmentKept, touches=_touches)
def _kept(rows: Rows, e: Recorded[CommitmentKept]) -> None:
    _end(rows, e, Promise.KEPT, e.data.on, e.data.how)


@commitments_due.on(CommitmentReleased, touches=_touches)
def _released(rows: Rows, e: Recorded[CommitmentReleased]) -> None:
    _end(rows, e, Promise.RELEASED, e.data.on, e.data.because)


@commitments_due.on(CommitmentFellPastDue, touches=_touches)
def _fell_due(rows: Rows, e: Recorded[CommitmentFellPastDue]) -> None:
    row = _row(rows, e)
    row.fell_due = e.id
    rows.put(row)


def _end(rows: Rows, e: Recorded[CommitmentKept] | Recorded[CommitmentReleased], how: Promise, on: date, says: str) -> None:
    row = _row(rows, e)
    row.ended, row.ended_on, row.ended_says, row.ended_by, row.ended_known = how.value, on, says, e.id, e.recordedtime
    rows.put(row)


def _row(rows: Rows, e: Recorded[CommitmentKept] | Recorded[CommitmentReleased] | Recorded[CommitmentFellPastDue]) -> CommitmentOf:
    row = rows.get(CommitmentOf, e.data.engagement, e.data.commitment)
    if row is None:
        raise LookupError(f"{e.data.event_type()} comes before {e.data.commitment} of {e.data.engagement} was made")
    return row
