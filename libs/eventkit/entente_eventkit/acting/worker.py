"""Working off marks: what folds left to be done is done and cleared in one transaction."""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, ScalarSelect, select

from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Worker
from entente_eventkit.acting.deeds import actor_of, do
from entente_eventkit.clock import Clock
from entente_eventkit.projecting import bulk
from entente_eventkit.projecting.batches import BUILDING, LIVE
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient, locked
from entente_eventkit.storage.tables import active, instance, mark
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import tracing

log = logging.getLogger(__name__)

_LINKS = 64


def work_marks(database: Database, store: EventStore, clock: Clock, worker: Worker) -> int:
    """One pass over everything marked in the active instance, each thing in a transaction of its own; gives how many were done.

    Call it again until it gives 0. A thing whose work raises stays marked, is logged, and holds up nothing else. Raises transient errors
    of the database; what was done before them stays done.
    """
    done = 0
    after = ""
    while (what := _next(database, worker, after)) is not None:
        after = what
        try:
            done += _work(database, store, clock, worker, what)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("worker %s failed at %s; its mark stays and is tried again", worker.name, what)
    return done


def _next(database: Database, worker: Worker, after: str) -> str | None:
    with database.reading() as connection:
        query = select(mark.c.what).where(mark.c.instance == _current(worker), mark.c.what > after).order_by(mark.c.what).limit(1)
        return connection.execute(query).scalar_one_or_none()


def _work(database: Database, store: EventStore, clock: Clock, worker: Worker, what: str) -> int:
    with database.writing() as connection:
        marks = _take(connection, worker, what)
        if not marks:
            return 0
        latest = max(marks, key=lambda row: str(row["cause"]))
        links = [row["traceparent"] for row in marks if row["traceparent"] and row is not latest][:_LINKS]
        with (
            tracing.span(f"work {worker.name}", parent=latest["traceparent"], links=links) as traceparent,
            store.head(connection) as head,
        ):
            because = Because(
                causationid=latest["cause"],
                correlationid=latest["correlationid"],
                actor=actor_of(store.service, worker.name),
                traceparent=traceparent or latest["traceparent"],
            )
            acting = Acting(connection, head, clock)
            causes = sorted({str(row["cause"]) for row in marks})
            do(acting, worker.work(what, causes, acting.ask, clock.now()), because)
            bulk.delete_keys(connection, mark, [tuple(row[column.key] for column in mark.primary_key.columns) for row in marks])
    return 1


def _take(connection: Connection, worker: Worker, what: str) -> Sequence[RowMapping]:
    """The marks of one thing. All instances that might be active are locked, in order of name: no batch adds to the marks and no switch
    moves them until the transaction ends."""
    mine = (instance.c.projection == worker.marks.name, instance.c.state.in_([BUILDING, LIVE]))
    connection.execute(locked(select(instance.c.name).where(*mine).order_by(instance.c.name))).all()
    return connection.execute(select(mark).where(mark.c.instance == _current(worker), mark.c.what == what)).mappings().all()


def _current(worker: Worker) -> ScalarSelect[str]:
    return select(active.c.instance).where(active.c.projection == worker.marks.name).scalar_subquery()
