"""Looking at the instances: their status, and the gaps that have stood open for too long."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from entente_eventkit.projecting.batches import RETIRED
from entente_eventkit.projecting.rebuilding import count_parked, parked_events, progress
from entente_eventkit.projecting.status import OPEN_GAP_AFTER, Checkpoint, InstanceStatus, OpenGap
from entente_eventkit.storage.tables import active, applied, checkpoint, instance, mark, parked


def status(connection: Connection, codes: Mapping[str, int], now: datetime, limit: int) -> list[InstanceStatus]:
    """Every instance that is not retired, by name. `codes`: the code of each projection and policy in this process; `limit`: parked
    events shown an instance."""
    rows = connection.execute(
        select(instance, active.c.instance.label("chosen"))
        .outerjoin(active, active.c.instance == instance.c.name)
        .where(instance.c.state != RETIRED)
        .order_by(instance.c.name)
    ).all()
    return [
        InstanceStatus(
            name=row.name,
            projection=row.projection,
            kind=row.kind,
            code=row.code,
            state=row.state,
            active=row.chosen is not None,
            current=codes.get(row.projection) == row.code,
            born=row.born,
            progress=progress(connection, row.projection, row.name),
            checkpoints=tuple(_checkpoints(connection, row.name)),
            parked=tuple(parked_events(connection, row.name, limit)),
            parked_total=count_parked(connection, row.name),
            open_gaps=tuple(open_gaps(connection, row.name, now, limit)),
            marks=connection.execute(select(func.count()).select_from(mark).where(mark.c.instance == row.name)).scalar_one(),
        )
        for row in rows
    ]


def open_gaps(connection: Connection, name: str, now: datetime, limit: int) -> list[OpenGap]:
    """Streams in which an event waits for one that is neither applied nor parked, for longer than `OPEN_GAP_AFTER`."""
    before, reached = parked.alias(), applied.alias()
    same_before = and_(
        before.c.instance == parked.c.instance,
        before.c.topic == parked.c.topic,
        before.c.stream == parked.c.stream,
        before.c.version == parked.c.version - 1,
    )
    same_reached = and_(reached.c.instance == parked.c.instance, reached.c.topic == parked.c.topic, reached.c.stream == parked.c.stream)
    previous = select(func.max(before.c.version)).where(
        before.c.instance == parked.c.instance,
        before.c.topic == parked.c.topic,
        before.c.stream == parked.c.stream,
        before.c.version < parked.c.version,
    )
    last_there = func.coalesce(previous.correlate(parked).scalar_subquery(), reached.c.version, 0)
    query = (
        select(parked.c.topic, parked.c.stream, last_there + 1, parked.c.version, parked.c.since)
        .select_from(parked.outerjoin(before, same_before).outerjoin(reached, same_reached))
        .where(
            parked.c.instance == name,
            parked.c.cause.is_(None),
            parked.c.since <= now - OPEN_GAP_AFTER,
            before.c.version.is_(None),
            or_(reached.c.version.is_(None), reached.c.version < parked.c.version - 1),
            parked.c.version > 1,
        )
        .order_by(parked.c.since, parked.c.topic, parked.c.stream, parked.c.version)
        .limit(limit)
    )
    return [OpenGap(*row) for row in connection.execute(query)]


def _checkpoints(connection: Connection, name: str) -> list[Checkpoint]:
    columns = (checkpoint.c.topic, checkpoint.c.generation, checkpoint.c.partition, checkpoint.c.next)
    return [Checkpoint(*row) for row in connection.execute(select(*columns).where(checkpoint.c.instance == name).order_by(*columns[:3]))]
