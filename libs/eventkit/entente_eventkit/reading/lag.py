"""How far the instances of a service are behind what was published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, func, select

from entente_contracts.rfc3339 import from_text
from entente_contracts.topics import Topic
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import applied, checkpoint, events, parked
from entente_eventkit.store.store import EventStore


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one instance is behind in one topic: `events` not applied yet (parked ones among them), and for how many `seconds` the
    oldest of them has been written down."""

    instance: str
    topic: str
    events: int
    seconds: float


async def behind_stores(
    database: Database, stores: Mapping[str, EventStore], reads: Mapping[str, Sequence[Topic]], now: datetime
) -> list[Lag]:
    """The lag of each instance (`reads`: its topics), compared with the stores themselves."""
    found = []
    for instance, topics in reads.items():
        for topic in topics:
            store = stores[topic.name]
            done, since = await database.read(_done, instance, topic.name)
            missing, oldest = await store.database.read(_missing, topic.name, done)
            moments = [moment for moment in (oldest, since) if moment is not None]
            found.append(Lag(instance, topic.name, missing, _age(now, min(moments, default=None)) if missing else 0.0))
    return found


async def behind_log(database: Database, log: KafkaLog, reads: Mapping[str, Sequence[Topic]], now: datetime) -> list[Lag]:
    """The lag of each instance in the newest generation of each topic, by offsets; a genesis record counts until it was read."""
    topics = dict.fromkeys(topic for some in reads.values() for topic in some)
    newest = {topic: (await log.generations(topic) or (0,))[-1] for topic in topics}
    ends = {topic: await log.ends(topic.of_generation(number)) if number else {} for topic, number in newest.items()}
    found = []
    for instance, some in reads.items():
        for topic in some:
            at = await database.read(_checkpoints, instance, topic.name, str(newest[topic]))
            missing = {partition: end - at.get(partition, 0) for partition, end in ends[topic].items()}
            moments = [
                moment
                for partition, count in missing.items()
                if count and (moment := await _recorded(log, topic.of_generation(newest[topic]), partition, at.get(partition, 0)))
            ]
            found.append(Lag(instance, topic.name, sum(missing.values()), _age(now, min(moments, default=None))))
    return found


def _done(connection: Connection, instance: str, topic: str) -> tuple[int, datetime | None]:
    """How many events the instance has applied, versions counting from 1 in every stream, and when the oldest parked one was parked."""
    done = select(func.coalesce(func.sum(applied.c.version), 0)).where(applied.c.instance == instance, applied.c.topic == topic)
    since = select(func.min(parked.c.since)).where(parked.c.instance == instance, parked.c.topic == topic)
    return int(connection.execute(done).scalar_one()), connection.execute(since).scalar_one()


def _missing(connection: Connection, topic: str, done: int) -> tuple[int, datetime | None]:
    """How many events of the topic are not among the `done`, and when the first of the last so many was written down."""
    count = connection.execute(select(func.count()).where(events.c.topic == topic)).scalar_one()
    missing = max(count - done, 0)
    if not missing:
        return 0, None
    query = select(events.c.headers).where(events.c.topic == topic).order_by(events.c.position.desc()).offset(missing - 1).limit(1)
    return missing, from_text(orjson.loads(connection.execute(query).scalar_one())["recordedtime"])


def _checkpoints(connection: Connection, instance: str, topic: str, generation: str) -> dict[int, int]:
    query = select(checkpoint.c.partition, checkpoint.c.next).where(
        checkpoint.c.instance == instance, checkpoint.c.topic == topic, checkpoint.c.generation == generation
    )
    return {row.partition: row.next for row in connection.execute(query)}


async def _recorded(log: KafkaLog, name: str, partition: int, offset: int) -> datetime | None:
    record = await log.read_at(name, partition, offset)
    text = dict(record.headers).get("ce_recordedtime") if record is not None else None
    return from_text(text.decode()) if text is not None else None


def _age(now: datetime, then: datetime | None) -> float:
    return 0.0 if then is None else max((now - then).total_seconds(), 0.0)
