"""Rebuild beside the live instance, switch in one transaction, sweep away what is retired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, and_, case, delete, func, or_, select, tuple_, update

from entente_eventkit.projecting import bulk, marks
from entente_eventkit.projecting.applier import Part
from entente_eventkit.projecting.batches import BUILDING, LIVE, RETIRED
from entente_eventkit.projecting.status import ParkedEvent, Progress
from entente_eventkit.storage import dialect
from entente_eventkit.storage.tables import active, applied, checkpoint, instance, mark, parked

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Behind:
    """A stream of which the building instance has less than the live one."""

    topic: str
    stream: str
    has: int
    needs: int


class NotReady(Exception):
    """The building instance may not go live yet: `behind` streams (the first few of `streams_behind`) or `parked` events say why."""

    def __init__(self, name: str, behind: Sequence[Behind], streams_behind: int, parked: Sequence[ParkedEvent], parked_total: int) -> None:
        self.name, self.behind, self.streams_behind, self.parked, self.parked_total = name, behind, streams_behind, parked, parked_total
        reasons = []
        if streams_behind:
            first = behind[0]
            reasons.append(f"{streams_behind} streams are behind the live instance, first {first.stream} ({first.has} of {first.needs})")
        if parked_total:
            event = parked[0]
            why = event.cause or "waits for the version before it"
            reasons.append(f"{parked_total} events are parked, first version {event.version} of {event.stream}: {why}")
        super().__init__(f"{name} cannot go live: {'; '.join(reasons)}")


class NothingToSwitch(LookupError):
    """The projection has no building instance."""


def instances_of(connection: Connection, projection: str) -> dict[str, tuple[int, str]]:
    """All instances of a projection or policy, retired ones too: name -> (code, state)."""
    query = select(instance.c.name, instance.c.code, instance.c.state).where(instance.c.projection == projection)
    return {name: (code, state) for name, code, state in connection.execute(query.order_by(instance.c.name))}


def alone(connection: Connection) -> None:
    """Waits until no other process makes instances; to be called first in a transaction that makes any."""
    dialect.alone(connection, "instances")


def make(connection: Connection, part: Part, state: str, now: datetime) -> str:
    """Makes the part's next instance. Call `alone` first, so that two processes make one."""
    number = max((int(name.rpartition("@")[2]) for name in instances_of(connection, part.name)), default=0) + 1
    name = f"{part.name}@{number}"
    values = (name, part.name, part.kind, part.code, state, now)
    bulk.insert_absent(connection, instance, [dict(zip(instance.c.keys(), values, strict=True))])
    if state == LIVE:
        bulk.insert_absent(connection, active, [{"projection": part.name, "instance": name}])
    return name


def begin_building(connection: Connection, part: Part, now: datetime) -> str:
    """The building instance of this code; one of another code is retired for it."""
    for name, (code, state) in instances_of(connection, part.name).items():
        if state != BUILDING:
            continue
        if code == part.code:
            return name
        connection.execute(update(instance).where(instance.c.name == name).values(state=RETIRED))
    return make(connection, part, BUILDING, now)


def switch(connection: Connection, part: Part) -> tuple[str, str]:
    """Makes the building instance live and the live one retired; gives (retired, live). Raises `NotReady` or `NothingToSwitch`."""
    query = select(instance.c.name, instance.c.code, instance.c.state).where(
        instance.c.projection == part.name, instance.c.state.in_([BUILDING, LIVE])
    )
    both = connection.execute(dialect.locked(query.order_by(instance.c.name))).all()
    green = next((row.name for row in both if row.state == BUILDING and row.code == part.code), None)
    blue = next((row.name for row in both if row.state == LIVE), None)
    if green is None or blue is None:
        raise NothingToSwitch(f"{part.name} has no building instance of code {part.code}; rebuild it first")
    _assert_ready(connection, blue, green)
    marks.hand_over(connection, blue, green)
    connection.execute(update(active).where(active.c.projection == part.name).values(instance=green))
    state = case((instance.c.name == green, LIVE), else_=RETIRED)
    connection.execute(update(instance).where(instance.c.name.in_([blue, green])).values(state=state))
    return blue, green


def drop_building(connection: Connection, part: Part) -> None:
    """Retires the part's building instance, if there is one."""
    connection.execute(update(instance).where(instance.c.projection == part.name, instance.c.state == BUILDING).values(state=RETIRED))


def live_and_building(connection: Connection, part: Part) -> tuple[str, str]:
    """The names of the live and of the building instance of this code; raises `NothingToSwitch` where either is missing."""
    by_state = {state: name for name, (code, state) in instances_of(connection, part.name).items() if state == LIVE or code == part.code}
    if LIVE not in by_state or BUILDING not in by_state:
        raise NothingToSwitch(f"{part.name} has no building instance of code {part.code} beside a live one; rebuild it first")
    return by_state[LIVE], by_state[BUILDING]


def progress(connection: Connection, projection: str, name: str) -> Progress:
    """Events applied by one instance, of the most that any of the projection's unretired instances knows of."""
    own = select(func.coalesce(func.sum(applied.c.version), 0)).where(applied.c.instance == name)
    among = select(instance.c.name).where(instance.c.projection == projection, instance.c.state != RETIRED)
    known = (
        select(applied.c.topic, applied.c.stream, applied.c.version)
        .where(applied.c.instance.in_(among))
        .union_all(select(parked.c.topic, parked.c.stream, parked.c.version).where(parked.c.instance.in_(among)))
        .subquery()
    )
    furthest = select(func.max(known.c.version).label("version")).group_by(known.c.topic, known.c.stream).subquery()
    total = select(func.coalesce(func.sum(furthest.c.version), 0))
    return Progress(int(connection.execute(own).scalar_one()), int(connection.execute(total).scalar_one()))


def sweep(connection: Connection, tables: Sequence[Table], limit: int) -> int:
    """Deletes at most about `limit` rows of retired instances; gives how many. The instances' own rows stay as their history."""
    retired = select(instance.c.name).where(instance.c.state == RETIRED)
    gone = 0
    for table in (*tables, applied, checkpoint, parked, mark):
        if gone >= limit:
            break
        key = list(table.primary_key.columns)
        some = select(*key).where(table.c.instance.in_(retired)).limit(limit - gone)
        gone += connection.execute(delete(table).where(tuple_(*key).in_(some))).rowcount
    return gone


def _assert_ready(connection: Connection, blue: str, green: str) -> None:
    ahead, own = applied.alias(), applied.alias()
    same = and_(own.c.instance == green, own.c.topic == ahead.c.topic, own.c.stream == ahead.c.stream)
    lacking = (
        select(ahead.c.topic, ahead.c.stream, func.coalesce(own.c.version, 0).label("has"), ahead.c.version.label("needs"))
        .select_from(ahead.outerjoin(own, same))
        .where(ahead.c.instance == blue, or_(own.c.version.is_(None), own.c.version < ahead.c.version))
        .order_by(ahead.c.topic, ahead.c.stream)
    )
    behind = [Behind(*row) for row in connection.execute(lacking.limit(_SHOWN))]
    held = parked_events(connection, green, _SHOWN)
    if behind or held:
        total = connection.execute(select(func.count()).select_from(lacking.subquery())).scalar_one()
        raise NotReady(green, behind, total, held, count_parked(connection, green))


def parked_events(connection: Connection, name: str, limit: int) -> list[ParkedEvent]:
    """An instance's parked events, those with a cause first."""
    columns = (parked.c.topic, parked.c.stream, parked.c.version, parked.c.cause, parked.c.attempts, parked.c.since)
    order = (parked.c.cause.is_(None), parked.c.topic, parked.c.stream, parked.c.version)
    return [
        ParkedEvent(*row) for row in connection.execute(select(*columns).where(parked.c.instance == name).order_by(*order).limit(limit))
    ]


def count_parked(connection: Connection, name: str) -> int:
    """How many events an instance has parked."""
    return connection.execute(select(func.count()).select_from(parked).where(parked.c.instance == name)).scalar_one()
