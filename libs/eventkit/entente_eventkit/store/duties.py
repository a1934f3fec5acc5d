"""The table of dues: what the clock works off."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, or_, select

from entente_eventkit.storage.dialect import insert_absent
from entente_eventkit.storage.tables import due
from entente_eventkit.store.because import Because

_FALLEN_DUE = (
    select(due.c.duty, due.c.subject, due.c.at, due.c.cause, due.c.correlationid)
    .where(due.c.at <= bindparam("now"))
    .order_by(due.c.at, due.c.duty, due.c.subject)
    .limit(bindparam("limit"))
)
_AFTER = _FALLEN_DUE.where(
    or_(
        due.c.at > bindparam("after_at"),
        and_(due.c.at == bindparam("after_at"), due.c.duty > bindparam("after_duty")),
        and_(due.c.at == bindparam("after_at"), due.c.duty == bindparam("after_duty"), due.c.subject > bindparam("after_subject")),
    )
)
_DONE = delete(due).where(due.c.duty == bindparam("of_duty"), due.c.subject == bindparam("of_subject"), due.c.at == bindparam("of_at"))


@dataclass(frozen=True, slots=True)
class Due:
    """A duty that falls due for a subject at a moment. `cause`: the id of the event that it was scheduled because of."""

    duty: str
    subject: str
    at: datetime
    cause: str
    correlationid: str


def schedule(connection: Connection, duty: str, subject: str, at: datetime, because: Because) -> None:
    """Puts a due into the table; the same again changes nothing, its first cause stays."""
    values = {"duty": duty, "subject": subject, "at": at, "cause": because.causationid, "correlationid": because.correlationid}
    insert_absent(connection, due, [values])


def fallen_due(connection: Connection, now: datetime, limit: int, after: Due | None = None) -> list[Due]:
    """What is due by `now`, the oldest first, at most `limit`; only what comes after one of them, where given."""
    values = {"now": now, "limit": limit}
    if after is None:
        return [Due(*row) for row in connection.execute(_FALLEN_DUE, values)]
    values |= {"after_at": after.at, "after_duty": after.duty, "after_subject": after.subject}
    return [Due(*row) for row in connection.execute(_AFTER, values)]


def done(connection: Connection, which: Due) -> None:
    """Takes a due out of the table."""
    connection.execute(_DONE, {"of_duty": which.duty, "of_subject": which.subject, "of_at": which.at})
