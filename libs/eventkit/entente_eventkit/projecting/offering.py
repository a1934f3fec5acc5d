"""`offer` and `drain` of the protocol: which events are applied now, which wait, which are put aside with a cause."""

import logging
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from entente_eventkit.projecting.applier import Applier
from entente_eventkit.projecting.incoming import Incoming, Unreadable, is_json
from entente_eventkit.projecting.ledger import Ledger
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.store.errors import StoreHalted

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What became of the events: applied (folded, or of no concern), parked, and met as forks of what was applied."""

    applied: int = 0
    parked: int = 0
    forked: int = 0


class Offering:
    """Offers events to one instance within one transaction. `savepoints`: each event is flushed by itself, so that one which the database
    refuses is found and parked."""

    def __init__(self, connection: Connection, ledger: Ledger, applier: Applier, wants: Collection[str], *, savepoints: bool) -> None:
        self._connection, self._ledger, self._applier, self._wants, self._savepoints = connection, ledger, applier, wants, savepoints
        self.tally = Tally()

    def offer(self, incoming: Incoming) -> None:
        """Offers one event; raises `Unreadable` where its body is no JSON, having changed nothing for it."""
        stream, version = incoming.stream, incoming.version
        last, last_id = self._ledger.applied(stream)
        if version <= last:
            if version == last and incoming.id != last_id:
                self._fork(incoming, last_id)
            return
        if self._ledger.parked(stream, version) is None:
            if version > last + 1:
                if not is_json(incoming.body):
                    raise Unreadable("the value is no JSON")
                self._park(incoming, None)
            elif cause := self._apply(incoming):
                self._park(incoming, cause)
            else:
                self._advance(incoming)
        self.drain(stream)

    def drain(self, stream: str, limit: int | None = None) -> int:
        """Applies what waited for the stream's next version, at most `limit` events; gives how many."""
        done = 0
        while (limit is None or done < limit) and (incoming := self._ledger.waiting(stream, self._ledger.applied(stream)[0] + 1)):
            try:
                cause = self._apply(incoming)
            except Unreadable as error:
                cause = str(error)
            if cause:
                self._park(incoming, cause)
                break
            self._ledger.release(stream, incoming.version)
            self._advance(incoming)
            done += 1
        return done

    def _apply(self, incoming: Incoming) -> str | None:
        """Applies an event, or tells why that is impossible."""
        if incoming.name not in self._wants:
            return None
        try:
            if self._savepoints:
                with self._connection.begin_nested():
                    self._applier.apply(incoming)
                    self._applier.flush()
            else:
                self._applier.apply(incoming)
        except Unreadable:
            raise
        except Exception as error:  # whatever a decoder, upcaster or fold raises is parked with the event
            if isinstance(error, StoreHalted) or is_transient(error) or (isinstance(error, DBAPIError) and not self._savepoints):
                raise
            if self._savepoints:
                self._applier.forget_all()
            return cause_of(error)
        return None

    def _advance(self, incoming: Incoming) -> None:
        self._ledger.advance(incoming.stream, incoming.version, incoming.id)
        self.tally.applied += 1

    def _park(self, incoming: Incoming, cause: str | None) -> None:
        self._ledger.park(incoming, cause)
        self.tally.parked += 1

    def _fork(self, incoming: Incoming, applied_id: str) -> None:
        self.tally.forked += 1
        log.error(
            "fork: version %d of %s is event %s here, but %s was applied; its store was set back, or two stores write the stream",
            incoming.version,
            incoming.stream,
            incoming.id,
            applied_id,
        )


def cause_of(error: Exception) -> str:
    """An exception in words, without the statement and parameters that a database error quotes."""
    inner = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return f"{type(inner).__name__}: {inner}"
