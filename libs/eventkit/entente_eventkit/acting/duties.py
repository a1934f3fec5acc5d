"""Working off the clock's dues: each is done once, and is gone in the transaction that did it."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from entente_contracts.rfc3339 import to_text
from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Duty
from entente_eventkit.acting.deeds import actor_of, do_once
from entente_eventkit.acting.together import MOST, work_off
from entente_eventkit.clock import Clock
from entente_eventkit.storage.database import Database
from entente_eventkit.store import duties as table
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import tracing

log = logging.getLogger(__name__)

_A_PAGE = 500


def fulfil_dues(database: Database, store: EventStore, clock: Clock, duties: Sequence[Duty]) -> int:
    """One pass over what has fallen due by the clock, many dues in a transaction; gives how many were worked off, those done before
    among them.

    Call it again until it gives 0. A due that raises stays, is logged, and holds up no other. Raises transient errors of the database;
    what was committed before them stays done.
    """
    declared = {duty.name: duty for duty in duties}

    def fulfil(dues: Sequence[table.Due]) -> int:
        with database.writing() as connection, store.head(connection) as head:
            acting = Acting(connection, head, clock)
            return sum(_fulfil(acting, store.service, declared[due.duty], due) for due in dues)

    def failed(due: table.Due, error: Exception) -> None:
        log.error("duty %s failed for %s; its due stays and is tried again", due.duty, due.subject, exc_info=error)

    done = 0
    for fallen in _pages(database, clock.now()):
        for due in fallen:
            if due.duty not in declared:
                log.error(
                    "%s has fallen due for %s, but the service declares no such duty; declare it or delete the due", due.duty, due.subject
                )
        known = [due for due in fallen if due.duty in declared]
        done += sum(work_off(known[begin : begin + MOST], fulfil, failed) for begin in range(0, len(known), MOST))
    return done


def scope_of(duty: str) -> str:
    """The scope of the keys under which a duty's decisions are kept, one a due."""
    return f"duty/{duty}"


def key_of(subject: str, at: datetime) -> str:
    """The key of one due."""
    return f"{subject}@{to_text(at)}"


def _pages(database: Database, now: datetime) -> Iterator[list[table.Due]]:
    """What has fallen due, page by page: what stays in the table, whatever the reason, stands in nobody's way."""
    last: table.Due | None = None
    while True:
        with database.reading() as connection:
            page = table.fallen_due(connection, now, _A_PAGE, last)
        if not page:
            return
        yield page
        last = page[-1]


def _fulfil(acting: Acting, service: str, duty: Duty, due: table.Due) -> int:
    with tracing.span(f"fulfil {duty.name}") as traceparent:
        because = Because(
            causationid=due.cause, correlationid=due.correlationid, actor=actor_of(service, duty.name), traceparent=traceparent
        )
        deeds = duty.fulfil(due.subject, due.at, acting.ask)
        do_once(acting, scope_of(duty.name), key_of(due.subject, due.at), deeds, because)
        table.done(acting.connection, due)
    return 1
