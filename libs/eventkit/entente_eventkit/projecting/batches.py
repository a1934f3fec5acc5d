"""`batch` of the protocol: one contiguous range of a partition, one instance, one transaction."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from entente_eventkit.clock import Clock
from entente_eventkit.log.port import Batch, Record
from entente_eventkit.projecting import bulk
from entente_eventkit.projecting.applier import Part
from entente_eventkit.projecting.incoming import Incoming, Unreadable, is_genesis, pack
from entente_eventkit.projecting.ledger import Ledger, plain
from entente_eventkit.projecting.offering import Offering, Tally
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient, locked
from entente_eventkit.storage.tables import checkpoint, instance, unreadable
from entente_eventkit.telemetry import metrics

BUILDING, LIVE, RETIRED = "building", "live", "retired"

Step = Callable[[str, str], None]
"""Called with a step's name and the instance, so that a test can hold or stop a batch there."""

STEPS = ("before", "locked", "applied", "flushed", "checkpointed", "committed")
"""The steps of a batch: before its transaction, instance locked, events applied in memory, rows written, checkpoint moved, committed."""


class Hole(Exception):
    """The batch begins behind the instance's checkpoint: the instance must catch up from there (`next`)."""

    def __init__(self, name: str, next: int) -> None:
        super().__init__(f"{name} has everything below {next} and was given what lies behind that")
        self.name, self.next = name, next


class Dropped(Exception):
    """The instance is not this process's to write: retired, gone, or of another code."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record of a batch: the event in it, or (`incoming` None) why it could not be read."""

    record: Record
    incoming: Incoming | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch whose records are routed; genesis records are left out."""

    batch: Batch
    arrivals: Sequence[Arrival]

    def pieces(self, size: int | None) -> list["Delivery"]:
        """The same in contiguous pieces of at most `size` records."""
        if size is None or len(self.arrivals) <= size:
            return [self]
        pieces = []
        begin = self.batch.begin
        for start in range(0, len(self.arrivals), size):
            some = self.arrivals[start : start + size]
            last = start + size >= len(self.arrivals)
            end = self.batch.end if last else some[-1].record.offset + 1
            pieces.append(Delivery(replace(self.batch, begin=begin, end=end), some))
            begin = end
        return pieces


def deliver(batch: Batch) -> Delivery:
    """Routes a batch's records, before any lock."""
    arrivals = []
    for record in batch.records:
        try:
            arrivals.append(Arrival(record, Incoming(record.headers, record.value)))
        except Unreadable as error:
            if not is_genesis(record):
                arrivals.append(Arrival(record, None, str(error)))
    return Delivery(batch, arrivals)


def lock(connection: Connection, name: str, code: int) -> Row[Any]:
    """Locks the instance for the rest of the transaction; raises `Dropped` unless it is this code's to write."""
    query = select(instance).where(instance.c.name == name, instance.c.code == code, instance.c.state.in_([BUILDING, LIVE]))
    row = connection.execute(locked(query)).first()
    if row is None:
        raise Dropped(name)
    return row


@dataclass(slots=True)
class Batches:
    """Applies batches to instances."""

    database: Database
    clock: Clock
    at: Step = field(default=lambda _step, _instance: None)

    def apply(self, part: Part, name: str, delivery: Delivery) -> Tally:
        """One batch on one instance. Raises `Hole`, `Dropped`, or a transient error of the database, having changed nothing.

        Where the database refuses what an event makes, the batch is repeated with a savepoint an event, which finds and parks it.
        """
        try:
            return self._transact(part, name, delivery, savepoints=part.savepoints)
        except (Hole, Dropped):
            raise
        except Exception as error:
            if part.savepoints or is_transient(error):
                raise
            return self._transact(part, name, delivery, savepoints=True)

    def _transact(self, part: Part, name: str, delivery: Delivery, *, savepoints: bool) -> Tally:
        batch = delivery.batch
        self.at("before", name)
        with self.database.writing() as connection:
            row = lock(connection, name, part.code)
            self.at("locked", name)
            place = (name, batch.topic, batch.generation, batch.partition)
            next_ = _next(connection, place)
            if batch.begin > next_:
                raise Hole(name, next_)
            todo = [arrival for arrival in delivery.arrivals if arrival.record.offset >= next_]
            ledger = Ledger(connection, name, batch.topic, self.clock.now())
            applier = part.applier(connection, name, batch.topic, row.born)
            offering = Offering(connection, ledger, applier, part.wants, savepoints=savepoints)
            events = [arrival.incoming for arrival in todo if arrival.incoming is not None]
            ledger.load((event.stream, event.version) for event in events)
            if not savepoints:
                applier.preload([event for event in events if event.name in part.wants and event.version > ledger.applied(event.stream)[0]])
            illegible = _offer_all(offering, todo)
            self.at("applied", name)
            applier.flush()
            ledger.flush()
            _put_aside(connection, batch, illegible)
            self.at("flushed", name)
            if batch.end > next_:
                bulk.upsert(connection, checkpoint, [dict(zip(checkpoint.c.keys(), (*place, batch.end), strict=True))])
            self.at("checkpointed", name)
        self.at("committed", name)
        _count(name, batch.topic, offering.tally, len(illegible))
        return offering.tally


class _OnlyTried(Exception):
    """Undoes a trial."""


def redrive(database: Database, part: Part, name: str, topic: str, stream: str, now: datetime, limit: int, *, trial: bool = False) -> Tally:
    """Tries a stream's first parked event again and what waits behind it, at most `limit` events, in one transaction.

    A trial is undone: what it gives is what would have become of them.
    """
    offered = Tally()
    with suppress(_OnlyTried), database.writing() as connection:
        row = lock(connection, name, part.code)
        ledger = Ledger(connection, name, topic, now)
        ledger.load([(stream, 1)])
        if not ledger.retry(stream, ledger.applied(stream)[0] + 1):
            return Tally()
        applier = part.applier(connection, name, topic, row.born)
        offering = Offering(connection, ledger, applier, part.wants, savepoints=True)
        offering.drain(stream, limit)
        applier.flush()
        ledger.flush()
        offered = offering.tally
        if trial:
            raise _OnlyTried
    if not trial:
        _count(name, topic, offered, 0)
    return offered


def _next(connection: Connection, place: tuple[str, str, str, int]) -> int:
    columns = (checkpoint.c.instance, checkpoint.c.topic, checkpoint.c.generation, checkpoint.c.partition)
    query = select(checkpoint.c.next).where(*(column == value for column, value in zip(columns, place, strict=True)))
    return connection.execute(query).scalar_one_or_none() or 0


def _offer_all(offering: Offering, arrivals: Sequence[Arrival]) -> list[tuple[Record, str]]:
    """Offers every event; gives the records that turned out to be unreadable, with the cause."""
    illegible = []
    for arrival in arrivals:
        if arrival.incoming is None:
            illegible.append((arrival.record, arrival.cause))
            continue
        try:
            offering.offer(arrival.incoming)
        except Unreadable as error:
            illegible.append((arrival.record, str(error)))
    return illegible


def _put_aside(connection: Connection, batch: Batch, illegible: Sequence[tuple[Record, str]]) -> None:
    rows = []
    for record, cause in illegible:
        values = (
            batch.topic,
            batch.generation,
            batch.partition,
            record.offset,
            record.key,
            pack(record.headers),
            record.value,
            plain(cause),
        )
        rows.append(dict(zip(unreadable.c.keys(), values, strict=True)))
    bulk.insert_absent(connection, unreadable, rows)


def _count(name: str, topic: str, tally: Tally, illegible: int) -> None:
    if tally.applied:
        metrics.applied(name, tally.applied)
    if tally.parked:
        metrics.parked(name, tally.parked)
    for _ in range(tally.forked):
        metrics.forked(name)
    for _ in range(illegible):
        metrics.unreadable(topic)
