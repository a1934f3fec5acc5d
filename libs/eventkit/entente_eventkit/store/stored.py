"""Events before and after they are stored, and how they are read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, bindparam, select

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.event import Event
from entente_contracts.recorded import Origin, Recorded
from entente_contracts.recording import decode
from entente_eventkit.storage.tables import events


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event still to be appended; `time` is when it happened (None: now).

    `body`: the data's bytes as its sender wrote them, in canonical form, which are stored as they are; None: the model's own.
    """

    data: Event
    time: datetime | None = None
    origin: Origin | None = None
    dataclassification: str | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """One row of the store as the relay and the catch-up reader take it."""

    position: int
    topic: str
    stream: str
    version: int
    id: str
    hash: bytes
    attributes: dict[str, str]
    body: bytes | None


_ROW = select(
    events.c.position, events.c.topic, events.c.stream, events.c.version, events.c.id, events.c.hash, events.c.headers, events.c.body
)
_AFTER = _ROW.where(events.c.position > bindparam("position")).order_by(events.c.position).limit(bindparam("limit"))
_AFTER_OF_ONE = _AFTER.where(events.c.topic == bindparam("topic"))
_AFTER_OF_MANY = _AFTER.where(events.c.topic.in_(bindparam("topics", expanding=True)))

_BODY = select(events.c.headers, events.c.body)
_CORRELATED = _BODY.where(events.c.correlationid == bindparam("correlationid")).order_by(events.c.position)
_BY_ID = _BODY.where(events.c.id == bindparam("id"))
_OF_STREAM = _BODY.where(events.c.topic == bindparam("topic"), events.c.stream == bindparam("stream"))
_STREAM = _OF_STREAM.where(events.c.version > bindparam("version")).order_by(events.c.version)
_LAST = _OF_STREAM.order_by(events.c.version.desc()).limit(1)


def after(connection: Connection, position: int, limit: int, topics: Sequence[str] | None) -> list[Stored]:
    """Rows with a higher position, in order; of one topic it reads along an index of its own."""
    values: dict[str, Any] = {"position": position, "limit": limit}
    if topics is None:
        rows = connection.execute(_AFTER, values)
    elif len(topics) == 1:
        rows = connection.execute(_AFTER_OF_ONE, values | {"topic": topics[0]})
    else:
        rows = connection.execute(_AFTER_OF_MANY, values | {"topics": list(topics)})
    return [stored_of(row) for row in rows]


def stored_of(row: Row[*tuple[Any, ...]]) -> Stored:
    """A row of the table `events`: its first six columns in their order, then headers and body."""
    position, topic, stream, version, id_, hash_, headers, body = row
    return Stored(position, topic, stream, version, id_, hash_, orjson.loads(headers), body)


def recorded_of(one: Stored) -> Recorded[Event]:
    """A row of the store as the event that it holds."""
    return decode(CloudEvent(one.attributes, one.body))


def correlated(connection: Connection, correlationid: str) -> list[Recorded[Event]]:
    """Every event with this correlation id, in order of position."""
    return _all(connection, _CORRELATED, {"correlationid": correlationid})


def by_id(connection: Connection, id: str) -> Recorded[Event] | None:
    """The event with this id."""
    return _one(connection, _BY_ID, {"id": id})


def stream(connection: Connection, topic: str, stream: str, version: int = 0) -> list[Recorded[Event]]:
    """The events of a stream above a version, in order."""
    return _all(connection, _STREAM, {"topic": topic, "stream": stream, "version": version})


def last(connection: Connection, topic: str, stream: str) -> Recorded[Event] | None:
    """The last event of a stream."""
    return _one(connection, _LAST, {"topic": topic, "stream": stream})


def _all(connection: Connection, query: Select[bytes, bytes | None], values: dict[str, Any]) -> list[Recorded[Event]]:
    return [_recorded(row) for row in connection.execute(query, values)]


def _one(connection: Connection, query: Select[bytes, bytes | None], values: dict[str, Any]) -> Recorded[Event] | None:
    row = connection.execute(query, values).one_or_none()
    return None if row is None else _recorded(row)


def _recorded(row: Row[bytes, bytes | None]) -> Recorded[Event]:
    return decode(CloudEvent(orjson.loads(row[0]), row[1]))
