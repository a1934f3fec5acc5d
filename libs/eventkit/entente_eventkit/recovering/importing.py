"""Taking events over into the store: one transaction under the head's lock, with the keys they were made with and the log's place."""

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import Connection, func, select, update

from entente_contracts.topics import Topic
from entente_eventkit.log import generations
from entente_eventkit.log.generations import Generation
from entente_eventkit.projecting import bulk
from entente_eventkit.recovering.evidence import Evidence, Newest
from entente_eventkit.recovering.finding import Found
from entente_eventkit.recovering.judging import Known, Missing
from entente_eventkit.storage.dialect import locked
from entente_eventkit.storage.tables import events, head, keys
from entente_eventkit.store.recall import RecalledKey

_AT_ONCE = 1_000
_HEAD = select(head.c.position, head.c.hash).where(head.c.id == 1)


class StoreMoved(Exception):
    """Something was appended while the log was being read."""


def known_of(connection: Connection, found: Sequence[Found]) -> Known:
    """The store's head, and what it knows of the streams and ids of these events."""
    row = connection.execute(_HEAD).one()
    streams = sorted({(one.event.topic, one.event.stream) for one in found})
    query = select(events.c.topic, events.c.stream, func.max(events.c.version)).group_by(events.c.topic, events.c.stream)
    versions = {
        (topic, stream): version for topic, stream, version in bulk.by_keys(connection, query, [events.c.topic, events.c.stream], streams)
    }
    ids = sorted({(one.event.id,) for one in found})
    there = frozenset(row[0] for row in bulk.by_keys(connection, select(events.c.id), [events.c.id], ids))
    return Known(row.position, row.hash, versions, there)


def head_of(connection: Connection) -> int:
    """The position of the store's last event."""
    position: int = connection.execute(_HEAD).one().position
    return position


def take_over(
    connection: Connection,
    at: Known,
    missing: Sequence[Missing],
    recalled: Sequence[RecalledKey],
    topics: Sequence[Topic],
    evidence: Evidence,
) -> None:
    """Appends the events as they are, moves the head, remembers the keys, and lets the relays go on where the log ends. Raises
    `StoreMoved`."""
    _lock(connection, at)
    for begin in range(0, len(missing), _AT_ONCE):
        connection.execute(events.insert(), [_row(one) for one in missing[begin : begin + _AT_ONCE]])
    if missing:
        last = missing[-1].stored
        connection.execute(update(head).where(head.c.id == 1).values(position=last.position, hash=last.hash))
    rows = [{"scope": key.scope, "key": key.key, "request_hash": key.request_hash, "answer": key.answer} for key in recalled]
    bulk.insert_absent(connection, keys, rows)
    for topic in topics:
        if topic.name in evidence.newest:
            generations.resume(connection, _place(connection, topic, evidence.newest[topic.name]))


def begin_anew(connection: Connection, topics: Sequence[Topic], newest: Mapping[str, Newest]) -> None:
    """Has the next generation of every topic begun from the store when the service starts."""
    for topic in topics:
        if topic.name in newest:
            generations.resume(connection, Generation(topic.name, newest[topic.name].number, False, topic.partitions, 0, {}))  # noqa: FBT003 - a field


def _lock(connection: Connection, at: Known) -> None:
    row = connection.execute(locked(_HEAD)).one()
    if (row.position, row.hash) != (at.position, at.hash):
        raise StoreMoved(
            f"the store stands at position {row.position} now, not {at.position}; stop every process of the service, then begin again"
        )


def _row(missing: Missing) -> dict[str, object]:
    stored, recorded = missing.stored, missing.recorded
    return {
        "position": stored.position,
        "topic": stored.topic,
        "stream": stored.stream,
        "version": stored.version,
        "id": stored.id,
        "hash": stored.hash,
        "keyid": None,
        "headers": orjson.dumps(stored.attributes),
        "body": stored.body,
        "correlationid": recorded.correlationid,
        "causationid": recorded.causationid,
    }


def _place(connection: Connection, topic: Topic, newest: Newest) -> Generation:
    """Where the relay goes on: behind the last event up to which the generation holds all of the topic's.

    A generation that may never have been opened, or is not as declared, is left closed, so that the relay begins the next one: only a
    relay that had opened it can have written an event to it.
    """
    before = generations.current(connection, topic)
    opened = bool(newest.holds) or (before is not None and before.number == newest.number and before.open)
    if not opened or newest.sound != set(range(topic.partitions)) or newest.partitions != topic.partitions:
        return Generation(topic.name, newest.number, False, topic.partitions, 0, {})  # noqa: FBT003 - a field
    for position in connection.execute(select(events.c.position).where(events.c.topic == topic.name).order_by(events.c.position)).scalars():
        if position not in newest.holds:
            cursor = position - 1
            break
    else:
        cursor = head_of(connection)
    ends = {partition: end - 1 for partition, end in newest.ends.items()}
    return Generation(topic.name, newest.number, True, topic.partitions, cursor, ends)  # noqa: FBT003 - a field
