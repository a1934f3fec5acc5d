"""The instances of a service's projections and policies: made, fed, rebuilt, switched."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from entente_eventkit.acting.declare import Policy
from entente_eventkit.clock import Clock
from entente_eventkit.log.port import Batch
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a batch: records applied an instance, and the instances that found a hole before it and must catch up."""

    applied: dict[str, int] = field(default_factory=dict)
    holes: tuple[str, ...] = ()


class Instances:
    """All instances of one service. Every method is synchronous and opens its own transactions; call it in a thread."""

    def __init__(
        self, database: Database, store: EventStore, clock: Clock, projections: Sequence[Projection], policies: Sequence[Policy]
    ) -> None:
        raise NotImplementedError

    def begin(self) -> list[str]:
        """Makes the first instance of what has none; gives the projections whose live instance has another code (to be rebuilt)."""
        raise NotImplementedError

    def next(self, topic: str, generation: str, partition: int, *, instance: str | None = None) -> int:
        """The smallest checkpoint over the live instances that read the topic, or that of one instance; 0 where there is none."""
        raise NotImplementedError

    def feed(self, batch: Batch, *, only: str | None = None) -> Fed:
        """The protocol's `batch`, one transaction an instance, building ones first; `only`: one instance (a catch-up reader)."""
        raise NotImplementedError

    def redrive(self, instance: str, stream: tuple[str, str] | None = None) -> int:
        """Tries parked streams again, or one (topic, stream); gives how many events were applied."""
        raise NotImplementedError

    def rebuild(self, projection: str) -> str:
        """Makes a building instance beside the live one; refuses policies. Feed it by a catch-up reader, then `switch`."""
        raise NotImplementedError

    def switch(self, projection: str) -> None:
        """Makes the building instance live, the live one retired, in one transaction; raises `NotReady` naming what is missing or parked."""
        raise NotImplementedError
