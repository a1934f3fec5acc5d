"""What was refused, why, and whether it passed later."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from entente_contracts.events.gateway import EventQuarantined, QuarantineReleased
from entente_contracts.recorded import Recorded
from entente_contracts.topics import GATEWAY
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_gateway.tables import Row


class RefusedArrival(SQLModel):
    """An arrival in quarantine, by the last word on it. `admitted` is the event that it became where it passed later."""

    digest: str = Field(primary_key=True)
    reason: str
    detail: str
    mend: str
    length: int
    claimed_source: str | None
    claimed_id: str | None
    signed_by: str | None
    first_refused: datetime
    last_judged: datetime = Field(index=True)
    admitted: str | None = None


class RefusedArrivalRow(Row, RefusedArrival, table=True):
    __tablename__ = "quarantine_arrival"


quarantine = Projection("quarantine", RefusedArrivalRow, code=2, reads=[GATEWAY])


def _arrival(e: Recorded[EventQuarantined | QuarantineReleased]) -> Touched:
    yield RefusedArrival, (e.data.digest,)


@quarantine.on(EventQuarantined, touches=_arrival)
def _refused(rows: Rows, e: Recorded[EventQuarantined]) -> None:
    before = rows.get(RefusedArrival, e.data.digest)
    rows.put(
        RefusedArrival(
            digest=e.data.digest,
            reason=e.data.reason,
            detail=e.data.detail,
            mend=e.data.mend,
            length=e.data.length,
            claimed_source=e.data.claimed_source,
            claimed_id=e.data.claimed_id,
            signed_by=e.data.signed_by,
            first_refused=e.recordedtime if before is None else before.first_refused,
            last_judged=e.recordedtime,
        )
    )


@quarantine.on(QuarantineReleased, touches=_arrival)
def _released(rows: Rows, e: Recorded[QuarantineReleased]) -> None:
    arrival = rows.get(RefusedArrival, e.data.digest)
    if arrival is None:
        raise LookupError(f"{e.data.digest} is released before it was refused")
    arrival.admitted, arrival.last_judged = e.data.admitted, e.recordedtime
    rows.put(arrival)
