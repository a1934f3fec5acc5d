"""Working off the clock's dues: each is done once, and is gone in the transaction that did it."""

import logging
from collections.abc import Sequence

from entente_contracts.rfc3339 import to_text
from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Duty
from entente_eventkit.acting.deeds import actor_of, do_once
from entente_eventkit.clock import Clock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.store import duties as table
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import tracing

log = logging.getLogger(__name__)

_A_PASS = 500


def fulfil_dues(database: Database, store: EventStore, clock: Clock, duties: Sequence[Duty]) -> int:
    """One pass over what has fallen due by the clock, each due in a transaction of its own; gives how many were done.

    Call it again until it gives 0. A due that raises stays, is logged, and holds up no other. Raises transient errors of the database;
    what was done before them stays done.
    """
    declared = {duty.name: duty for duty in duties}
    with database.reading() as connection:
        fallen = table.fallen_due(connection, clock.now(), _A_PASS)
    done = 0
    for due in fallen:
        duty = declared.get(due.duty)
        if duty is None:
            log.error(
                "%s has fallen due for %s, but the service declares no such duty; declare it or delete the due", due.duty, due.subject
            )
            continue
        try:
            done += _fulfil(database, store, clock, duty, due)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("duty %s failed for %s; its due stays and is tried again", due.duty, due.subject)
    return done


def _fulfil(database: Database, store: EventStore, clock: Clock, duty: Duty, due: table.Due) -> int:
    with (
        database.writing() as connection,
        tracing.span(f"fulfil {duty.name}") as traceparent,
        store.head(connection) as head,
    ):
        because = Because(
            causationid=due.cause, correlationid=due.correlationid, actor=actor_of(store.service, duty.name), traceparent=traceparent
        )
        acting = Acting(connection, head, clock)
        key = f"{due.subject}@{to_text(due.at)}"
        did = do_once(acting, f"duty/{duty.name}", key, duty.fulfil(due.subject, due.at, acting.ask), because)
        table.done(connection, due)
    return int(did)
