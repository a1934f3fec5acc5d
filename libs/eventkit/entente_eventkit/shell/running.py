"""What the shell wants of a running service; `entente_eventkit.runtime` is it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from entente_eventkit.clock import Clock
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.reading.lag import Lag
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore

__all__ = ["Lag", "Progress", "Runtime"]


@dataclass(slots=True)
class Progress:
    """How far a rebuild is: events read of all that there were when it began (`of` None until that is known). The runtime counts up."""

    done: int = 0
    of: int | None = None


class Runtime(Protocol):
    """One service, running. `start` and `stop` are called once, by the life cycle of the application that the service is mounted in."""

    @property
    def database(self) -> Database: ...
    @property
    def store(self) -> EventStore: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def instances(self) -> Instances: ...

    async def start(self) -> None:
        """Opens the log, starts the relay, the readers and what acts by itself; raises where the store or the log forbid it."""
        ...

    async def stop(self) -> None:
        """Takes nothing new, finishes the batch and the send in hand, closes. Also after a `start` that failed."""
        ...

    def wake(self) -> None:
        """Something was appended: the relay need not wait. Called on the event loop after each commit; returns at once."""
        ...

    async def ready(self) -> Sequence[str]:
        """Why the service cannot serve now, a sentence each: an unknown migration revision, a log not open, a dead reader. Empty: ready."""
        ...

    async def lag(self) -> Sequence[Lag]:
        """The lag of every live instance, a row a topic that it reads."""
        ...

    async def redrive(self, instance: str, topic: str | None = None, stream: str | None = None, *, trial: bool = False) -> int:
        """Tries parked streams again, or the one named; gives how many events were applied."""
        ...

    async def rebuild(self, projection: str, progress: Progress, *, check: bool) -> Sequence[str]:
        """Builds the projection anew beside the live one and switches to it; with `check` compares the two instead, drops the new one and
        gives a line a difference (empty: equal). Raises `NotReady` where it cannot switch."""
        ...
