"""Moves everything that a service has stored into another database, whole or not at all.

Events, keys, rows, what each instance has applied and parked, marks and dues go along as they are. What belongs to the old log stays
behind: its offsets, and the claim that a generation of it is open. So the first relay on the new side begins the next generation and
publishes every event anew, and every reader finds by its stream versions that it has them already.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, update

from entente_eventkit.projecting.compare import canonical
from entente_eventkit.service import Service
from entente_eventkit.storage import tables
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, migrate, revision_state
from entente_eventkit.store.chain import verify_chain

ROWS = 1_000
"""Rows written at once."""

STAY_BEHIND = (tables.checkpoint, tables.unreadable)
"""Offsets of the old log, and records of it that nobody could read."""

Progress = Callable[[str, int, int], None]
"""Told the table, how many of its rows are there, and how many there will be."""


class CannotMove(Exception):
    """Nothing was moved; the text says why, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What one service took along: rows a table, the last position of its store and the hash of its chain there, in hex."""

    service: str
    rows: dict[str, int]
    position: int
    hash: str


def move(service: Service, source: Database, target: Database, progress: Progress) -> Moved:
    """Copies the service's store and rows to an empty database, which is migrated first, and compares both before anything is committed.

    Nothing may write to `source` meanwhile. Raises `CannotMove` where either is not as it must be, or where they differ afterwards.
    """
    _refuse_unmigrated(service, source)
    migrate(target, service.migrations)
    with source.reading() as old, target.writing() as new:
        _refuse_broken(service, old)
        _refuse_filled(service, new)
        copied = {table.name: _copy(old, new, table, progress) for table in _tables(service.metadata)}
        new.execute(update(tables.log).values(open=False))
        _compare(service, old, new)
        head = new.execute(select(tables.head.c.position, tables.head.c.hash)).one()
    return Moved(service.name, copied, head.position, head.hash.hex())


def _tables(own: MetaData) -> Iterator[Table]:
    """Every table that moves, each after those that it refers to."""
    for metadata in (tables.kernel, own):
        yield from (table for table in metadata.sorted_tables if table not in STAY_BEHIND)


def _refuse_unmigrated(service: Service, source: Database) -> None:
    state = revision_state(source, service.migrations)
    if state is not RevisionState.UP_TO_DATE:
        raise CannotMove(
            f"the database of {service.name} is {state} as to migrations; bring it to this version with `entente migrate` first"
        )


def _refuse_broken(service: Service, old: Connection) -> None:
    broken = verify_chain(old)
    if broken is not None:
        raise CannotMove(
            f"the chain of {service.name} is broken at position {broken.position}: {broken.what}; restore a sound store before it is moved"
        )


def _refuse_filled(service: Service, new: Connection) -> None:
    for table in _tables(service.metadata):
        rows = _count(new, table) - (table is tables.head)
        if rows:
            raise CannotMove(
                f"the database that {service.name} is to move into holds rows already ({rows} in {table.name}); give an empty one, "
                f"as services that ran on it may have published what it holds"
            )


def _copy(old: Connection, new: Connection, table: Table, progress: Progress) -> int:
    total, done = _count(old, table), 0
    if table is tables.head:
        new.execute(update(table).values(dict(old.execute(select(table)).mappings().one())))
        return total
    progress(table.name, 0, total)
    for rows in _chunks(old, table):
        new.execute(insert(table), rows)
        done += len(rows)
        progress(table.name, done, total)
    return total


def _compare(service: Service, old: Connection, new: Connection) -> None:
    """Every row on both sides, and the chain as the new side has it."""
    for table in _tables(service.metadata):
        without = {"open"} if table is tables.log else set()
        if _fingerprint(old, table, without) != _fingerprint(new, table, without):
            raise CannotMove(
                f"{table.name} of {service.name} differs after it was copied; nothing was kept of it. Is something still writing?"
            )
    broken = verify_chain(new)
    if broken is not None:
        raise CannotMove(f"the copied chain of {service.name} does not hold at position {broken.position}: {broken.what}; nothing was kept")


def _fingerprint(connection: Connection, table: Table, without: set[str]) -> tuple[int, int]:
    """How many rows, and the sum of their digests: the same in whatever order a database sorts."""
    count = total = 0
    for rows in _chunks(connection, table):
        for row in rows:
            kept = canonical({name: value for name, value in row.items() if name not in without})
            total += int.from_bytes(hashlib.sha256(kept).digest(), "big")
        count += len(rows)
    return count, total


def _chunks(connection: Connection, table: Table) -> Iterator[Sequence[dict[str, Any]]]:
    found = connection.execution_options(yield_per=ROWS).execute(select(table)).mappings()
    for rows in found.partitions(ROWS):
        yield [dict(row) for row in rows]


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
