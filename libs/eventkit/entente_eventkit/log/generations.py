"""The generations of a topic's log, as the store that writes it remembers them: one row of the table `log` a topic."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, case, select, update

from entente_contracts.topics import Topic
from entente_eventkit.storage import dialect, tables
from entente_eventkit.store.store import EventStore

_log = tables.log


@dataclass(frozen=True, slots=True)
class Generation:
    """What the store knows of its topic's log: `cursor` is the last position published, `ends` the last acknowledged offset a partition.

    A generation that is not `open` is being made, or its maker died: it is never completed by another, but followed by the next.
    """

    topic: str
    number: int
    open: bool
    partitions: int
    cursor: int
    ends: dict[int, int]

    @property
    def name(self) -> str:
        """The broker's name of the topic in this generation."""
        return f"{self.topic}.g{self.number}"


def current(connection: Connection, topic: Topic) -> Generation | None:
    """The generation that the store is at; None before the first."""
    row = connection.execute(select(_log).where(_log.c.topic == topic.name)).one_or_none()
    if row is None:
        return None
    ends = {int(partition): offset for partition, offset in json.loads(row.ends).items()}
    return Generation(row.topic, row.generation, row.open, row.partitions, row.cursor, ends)


def begin(connection: Connection, topic: Topic, after: int, cursor: int) -> bool:
    """Claims the generation that follows `after` (0: none yet), not open, to be filled from `cursor` on; False where another relay did."""
    fresh = {"generation": after + 1, "open": False, "partitions": topic.partitions, "cursor": cursor, "ends": b"{}"}
    if after == 0 and current(connection, topic) is None:
        return dialect.insert_absent(connection, _log, [{"topic": topic.name, **fresh}]) == 1
    changed = connection.execute(update(_log).where(_log.c.topic == topic.name, _log.c.generation == after).values(fresh))
    return changed.rowcount == 1


def open_(connection: Connection, topic: Topic, number: int, ends: dict[int, int]) -> bool:
    """Opens a generation whose partitions all begin with their genesis record; False where it is no longer the current one."""
    changed = connection.execute(
        update(_log).where(_log.c.topic == topic.name, _log.c.generation == number).values(open=True, ends=_encoded(ends))
    )
    return changed.rowcount == 1


def advance(connection: Connection, sent: Generation, cursor: int, ends: dict[int, int]) -> bool:
    """Remembers what was acknowledged, never less than before; False, and nothing saved, where the generation is another one by now."""
    mine = (_log.c.topic == sent.topic, _log.c.generation == sent.number)
    known = connection.execute(select(_log.c.ends).where(*mine).with_for_update()).scalar_one_or_none()
    if known is None:
        return False
    before = {int(partition): offset for partition, offset in json.loads(known).items()}
    furthest = {partition: max(before.get(partition, -1), ends.get(partition, -1)) for partition in {*before, *ends}}
    connection.execute(
        update(_log).where(*mine).values(cursor=case((_log.c.cursor < cursor, cursor), else_=_log.c.cursor), ends=_encoded(furthest))
    )
    return True


def resume(connection: Connection, generation: Generation) -> None:
    """Writes down where a topic's log stands, whatever was known of it before: for a store that learns it from the log itself."""
    values = {
        "topic": generation.topic,
        "generation": generation.number,
        "open": generation.open,
        "partitions": generation.partitions,
        "cursor": generation.cursor,
        "ends": _encoded(generation.ends),
    }
    dialect.upsert(connection, _log, [values])


def head_position(connection: Connection) -> int:
    """The last position of the store, 0 where it is empty."""
    return connection.execute(select(tables.head.c.position)).scalar_one_or_none() or 0


def knows(connection: Connection, store: EventStore, position: int, chainhash: str, id: str) -> bool:
    """Whether the store has this event at this position, with this hash in its chain (two events of one body have the same hash)."""
    found = store.after(connection, position - 1, 1)
    return bool(found) and found[0].position == position and (found[0].hash.hex(), found[0].id) == (chainhash, id)


def _encoded(ends: dict[int, int]) -> bytes:
    return json.dumps({str(partition): ends[partition] for partition in sorted(ends)}, separators=(",", ":")).encode()
