"""A service, running: its store, its relays, its reader, and what it does by itself. The one place where the kernel is wired together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select

from entente_contracts.rfc3339 import from_text
from entente_eventkit.acting.declare import Policy
from entente_eventkit.acting.duties import fulfil_dues
from entente_eventkit.acting.worker import work_marks
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.clock import Clock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.probe import StoreBehindLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.projecting.batches import Step
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.reading.lag import Lag, behind_log, behind_stores
from entente_eventkit.reading.reader import Reader
from entente_eventkit.receiving.receiver import Receiver
from entente_eventkit.service import Service
from entente_eventkit.shell.running import Progress
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, migrate, revision_state
from entente_eventkit.storage.tables import instance
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import metrics
from entente_eventkit.threads import in_thread

_log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at what has fallen due, where nothing else stirs."""

FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0


CLOCKS_DIFFER = timedelta(minutes=5)
"""How far a machine's clock may be behind another's that wrote the store before."""


class ClockBehindStore(CannotStart):
    """The clock stands before what the store has already recorded; events would be written down out of order."""


class WrongRevision(CannotStart):
    """The database was not brought to the revision that this code needs."""


@dataclass(slots=True)
class SharedLog:
    """One log for several services of a process: the first to come starts it, the last to go stops it."""

    log: EmbeddedLog | KafkaLog
    _users: int = 0

    async def join(self) -> None:
        """Starts the log where nobody has."""
        self._users += 1
        if self._users == 1:
            await self.log.start()

    async def leave(self) -> None:
        """Stops the log where nobody needs it any more."""
        self._users -= 1
        if self._users == 0:
            await self.log.stop()


class ServiceRuntime:
    """Runs one service. `migrates`: whether it brings its database to the newest revision at start (embedded), or must find it there.
    `at` is called at each step of each batch (`batches.STEPS`), for tests that stop a process there."""

    def __init__(
        self, service: Service, database_url: str, log: SharedLog, clock: Clock, *, migrates: bool, at: Step | None = None
    ) -> None:
        self.service, self.clock = service, clock
        self._shared, self._migrates = log, migrates
        self.database = Database(database_url)
        self.store = EventStore(self.database, clock, service.name)
        self.instances = Instances(self.database, self.store, clock, service.projections, service.policies, at=at)
        self._relays = [Relay(log.log, self.database, self.store, topic) for topic in service.owns]
        parts: list[Projection | Policy] = [*service.projections, *service.policies]
        self._reads = {part.name: tuple(part.reads) for part in parts}
        self._reader = Reader(log.log, service.name, self._reads, self.instances, self.database, after_feeding=self.wake)
        self._receivers = self._receive(log.log)
        self._stirred = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._outdated: dict[str, str] = {}
        self._closing = AsyncExitStack()
        if isinstance(log.log, EmbeddedLog):
            log.log.stores.update({topic.name: self.store for topic in service.owns})

    async def start(self) -> None:
        """Migrates or checks the database, opens the log, lets nothing in before the relays have found the log sound; then all runs."""
        self._closing.push_async_callback(in_thread, self.database.close)
        await in_thread(self._settle_revision)
        await in_thread(self._refuse_earlier_clock)
        outdated = await in_thread(self.instances.begin)
        metrics.expect(await in_thread(self.instances.names), [topic.name for topic in self.service.reads])
        self._closing.push_async_callback(self._shared.leave)
        await self._shared.join()
        for relay in self._relays:
            await relay.prepare()
        await self._reader.prepare()
        self._closing.push_async_callback(self._end_tasks)
        for relay in self._relays:
            self._run(f"relay of {relay.topic.name}", self._publish(relay))
        self._run("reader", self._reader.run())
        self._run("acting", self._act())
        for name, receiver in self._receivers.items():
            self._run(f"intake of {name}", receiver.run())
        for projection in outdated:
            self._run(f"rebuild of {projection}", self._renew(projection))

    async def stop(self) -> None:
        """Finishes what is in hand, then closes; also after a start that failed half-way."""
        await self._closing.aclose()

    def wake(self) -> None:
        """Something was appended, folded, or has fallen due: relays and workers need not wait. To be called on the event loop."""
        self._stirred.set()
        for relay in self._relays:
            relay.wake()

    async def ready(self) -> Sequence[str]:
        """Why the service cannot serve, a sentence each; empty when it can."""
        reasons = [f"the {name} has ended: {_outcome(task)}" for name, task in self._tasks.items() if task.done() and not _was_well(task)]
        if not self._tasks:
            reasons.append("it has not started")
        state = await in_thread(revision_state, self.database, self.service.migrations)
        if state is not RevisionState.UP_TO_DATE:
            reasons.append(f"its database is {state} as to migrations; run `entente migrate` with this version")
        refused = [relay.refused for relay in self._relays if relay.refused]
        failing = [fault for receiver in self._receivers.values() for fault in receiver.faults()]
        return [*reasons, *self._outdated.values(), *refused, *self._reader.faults(), *failing]

    async def lag(self) -> Sequence[Lag]:
        """How far every live instance is behind each topic that it reads."""
        statuses = await in_thread(self.instances.status, 0)
        live = {status.name: self._reads[status.projection] for status in statuses if status.active and status.projection in self._reads}
        log, now = self._shared.log, self.clock.now()
        if isinstance(log, EmbeddedLog):
            return await behind_stores(self.database, log.stores, live, now)
        waiting = [lag for receiver in self._receivers.values() for lag in await receiver.lag()]
        return [*await behind_log(self.database, log, live, now), *waiting]

    async def redrive(self, instance: str, topic: str | None = None, stream: str | None = None, *, trial: bool = False) -> int:
        """Tries parked streams again, or the one named; gives how many events were applied, or in a trial would be."""
        one = (topic, stream) if topic is not None and stream is not None else None
        applied = await in_thread(partial(self.instances.redrive, instance, one, trial=trial))
        self.wake()
        return applied

    async def rebuild(self, projection: str, progress: Progress, *, check: bool) -> Sequence[str]:
        """Builds the projection anew beside the live one, then switches; with `check` compares the two instead and drops the new one."""

        def note(done: int, of: int) -> None:
            progress.done, progress.of = done, of

        building = await in_thread(self.instances.rebuild, projection)
        await self._reader.catch_up(building, note)
        if check:
            async with self._reader.standing_still():
                differences = await in_thread(self.instances.compare_building, projection)
                await in_thread(self.instances.drop_building, projection)
        else:
            differences = []
            await in_thread(self.instances.switch, projection)
        while await in_thread(self.instances.sweep):
            pass
        self.wake()
        return [str(difference) for difference in differences]

    def _receive(self, log: EmbeddedLog | KafkaLog) -> dict[str, Receiver]:
        """Strangers write to real brokers only: an embedded log belongs to its process."""
        if isinstance(log, EmbeddedLog):
            return {}
        return {
            intake.name: Receiver(intake, log, self.database, self.store, self.clock, decided=self.wake) for intake in self.service.intakes
        }

    def _settle_revision(self) -> None:
        if self._migrates:
            migrate(self.database, self.service.migrations)
        state = revision_state(self.database, self.service.migrations)
        if state is not RevisionState.UP_TO_DATE:
            raise WrongRevision(f"the database of {self.service.name} is {state} as to migrations; run `entente migrate` with this version")

    def _refuse_earlier_clock(self) -> None:
        """A clock behind the store would write history out of order, and policies would take what comes now for history."""
        with self.database.reading() as connection:
            recorded = self.store.after(connection, self.store.last_position(connection) - 1, 1)
            born = connection.execute(select(func.max(instance.c.born))).scalar_one()
        moments = [*(from_text(event.attributes["recordedtime"]) for event in recorded), *([born] if born else [])]
        now = self.clock.now()
        if moments and now < max(moments) - CLOCKS_DIFFER:
            raise ClockBehindStore(
                f"the clock stands at {now.isoformat()}, but the store of {self.service.name} was last written at "
                f"{max(moments).isoformat()}; start with a clock that stands there or later, or with another data folder"
            )

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"{self.service.name}: {name}")
        task.add_done_callback(_tell)
        self._tasks[name] = task

    async def _end_tasks(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _publish(self, relay: Relay) -> None:
        """Where the store turns out to be older than its log, everything stops: no command is taken and nothing acts by itself."""
        try:
            await relay.run()
        except StoreBehindLog as behind:
            self.store.halt(str(behind))
            for task in self._tasks.values():
                if task is not asyncio.current_task():
                    task.cancel()
            raise

    async def _act(self) -> None:
        """Works off dues and marks whenever something stirs, and looks at the clock once a second."""
        wait = FIRST_WAIT
        while True:
            self._stirred.clear()
            try:
                done = sum([await in_thread(work) for work in self._works()])
            except Exception as error:  # noqa: BLE001 - what was not done is still in its table, and tried again
                _log.warning("%s: dues and marks wait, trying again in %.2f s: %r", self.service.name, wait, error)
                metrics.retried("acting")
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            wait = FIRST_WAIT
            if done:
                for relay in self._relays:
                    relay.wake()
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._stirred.wait()

    def _works(self) -> list[Callable[[], int]]:
        at = (self.database, self.store, self.clock)
        duties = [partial(fulfil_dues, *at, self.service.duties)] if self.service.duties else []
        return [*duties, *(partial(work_marks, *at, worker) for worker in self.service.workers)]

    async def _renew(self, projection: str) -> None:
        """The live rows were made by other code: they are read as they are until the new ones have caught up. What stands in the way of
        that (a parked event, a store that is not there yet) is waited for, and told by `ready`."""
        _log.info("%s: %s was made by other code and is built anew", self.service.name, projection)
        wait = FIRST_WAIT
        while True:
            try:
                if projection in await in_thread(self.instances.begin):
                    await self.rebuild(projection, Progress(), check=False)
            except Exception as error:  # noqa: BLE001 - the live rows stand still until this has worked
                self._outdated[projection] = f"{projection} was made by other code and cannot be built anew yet: {error}"
                _log.warning("%s: %s; trying again in %.2f s", self.service.name, self._outdated[projection], wait)
                metrics.retried("renewal")
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                self._outdated.pop(projection, None)
                return


def _was_well(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None


def _outcome(task: asyncio.Task[None]) -> str:
    return "it was stopped" if task.cancelled() else str(task.exception())


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("%s has ended: %s", task.get_name(), error, exc_info=error)
