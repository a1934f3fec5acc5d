"""What an operator's gauges show of a service: its store, its relays and its instances, in one reading transaction."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, Select, cast, func, select

from entente_contracts.rfc3339 import from_text
from entente_eventkit.log.port import STORE
from entente_eventkit.projecting.batches import RETIRED
from entente_eventkit.projecting.watching import open_gaps
from entente_eventkit.storage.tables import checkpoint, due, events, head, instance, log, mark, parked, unreadable
from entente_eventkit.telemetry.instruments import (
    DUES,
    GAPS,
    GENERATION,
    MARKS,
    PARKED_NOW,
    POSITION,
    UNREADABLE_NOW,
    UNSENT,
    UNSENT_AGE,
    Value,
)  # fmt: skip

COUNTED_UP_TO = 100_000
"""Beyond so many events, gaps or marks it does not matter how many there are: counting them all would make a scrape slow when it is
needed most."""

POISON, WAITING = "poison", "waiting"


def figures(connection: Connection, service: str, now: datetime) -> list[Value]:
    """Every gauge that the database of a service answers, for each instance and topic also where it is 0, so that an alarm can end."""
    names = list(connection.execute(select(instance.c.name).where(instance.c.state != RETIRED).order_by(instance.c.name)).scalars())
    position = connection.execute(select(head.c.position)).scalar_one()
    overdue = connection.execute(select(func.count()).where(due.c.at <= now)).scalar_one()
    return [
        Value(POSITION, position, (service,)),
        Value(DUES, overdue, (service,)),
        *(value for name in names for value in _of_instance(connection, service, name, now)),
        *_relays(connection, service, now),
        *_unreadable(connection, service),
    ]


def _of_instance(connection: Connection, service: str, name: str, now: datetime) -> Iterator[Value]:
    mine = select(parked.c.version).where(parked.c.instance == name)
    poison, waiting = (_count(connection, mine.where(condition)) for condition in (parked.c.cause.is_not(None), parked.c.cause.is_(None)))
    yield Value(PARKED_NOW, poison, (service, name, POISON))
    yield Value(PARKED_NOW, waiting, (service, name, WAITING))
    yield Value(GAPS, len(open_gaps(connection, name, now, COUNTED_UP_TO)) if waiting else 0, (service, name))
    yield Value(MARKS, _count(connection, select(mark.c.version).where(mark.c.instance == name)), (service, name))


def _relays(connection: Connection, service: str, now: datetime) -> Iterator[Value]:
    for row in connection.execute(select(log.c.topic, log.c.generation, log.c.cursor).order_by(log.c.topic)).all():
        behind = (events.c.topic == row.topic, events.c.position > row.cursor)
        oldest = connection.execute(select(events.c.headers).where(*behind).order_by(events.c.position).limit(1)).scalar_one_or_none()
        age = 0.0 if oldest is None else (now - from_text(orjson.loads(oldest)["recordedtime"])).total_seconds()
        yield Value(GENERATION, row.generation, (service, row.topic))
        yield Value(UNSENT, _count(connection, select(events.c.position).where(*behind)), (service, row.topic))
        yield Value(UNSENT_AGE, max(age, 0.0), (service, row.topic))


def _unreadable(connection: Connection, service: str) -> Iterator[Value]:
    """By topic; what lies in an older generation was sent again in the newest one, and is no alarm any more."""
    number = cast(checkpoint.c.generation, Integer)
    newest = select(checkpoint.c.topic, func.max(number)).where(checkpoint.c.generation != STORE).group_by(checkpoint.c.topic)
    for topic, generation in connection.execute(newest).all():
        found = select(unreadable.c.offset).where(unreadable.c.topic == topic, unreadable.c.generation == str(generation))
        yield Value(UNREADABLE_NOW, _count(connection, found), (service, topic))


def _count(connection: Connection, rows: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(rows.limit(COUNTED_UP_TO).subquery())).scalar_one()
