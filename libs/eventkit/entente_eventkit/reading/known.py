"""What the reader asks of the kernel's own tables: which instances there are, and whether one of them waits for an earlier event."""

from sqlalchemy import Connection, exists, select

from entente_eventkit.storage.tables import instance, parked

LIVE, RETIRED = "live", "retired"


def live_instances(connection: Connection) -> set[str]:
    """The names of the instances that are live."""
    return set(connection.execute(select(instance.c.name).where(instance.c.state == LIVE)).scalars())


def waiting_in_vain(connection: Connection) -> frozenset[tuple[str, str]]:
    """Live or building instance and topic wherever a stream's first parked event waits for one that is neither applied nor parked."""
    earlier = parked.alias("earlier")
    same = (
        earlier.c.instance == parked.c.instance,
        earlier.c.topic == parked.c.topic,
        earlier.c.stream == parked.c.stream,
        earlier.c.version < parked.c.version,
    )
    query = select(parked.c.instance, parked.c.topic).where(parked.c.cause.is_(None), ~exists().where(*same)).distinct()
    query = query.where(parked.c.instance.in_(select(instance.c.name).where(instance.c.state != RETIRED)))
    return frozenset((row.instance, row.topic) for row in connection.execute(query))
