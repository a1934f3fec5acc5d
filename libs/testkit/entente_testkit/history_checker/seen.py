"""A history as it was found: what clients were told, what every store, every log and every instance holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from entente_eventkit.acting.declare import Policy
from entente_eventkit.log.generations import Generation
from entente_eventkit.log.port import Record
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.store.stored import Stored

Rows = Mapping[str, Sequence[bytes]]
"""Table -> its rows in canonical form (`projecting.compare.canonical`), in order of their bytes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A foreign event that a client sent; `data` in canonical form, None where it has to be refused."""

    source: str
    id: str
    data: bytes | None

    @property
    def cause(self) -> str:
        """How it is named in a chain of causes."""
        return f"{self.source}#{self.id}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `service` told of an item: durable at `position`, as the event `event` (None: it was refused, and the refusal stands there)."""

    service: str
    cause: str
    position: int
    event: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """What `service` told of the command under a `key`: the events that it made in a stream, which stood at `version` after it."""

    service: str
    key: str
    topic: str
    stream: str
    version: int
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of one generation of a topic, whole."""

    topic: str
    generation: int
    number: int
    records: Sequence[Record]

    def __str__(self) -> str:
        return f"{self.topic}.g{self.generation}/{self.number}"


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance that is not retired. `applied`: (topic, stream) -> version and id; `parked`: what is, in words."""

    name: str
    kind: str
    state: str
    active: bool
    born: datetime
    reads: tuple[str, ...]
    applied: Mapping[tuple[str, str], tuple[int, str]]
    parked: tuple[str, ...] = ()
    marks: int = 0
    rows: Rows | None = None

    @property
    def part(self) -> str:
        """The projection or policy that it is an instance of."""
        return self.name.rpartition("@")[0]


@dataclass(frozen=True)
class Store:
    """The database of one service. `events` in order of position; `head`: position and hash; `keys`: (scope, key) -> answer.

    `logs`: what the store believes of the topics that it owns; `parts`, `duties` and `workers`: what the service declares; `dues`: what
    has fallen due and is not done, in words; `unreadable`: records that were put aside, in words.
    """

    service: str
    events: tuple[Stored, ...]
    head: tuple[int, bytes]
    keys: Mapping[tuple[str, str], bytes]
    logs: Mapping[str, Generation]
    instances: tuple[Instance, ...]
    parts: Mapping[str, Projection | Policy]
    duties: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    dues: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Stored]:
        """Its events by id."""
        return {event.id: event for event in self.events}


@dataclass(frozen=True)
class History:
    """All that was found, after everything had come to rest."""

    stores: tuple[Store, ...]
    log: tuple[Partition, ...] = ()
    sent: tuple[Sent, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    commands: tuple[Done, ...] = ()

    @cached_property
    def events(self) -> Mapping[str, Stored]:
        """Every event of every store by id."""
        return {event.id: event for store in self.stores for event in store.events}

    @cached_property
    def last(self) -> Mapping[tuple[str, str], Stored]:
        """(topic, stream) -> the event of the highest version."""
        found: dict[tuple[str, str], Stored] = {}
        for store in self.stores:
            for event in store.events:
                at = (event.topic, event.stream)
                if at not in found or found[at].version < event.version:
                    found[at] = event
        return found

    @cached_property
    def newest(self) -> Mapping[str, int]:
        """Topic -> its newest generation in the log."""
        return {topic: max(one.generation for one in self.log if one.topic == topic) for topic in {one.topic for one in self.log}}

    def store_of(self, service: str) -> Store:
        """The store of a service."""
        return next(store for store in self.stores if store.service == service)

    def owner_of(self, topic: str) -> Store | None:
        """The store that writes a topic."""
        return next((store for store in self.stores if topic in store.logs), None)
