"""Looks at stores and log while a run goes on: what moves, when everything is at rest, how long nothing moved."""

import asyncio
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from tests.chaos.points import AheadClock

from entente_backing.kafka import NativeCluster
from entente_contracts.topics import Topic
from entente_eventkit.log.generations import Generation, current
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.service import Service
from entente_eventkit.storage import tables
from entente_eventkit.storage.database import Database

EVERY = 0.25
LIVE = "live"
Place = tuple[str, str]
"""A relay or an instance, and a topic."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look, at a `moment` of the services' clock. By topic: how many events are stored, the position of the last, and the position to
    which they are published; `applied`: by instance and topic; `left`: parked events, marks and fallen dues."""

    at: float
    moment: datetime
    stored: Mapping[str, int]
    last: Mapping[str, int]
    published: Mapping[str, int]
    applied: Mapping[tuple[str, str], int]
    left: int

    def holds(self, wanted: "Look") -> bool:
        """Whether all that was stored at another look is published and applied."""
        return all(self.published.get(topic, 0) >= last for topic, last in wanted.last.items()) and all(
            done >= wanted.stored.get(topic, 0) for (_, topic), done in self.applied.items()
        )

    @property
    def at_rest(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.left and self.holds(self)

    def places(self) -> dict[Place, tuple[int, int]]:
        """How far each relay and each instance is in each topic, of how much."""
        relays: dict[Place, tuple[int, int]] = {("relay", topic): (at, self.last.get(topic, 0)) for topic, at in self.published.items()}
        return relays | {place: (done, self.stored.get(place[1], 0)) for place, done in self.applied.items()}

    @property
    def progress(self) -> tuple[int, int, int]:
        """Numbers that grow when something moves."""
        return sum(self.stored.values()), sum(self.published.values()), sum(self.applied.values())


class Watch:
    """Looks four times a second, in a thread of its own."""

    def __init__(
        self, services: Mapping[str, Service], databases: Mapping[str, Database], cluster: NativeCluster, nodes: int, clock: AheadClock
    ) -> None:
        self._services, self._databases, self._cluster, self._nodes, self._clock = services, databases, cluster, nodes, clock
        self.looks: list[Look] = []
        self._target: Look | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def now(self) -> float:
        """Seconds of the machine's own measure."""
        return time.monotonic()

    def moved(self) -> tuple[int, int]:
        """What was published and applied so far."""
        return self.looks[-1].progress[1:] if self.looks else (0, 0)

    def target(self) -> None:
        """What is stored by now is what has to be everywhere again for the platform to have recovered."""
        self._target = self.looks[-1] if self.looks else None

    def recovered_at(self) -> float | None:
        """When all of the target was everywhere."""
        if self._target is None:
            return None
        return next((look.at for look in self.looks if look.at >= self._target.at and look.holds(self._target)), None)

    def longest_standstill(self, since: float) -> float:
        """The longest time, from `since` on, in which a relay or an instance did not move although it had something to do."""
        longest = 0.0
        still: dict[Place, tuple[int, float]] = {}
        for look in self.looks:
            if look.at < since:
                continue
            for place, (done, wanted) in look.places().items():
                before, at = still.get(place, (-1, look.at))
                if done != before:
                    still[place] = (done, look.at)
                elif done < wanted:
                    longest = max(longest, look.at - at)
                else:
                    still[place] = (done, look.at)
        return longest

    def at_rest(self) -> bool:
        """Whether two looks in a row found the same and nothing left to do, and the log holds what the stores believe."""
        if len(self.looks) < 3:
            return False
        first, second = self.looks[-2:]
        return first.at_rest and second.at_rest and first.progress == second.progress and self._log_is_whole()

    def newest_of(self, topic: Topic) -> str:
        """The broker's name of a topic's present generation."""
        return next(one.name for one in self._believed() if one.topic == topic.name)

    def state(self) -> str:
        """The last look in words."""
        return str(self.looks[-1]) if self.looks else "nothing was seen"

    def _go(self) -> None:
        while not self._stopped.wait(EVERY):
            try:
                self.looks.append(self._look())
            except Exception:  # noqa: BLE001, S112 - a database that is away cannot be looked at
                continue

    def _look(self) -> Look:
        stored: dict[str, int] = {}
        last: dict[str, int] = {}
        published: dict[str, int] = {}
        applied: dict[tuple[str, str], int] = {}
        left = 0
        moment = self._clock.now()
        for name, service in self._services.items():
            with self._databases[name].reading() as connection:
                events = tables.events
                for topic, count, end in connection.execute(
                    select(events.c.topic, func.count(), func.max(events.c.position)).group_by(events.c.topic)
                ):
                    stored[topic], last[topic] = count, end
                for topic in service.owns:
                    generation = current(connection, topic)
                    published[topic.name] = generation.cursor if generation is not None and generation.open else 0
                reads = {part.name: part.reads for part in (*service.projections, *service.policies)}
                live = connection.execute(
                    select(tables.instance.c.name, tables.instance.c.projection).where(tables.instance.c.state == LIVE)
                )
                for instance, part in live.all():
                    done = dict.fromkeys((topic.name for topic in reads[part]), 0)
                    rows = select(tables.applied.c.topic, func.sum(tables.applied.c.version)).where(tables.applied.c.instance == instance)
                    done |= {topic: int(count) for topic, count in connection.execute(rows.group_by(tables.applied.c.topic))}
                    applied |= {(instance, topic): count for topic, count in done.items()}
                left += connection.execute(select(func.count()).select_from(tables.parked)).scalar_one()
                left += connection.execute(select(func.count()).select_from(tables.mark)).scalar_one()
                fallen = select(func.count()).select_from(tables.due).where(tables.due.c.at <= moment)
                left += connection.execute(fallen).scalar_one()
        return Look(self.now(), moment, stored, last, published, applied, left)

    def _log_is_whole(self) -> bool:
        return asyncio.run(self._log_has_all())

    async def _log_has_all(self) -> bool:
        """Whether every generation that a store believes in is there, with all that was acknowledged."""
        log = KafkaLog(self._cluster.bootstrap, replicas=self._nodes)
        try:
            async with asyncio.timeout(10):
                return all([await self._has(log, one) for one in self._believed()])
        except Exception:  # noqa: BLE001 - a log that cannot be asked is not whole
            return False
        finally:
            await log.stop()

    async def _has(self, log: KafkaLog, believed: Generation) -> bool:
        if await log.partitions(believed.name) is None:
            return False
        ends = await log.ends(believed.name)
        return all(ends.get(partition, 0) > offset for partition, offset in believed.ends.items())

    def _believed(self) -> list[Generation]:
        found = []
        for name, service in self._services.items():
            with self._databases[name].reading() as connection:
                found += [generation for topic in service.owns if (generation := current(connection, topic)) is not None]
        return found
