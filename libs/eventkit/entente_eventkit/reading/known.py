"""What the reader asks of the kernel's own tables: which instances there are, and whether one of them waits for an earlier event."""

from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from entente_eventkit.storage.tables import instance, parked

BUILDING, LIVE = "building", "live"


@dataclass(frozen=True, slots=True)
class Known:
    """An instance that is fed: `state` is building or live."""

    name: str
    projection: str
    state: str


def fed_instances(connection: Connection) -> list[Known]:
    """Every instance that is building or live, by name."""
    query = (
        select(instance.c.name, instance.c.projection, instance.c.state)
        .where(instance.c.state.in_([BUILDING, LIVE]))
        .order_by(instance.c.name)
    )
    return [Known(*row) for row in connection.execute(query)]


def waiting_in_vain(connection: Connection) -> frozenset[tuple[str, str]]:
    """Instance and topic wherever a stream's first parked event waits for one before it that is neither applied nor parked."""
    earlier = parked.alias("earlier")
    same = (
        earlier.c.instance == parked.c.instance,
        earlier.c.topic == parked.c.topic,
        earlier.c.stream == parked.c.stream,
        earlier.c.version < parked.c.version,
    )
    query = select(parked.c.instance, parked.c.topic).where(parked.c.cause.is_(None), ~exists().where(*same)).distinct()
    return frozenset((row.instance, row.topic) for row in connection.execute(query))
