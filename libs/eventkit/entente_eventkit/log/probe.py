"""Asks a log whether it still is what the store believes it to be."""

import logging
from enum import StrEnum
from typing import NamedTuple

from entente_contracts.topics import Topic
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.log.generations import Generation, current, head_position, knows
from entente_eventkit.log.genesis import is_genesis
from entente_eventkit.log.outgoing import CHAINHASH, POSITION
from entente_eventkit.log.port import GENESIS_TYPE, Log, Record
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore

_log = logging.getLogger(__name__)

LOOK_BACK = 50
"""How many foreign records at a partition's end are passed over in search of one of ours."""


class StoreBehindLog(CannotStart):
    """The log holds events of this store that the store does not know: it is older than its log, or another one."""


class Place(NamedTuple):
    """An event of ours as its record names it."""

    position: int
    chainhash: str
    id: str


class Finding(StrEnum):
    """What a probe found: all well, or why the next generation must begin."""

    SOUND = "sound"
    NOT_OPEN = "the generation was never opened"
    ABSENT = "the topic is not there"
    REPARTITIONED = "the number of partitions is another one than declared"
    NO_GENESIS = "a partition does not begin with its genesis record"
    CUT = "a partition ends before what was acknowledged"


async def probe(log: Log, database: Database, store: EventStore, topic: Topic, believed: Generation | None) -> Finding:
    """Compares the log with what the store believes; raises `StoreBehindLog` where the store must not go on.

    An embedded log is only asked whether it has the topic: it was made by this process.
    """
    await _refuse_later_generations(log, database, topic, believed)
    if believed is None or not believed.open:
        return Finding.NOT_OPEN
    partitions = await log.partitions(believed.name)
    if partitions is None:
        return Finding.ABSENT
    if not partitions == believed.partitions == topic.partitions:
        return Finding.REPARTITIONED
    return await _contents(log, database, store, topic, believed) if log.keeps_history else Finding.SOUND


async def _contents(log: Log, database: Database, store: EventStore, topic: Topic, believed: Generation) -> Finding:
    ends = await log.ends(believed.name)
    for partition in range(believed.partitions):
        first = await log.read_at(believed.name, partition, 0)
        if first is None or not is_genesis(first, topic, believed.number, partition, believed.partitions):
            return Finding.NO_GENESIS
        if ends[partition] <= believed.ends.get(partition, 0):
            return Finding.CUT
        await _refuse_unknown(log, database, store, believed, partition, ends[partition])
    return Finding.SOUND


async def _refuse_later_generations(log: Log, database: Database, topic: Topic, believed: Generation | None) -> None:
    """The store claims a number before it makes the topic, so the log cannot be further than the store."""
    latest = max(await log.generations(topic), default=0)
    if latest > (believed.number if believed else 0):
        now = await database.read(current, topic)
        if latest > (now.number if now else 0):
            known = f"of {now.number}" if now else "of none"
            raise StoreBehindLog(
                f"{topic.name}: the log is at generation {latest}, but the store of {topic.owner} knows {known}. The store is older than "
                f"its log, or belongs to another one. Nothing is sent and no command accepted. Restore a later backup of the store, or "
                f"let it take over its missing events from the log: python -m entente_{topic.owner}.service recover"
            )


async def _refuse_unknown(log: Log, database: Database, store: EventStore, believed: Generation, partition: int, end: int) -> None:
    """Stops unless the partition's last event is in the store, at its position and with its hash."""
    last = await _last_of_ours(log, believed, partition, end)
    if last is None:
        return
    position = last.position
    if await database.read(knows, store, position, last.chainhash, last.id):
        return
    head = await database.read(head_position)
    differs = f"ends at position {head}" if position > head else f"holds another event at position {position}"
    raise StoreBehindLog(
        f"partition {partition} of {believed.name} ends with the event of position {position}, but the store {differs}. The store was "
        f"restored to a time before its last publication. Nothing is sent and no command accepted, as one version would be given twice. "
        f"Restore a later backup of the store, or let it take over its missing events from the log: "
        f"python -m entente_{store.service}.service recover"
    )


async def _last_of_ours(log: Log, believed: Generation, partition: int, end: int) -> Place | None:
    for offset in range(end - 1, max(end - 1 - LOOK_BACK, -1), -1):
        record = await log.read_at(believed.name, partition, offset)
        if record is None:
            continue
        found = _place(record)
        if found is not None:
            return found if found.position else None
        _log.error("%s/%d holds a record at offset %d that no relay of this store wrote", believed.name, partition, offset)
    return None


def _place(record: Record) -> Place | None:
    """Where a record of ours stands in its store; position 0 for a genesis record, None for a foreign one."""
    headers = dict(record.headers)
    if headers.get("ce_type") == GENESIS_TYPE.encode():
        return Place(0, "", "")
    position, chainhash, event = headers.get(POSITION), headers.get(CHAINHASH), headers.get("ce_id")
    if position is None or chainhash is None or event is None or not position.isdigit():
        return None
    return Place(int(position), chainhash.decode("ascii", errors="replace"), event.decode(errors="replace"))
