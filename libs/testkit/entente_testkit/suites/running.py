"""A service's instances on an empty database, fed by hand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.acting.declare import Policy
from entente_eventkit.clock import SetClock
from entente_eventkit.log.port import Batch
from entente_eventkit.projecting.batches import Step
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.projecting.rows import Rows
from entente_eventkit.service import Service
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore
from entente_testkit.backends import new_database
from entente_testkit.history import START, batches_of

_BORN = START - timedelta(days=1)


@dataclass
class Running:
    """One projection or policy of a service, begun on a database of its own."""

    service: Service
    database: Database
    clock: SetClock = field(default_factory=lambda: SetClock(_BORN))

    @property
    def store(self) -> EventStore:
        """The service's event store."""
        return EventStore(self.database, self.clock, self.service.name)

    def instances(self, *parts: Projection | Policy, at: Step | None = None) -> Instances:
        """The instances of some parts, begun: what a process has after its start."""
        projections = [part for part in parts if isinstance(part, Projection)]
        policies = [part for part in parts if isinstance(part, Policy)]
        instances = Instances(self.database, self.store, self.clock, projections, policies, at=at)
        instances.begin()
        return instances


@contextmanager
def running(service: Service, folder: Path, backend: str) -> Iterator[Running]:
    """The service on an empty database."""
    with new_database(folder, service.metadata, backend=backend) as database:
        yield Running(service, database)


def feed(instances: Instances, batches: Iterator[Batch] | Sequence[Batch], only: str | None = None) -> None:
    """Feeds batches; there may be no hole before any."""
    for batch in batches:
        fed = instances.feed(batch, only=only)
        assert not fed.holes, f"a hole before {batch.begin} of {batch.topic}: {fed.holes}"


def feed_all(
    instances: Instances, events: Sequence[Recorded[Event]], size: int = 3, generation: str = "1", only: str | None = None
) -> None:
    """Feeds events as a log of one partition a topic."""
    feed(instances, batches_of(events, size, generation=generation), only)


def poisoned(projection: Projection, bad: Callable[[Recorded[Any]], bool]) -> Projection:
    """The same projection, whose folds raise for some events after having changed everything they would."""
    twin = Projection(projection.name, *projection.tables, code=projection.code, reads=projection.reads)
    for handler in projection.handlers.values():

        def fold(rows: Rows, event: Recorded[Any], inner: Callable[[Rows, Recorded[Any]], None] = handler.fold) -> None:
            inner(rows, event)
            if bad(event):
                raise ValueError(f"poison in {event.id}")

        twin.on(handler.event, touches=handler.touches)(fold)
    return twin
