"""Reads a history from the databases of services and from a Kafka log, after everything has come to rest."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from entente_contracts.topics import Topic
from entente_eventkit.acting.declare import Policy
from entente_eventkit.log.generations import Generation, current
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.projecting.compare import canonical
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.service import Service
from entente_eventkit.storage import tables
from entente_eventkit.storage.database import Database
from entente_eventkit.store import stored
from entente_testkit.brokers.raw import read_all
from entente_testkit.history_checker.seen import Instance, Partition, Rows, Store

_EVERYTHING = 10_000_000
_RETIRED = "retired"


def store_of(service: Service, database: Database, now: datetime) -> Store:
    """All that the database of a service holds, as of one moment; `now` tells which dues have fallen."""
    with database.reading() as connection:
        head = connection.execute(select(tables.head.c.position, tables.head.c.hash)).one()
        keys = connection.execute(select(tables.keys.c.scope, tables.keys.c.key, tables.keys.c.answer))
        dues = connection.execute(select(tables.due.c.duty, tables.due.c.subject, tables.due.c.at).where(tables.due.c.at <= now))
        aside = connection.execute(select(tables.unreadable))
        return Store(
            service=service.name,
            events=tuple(stored.after(connection, 0, _EVERYTHING, None)),
            head=(head.position, head.hash),
            keys={(row.scope, row.key): row.answer for row in keys},
            logs={topic.name: current(connection, topic) or _none(topic) for topic in service.owns},
            instances=tuple(_instances(connection, service)),
            parts=_parts(service),
            duties=tuple(duty.name for duty in service.duties),
            workers=tuple(worker.name for worker in service.workers),
            dues=tuple(f"{row.duty} of {row.subject} at {row.at.isoformat()}" for row in dues),
            unreadable=tuple(f"{row.topic}.g{row.generation}/{row.partition} offset {row.offset}: {row.cause}" for row in aside),
        )


async def log_of(log: KafkaLog, bootstrap: Sequence[str], topics: Iterable[Topic]) -> tuple[Partition, ...]:
    """Every partition of every generation of the topics, whole."""
    found = []
    for topic in topics:
        for generation in await log.generations(topic):
            name = topic.of_generation(generation)
            records = await read_all(bootstrap, name, await log.partitions(name) or 0)
            found += [Partition(topic.name, generation, number, some) for number, some in sorted(records.items())]
    return tuple(found)


def _none(topic: Topic) -> Generation:
    return Generation(topic.name, 0, open=False, partitions=0, cursor=0, ends={})


def _parts(service: Service) -> dict[str, Projection | Policy]:
    parts: list[Projection | Policy] = [*service.projections, *service.policies]
    return {part.name: part for part in parts}


def _instances(connection: Connection, service: Service) -> list[Instance]:
    parts = _parts(service)
    chosen = set(connection.execute(select(tables.active.c.instance)).scalars())
    found = []
    for row in connection.execute(select(tables.instance).where(tables.instance.c.state != _RETIRED).order_by(tables.instance.c.name)):
        part = parts.get(row.projection)
        applied = connection.execute(select(tables.applied).where(tables.applied.c.instance == row.name))
        parked = connection.execute(select(tables.parked).where(tables.parked.c.instance == row.name))
        marks = connection.execute(select(tables.mark.c.what).where(tables.mark.c.instance == row.name)).all()
        found.append(
            Instance(
                name=row.name,
                kind=row.kind,
                state=row.state,
                active=row.name in chosen,
                born=row.born,
                reads=tuple(topic.name for topic in part.reads) if part is not None else (),
                applied={(one.topic, one.stream): (one.version, one.id) for one in applied},
                parked=tuple(f"version {one.version} of {one.stream}: {one.cause or 'it waits'}" for one in parked),
                marks=len(marks),
                rows=_rows(connection, part, row.name) if isinstance(part, Projection) else None,
            )
        )
    return found


def _rows(connection: Connection, projection: Projection, instance: str) -> Rows:
    found = {}
    for shape in projection.shapes.values():
        rows = connection.execute(select(*shape.columns).where(shape.table.c.instance == instance)).mappings()
        found[shape.table.name] = sorted(canonical(dict(row)) for row in rows)
    return found
