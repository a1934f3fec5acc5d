"""Working off marks: what folds left to be done is done and cleared in one transaction."""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection, ScalarSelect, select

from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Worker
from entente_eventkit.acting.deeds import actor_of, do
from entente_eventkit.acting.together import MOST, work_off
from entente_eventkit.clock import Clock
from entente_eventkit.projecting import bulk
from entente_eventkit.projecting.batches import BUILDING, LIVE
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import locked
from entente_eventkit.storage.tables import active, instance, mark
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import names, tracing

log = logging.getLogger(__name__)

_LINKS = 64


def work_marks(database: Database, store: EventStore, clock: Clock, worker: Worker) -> int:
    """One pass over everything marked in the active instance, many things in a transaction; gives how many were done.

    Call it again until it gives 0. A thing whose work raises stays marked, is logged, and holds up nothing else. Raises transient errors
    of the database; what was committed before them stays done.
    """

    def work(things: Sequence[str]) -> int:
        with database.writing() as connection:
            _lock_marks(connection, worker)
            with store.head(connection) as head:
                acting = Acting(connection, head, clock)
                return sum(_work(acting, store.service, worker, what) for what in things)

    def failed(what: str, error: Exception) -> None:
        log.error("worker %s failed at %s; its mark stays and is tried again", worker.name, what, exc_info=error)

    done = 0
    after = ""
    while things := _next(database, worker, after):
        after = things[-1]
        done += work_off(things, work, failed)
    return done


def _next(database: Database, worker: Worker, after: str) -> Sequence[str]:
    query = select(mark.c.what).distinct().where(mark.c.instance == _current(worker), mark.c.what > after)
    with database.reading() as connection:
        return connection.execute(query.order_by(mark.c.what).limit(MOST)).scalars().all()


def _work(acting: Acting, service: str, worker: Worker, what: str) -> int:
    marks = acting.connection.execute(select(mark).where(mark.c.instance == _current(worker), mark.c.what == what)).mappings().all()
    if not marks:
        return 0
    latest = max(marks, key=lambda row: str(row["cause"]))
    links = [row["traceparent"] for row in marks if row["traceparent"] and row is not latest][:_LINKS]
    with tracing.span(f"work {worker.name}", parent=latest["traceparent"], links=links, attributes={names.WHAT: what}) as traceparent:
        because = Because(
            causationid=latest["cause"],
            correlationid=latest["correlationid"],
            actor=actor_of(service, worker.name),
            traceparent=traceparent or latest["traceparent"],
        )
        causes = sorted({str(row["cause"]) for row in marks})
        do(acting, worker.work(what, causes, acting.ask, acting.clock.now()), because)
        bulk.delete_keys(acting.connection, mark, [tuple(row[column.key] for column in mark.primary_key.columns) for row in marks])
    return 1


def _lock_marks(connection: Connection, worker: Worker) -> None:
    """Locks all instances that might be active, in order of name and before the head: no batch adds to the marks and no switch moves
    them until the transaction ends."""
    mine = (instance.c.projection == worker.marks.name, instance.c.state.in_([BUILDING, LIVE]))
    connection.execute(locked(select(instance.c.name).where(*mine).order_by(instance.c.name))).all()


def _current(worker: Worker) -> ScalarSelect[str]:
    return select(active.c.instance).where(active.c.projection == worker.marks.name).scalar_subquery()
