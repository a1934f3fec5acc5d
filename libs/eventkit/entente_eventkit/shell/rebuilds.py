"""Rebuilds that were asked for over HTTP: at most one a projection at a time, and how far each is."""

import asyncio
import logging
from typing import Literal

from pydantic import BaseModel

from entente_eventkit.clock import Clock
from entente_eventkit.projecting.instances import NotReady
from entente_eventkit.shell import kinds
from entente_eventkit.shell.problems import Problem
from entente_eventkit.shell.running import Progress, Runtime

log = logging.getLogger(__name__)

State = Literal["running", "switched", "equal", "different", "refused", "failed"]


class Rebuild(BaseModel):
    """One rebuild. `state`: running; switched; with `check` equal or different (then `differences` names rows); refused or failed (`why`).

    `done` events of `of` were read (`of` null: not counted yet); `seconds` so far or in all.
    """

    projection: str
    check: bool
    state: State
    done: int
    of: int | None
    seconds: float
    differences: list[str] = []
    why: str | None = None


class Rebuilds:
    """The rebuilds of one service since it started; the last one of each projection is remembered."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self._runtime, self._clock = runtime, clock
        self._runs: dict[str, _Run] = {}

    def start(self, projection: str, *, check: bool) -> Rebuild:
        """Begins one; raises the 409 while one runs."""
        before = self._runs.get(projection)
        if before is not None and before.state == "running":
            raise Problem(kinds.REBUILDING, f"{projection} is being rebuilt already", also=before.shown().model_dump())
        run = self._runs[projection] = _Run(projection, self._clock, check=check)
        run.task = asyncio.create_task(run.go(self._runtime), name=f"rebuild {projection}")
        return run.shown()

    def of(self, projection: str) -> Rebuild | None:
        """The last rebuild of a projection, if there was one."""
        run = self._runs.get(projection)
        return None if run is None else run.shown()

    async def stop(self) -> None:
        """Ends what still runs; a rebuild that was cut short is begun anew by the next one."""
        running = [run for run in self._runs.values() if run.state == "running"]
        tasks = [run.task for run in running if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for run in running:
            run.state, run.why = "failed", "the service stopped"


class _Run:
    def __init__(self, projection: str, clock: Clock, *, check: bool) -> None:
        self.projection, self.check, self.clock = projection, check, clock
        self.progress = Progress()
        self.state: State = "running"
        self.began, self.seconds = clock.monotonic(), 0.0
        self.differences: list[str] = []
        self.why: str | None = None
        self.task: asyncio.Task[None] | None = None

    async def go(self, runtime: Runtime) -> None:
        try:
            self.differences = list(await runtime.rebuild(self.projection, self.progress, check=self.check))
            state: State = "different" if self.differences else "equal"
            self.state = state if self.check else "switched"
        except NotReady as refused:
            self.state, self.why = "refused", str(refused)
        except Exception as error:
            log.exception("the rebuild of %s failed", self.projection)
            self.state, self.why = "failed", f"{type(error).__name__}; the service's log says more"
        finally:
            self.seconds = self.clock.monotonic() - self.began

    def shown(self) -> Rebuild:
        return Rebuild(
            projection=self.projection,
            check=self.check,
            state=self.state,
            done=self.progress.done,
            of=self.progress.of,
            seconds=round(self.clock.monotonic() - self.began if self.state == "running" else self.seconds, 3),
            differences=self.differences,
            why=self.why,
        )
