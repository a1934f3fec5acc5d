"""The instances of a service's projections and policies: made, fed, rebuilt, switched."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update

from entente_eventkit.acting import reacting
from entente_eventkit.acting.declare import Policy
from entente_eventkit.clock import Clock
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.projecting import applier, compare, rebuilding, watching
from entente_eventkit.projecting.applier import POLICY, Part
from entente_eventkit.projecting.batches import BUILDING, LIVE, Batches, Delivery, Dropped, Hole, Step, deliver, redrive
from entente_eventkit.projecting.compare import Difference
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rebuilding import NotReady
from entente_eventkit.projecting.spans import processing
from entente_eventkit.projecting.status import InstanceStatus, Progress
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import applied, checkpoint, instance, parked
from entente_eventkit.store.store import EventStore

__all__ = ["Fed", "Instances", "NotReady"]

EVENTS_A_REDRIVE = 500
"""Events of one stream that a redrive applies in one transaction."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a batch: records applied an instance, and the instances that found a hole before it and must catch up."""

    applied: dict[str, int] = field(default_factory=dict)
    holes: tuple[str, ...] = ()


class Instances:
    """All instances of one service. Every method is synchronous and opens its own transactions; call it in a thread."""

    def __init__(
        self,
        database: Database,
        store: EventStore,
        clock: Clock,
        projections: Sequence[Projection],
        policies: Sequence[Policy],
        *,
        at: Step | None = None,
    ) -> None:
        """`at` is called at each step of each batch (`batches.STEPS`), for tests that hold or stop one there."""
        self._database, self._clock = database, clock
        self._projections = {projection.name: projection for projection in projections}
        parts = [*map(applier.part_of, projections), *(reacting.part_of(policy, store, clock) for policy in policies)]
        self._parts = {part.name: part for part in parts}
        if len(self._parts) < len(parts):
            raise ValueError(f"{store.service}: two projections or policies have one name; give each its own")
        self._batches = Batches(database, clock) if at is None else Batches(database, clock, at)

    def begin(self) -> list[str]:
        """Makes the first instance of what has none; gives the projections whose live instance has another code (to be rebuilt).

        A policy's new code takes over its one instance, with all that it has applied and parked.
        """
        outdated = []
        with self._database.writing() as connection:
            rebuilding.alone(connection)
            for part in self._parts.values():
                live = [code for code, state in rebuilding.instances_of(connection, part.name).values() if state == LIVE]
                if not live:
                    rebuilding.make(connection, part, LIVE, self._clock.now())
                elif part.code not in live and part.kind == POLICY:
                    connection.execute(update(instance).where(instance.c.projection == part.name).values(code=part.code))
                elif part.code not in live:
                    outdated.append(part.name)
        return outdated

    def names(self, topic: str | None = None) -> list[str]:
        """The instances that this process writes (and that read the topic): building ones first, then live ones, by name."""
        query = select(instance.c.name, instance.c.projection, instance.c.code, instance.c.state).where(
            instance.c.state.in_([BUILDING, LIVE])
        )
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(instance.c.state, instance.c.name)).all()
        return [row.name for row in rows if self._is_ours(row.projection, row.code, topic)]

    def next(self, topic: str, generation: str, partition: int, *, instance: str | None = None) -> int:
        """The smallest checkpoint over the instances that this process writes and that read the topic, live ones if there are any, or that
        of one instance; 0 where there is none."""
        readers = [instance] if instance is not None else self._readers(topic)
        query = select(checkpoint.c.instance, checkpoint.c.next).where(
            checkpoint.c.topic == topic, checkpoint.c.generation == generation, checkpoint.c.partition == partition
        )
        with self._database.reading() as connection:
            found = dict(connection.execute(query).all())
        return min((found.get(name, 0) for name in readers), default=0)

    def feed(self, batch: Batch, *, only: str | None = None) -> Fed:
        """The protocol's `batch`, one transaction an instance, building ones first; `only`: one instance (a catch-up reader).

        Records are routed and decoded once for all instances, before any lock. An instance that fails keeps no other from its turn; the
        first failure is raised after them. The caller repeats the same batch after a pause that grows up to a limit, for as long as this
        raises: instances that had their turn skip what they have, so repeating is always safe.
        """
        delivery = deliver(batch)
        ours = self.names(batch.topic)
        counts: dict[str, int] = {}
        holes: list[str] = []
        failures: list[Exception] = []
        for name in ours if only is None else [name for name in ours if name == only]:
            try:
                counts[name] = self._feed_one(name, delivery, live=only is None and batch.generation != STORE)
            except Hole:
                holes.append(name)
            except Dropped:
                continue
            except Exception as error:  # noqa: BLE001 - raised below, after the other instances had their turn
                failures.append(error)
        if failures:
            raise failures[0]
        return Fed(counts, tuple(holes))

    def redrive(self, instance: str, stream: tuple[str, str] | None = None, *, trial: bool = False) -> int:
        """Tries parked streams again, or one (topic, stream); gives how many events were applied.

        A trial changes nothing and gives how many would be, of each stream as many as one transaction takes. Raises `LookupError` for an
        instance that this process does not write.
        """
        part = self._part_of(instance)
        limit = part.records_a_batch or EVENTS_A_REDRIVE
        done = 0
        for topic, name in [stream] if stream is not None else self._parked_streams(instance):
            while True:
                try:
                    tally = redrive(self._database, part, instance, topic, name, self._clock.now(), limit, trial=trial)
                except Dropped:
                    return done
                done += tally.applied
                if trial or tally.applied < limit:
                    break
        return done

    def rebuild(self, projection: str) -> str:
        """Makes a building instance beside the live one; refuses policies. Feed it by a catch-up reader, then `switch`.

        Where one of this code is building already, that one. Raises `LookupError` for what the service has not, `ValueError` for a policy.
        """
        part = self._projection_part(projection)
        with self._database.writing() as connection:
            rebuilding.alone(connection)
            return rebuilding.begin_building(connection, part, self._clock.now())

    def switch(self, projection: str) -> None:
        """Makes the building instance live, the live one retired, in one transaction.

        Raises `NotReady` naming what is missing or parked, and `LookupError` where nothing is building.
        """
        part = self._projection_part(projection)
        with self._database.writing() as connection:
            rebuilding.switch(connection, part)

    def drop_building(self, projection: str) -> None:
        """Retires the building instance, if there is one; its rows are swept away later."""
        part = self._projection_part(projection)
        with self._database.writing() as connection:
            rebuilding.drop_building(connection, part)

    def compare_building(self, projection: str) -> list[Difference]:
        """Every row in which the live instance (left) and the building one (right) differ; raises `LookupError` where either is missing."""
        with self._database.reading() as connection:
            live, building = rebuilding.live_and_building(connection, self._projection_part(projection))
            return compare.compare(connection, self._projections[projection], live, building)

    def progress(self, instance: str) -> Progress:
        """How many events an instance has applied, of those known."""
        part = self._part_of(instance)
        with self._database.reading() as connection:
            return rebuilding.progress(connection, part.name, instance)

    def sweep(self, limit: int = 1000) -> int:
        """Deletes rows of retired instances, about `limit` of them, in one transaction; gives how many. Call it until it gives 0."""
        tables = [shape.table for projection in self._projections.values() for shape in projection.shapes.values()]
        with self._database.writing() as connection:
            return rebuilding.sweep(connection, tables, limit)

    def status(self, limit: int = 100) -> list[InstanceStatus]:
        """Every instance that is not retired, by name, with at most `limit` parked events of each."""
        codes = {part.name: part.code for part in self._parts.values()}
        with self._database.reading() as connection:
            return watching.status(connection, codes, self._clock.now(), limit)

    def compare(self, projection: str, left: str, right: str) -> list[Difference]:
        """Every row in which two instances of a projection differ."""
        with self._database.reading() as connection:
            return compare.compare(connection, self._projections[projection], left, right)

    def digest(self, instance: str) -> str:
        """The SHA-256, in hex, over all rows of a projection's instance."""
        with self._database.reading() as connection:
            return compare.digest(connection, self._projections[instance.rpartition("@")[0]], instance)

    def _feed_one(self, name: str, delivery: Delivery, *, live: bool) -> int:
        part = self._parts[name.rpartition("@")[0]]
        with processing(name, delivery, live=live):
            return sum(self._batches.apply(part, name, piece).applied for piece in delivery.pieces(part.records_a_batch))

    def _is_ours(self, projection: str, code: int, topic: str | None) -> bool:
        part = self._parts.get(projection)
        return part is not None and part.code == code and (topic is None or any(topic == each.name for each in part.reads))

    def _readers(self, topic: str) -> list[str]:
        with self._database.reading() as connection:
            live = set(connection.execute(select(instance.c.name).where(instance.c.state == LIVE)).scalars())
        ours = self.names(topic)
        return [name for name in ours if name in live] or ours

    def _part_of(self, name: str) -> Part:
        part = self._parts.get(name.rpartition("@")[0])
        if part is None:
            raise LookupError(f"this service has no instance {name}")
        return part

    def _projection_part(self, projection: str) -> Part:
        part = self._parts.get(projection)
        if part is None:
            raise LookupError(f"this service has no projection {projection}")
        if part.kind == POLICY:
            raise ValueError(f"{projection} is a policy; what it did is done once and is never rebuilt")
        return part

    def _parked_streams(self, name: str) -> list[tuple[str, str]]:
        """Streams whose next version is parked."""
        reached = applied.alias()
        joined = parked.outerjoin(
            reached, (reached.c.instance == parked.c.instance) & (reached.c.topic == parked.c.topic) & (reached.c.stream == parked.c.stream)
        )
        query = (
            select(parked.c.topic, parked.c.stream)
            .select_from(joined)
            .where(
                parked.c.instance == name,
                (parked.c.version == reached.c.version + 1) | (reached.c.version.is_(None) & (parked.c.version == 1)),
            )
            .order_by(parked.c.topic, parked.c.stream)
        )
        with self._database.reading() as connection:
            return [(topic, stream) for topic, stream in connection.execute(query)]
