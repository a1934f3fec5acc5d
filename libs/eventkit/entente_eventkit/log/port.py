"""What the kernel wants of a log, whoever keeps it. Embedded and Kafka differ in their adapter of this, and nowhere else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from entente_contracts.topics import Topic

STORE = "store"
"""The generation under which the reader of the stores keeps its checkpoints."""

GENESIS_TYPE = "entente.log.genesis"
"""The `ce_type` of the first record of every partition: it names topic, generation and partition, and carries no event."""


class TopicExists(Exception):
    """A topic of this name is there already, so its generation was used before."""


class Record(Protocol):
    """One record as it lies in the log: aiokafka's `ConsumerRecord` is one."""

    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...
    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record read back from a store: its offset is its position there."""

    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A contiguous range of one partition of one generation of a topic: offsets from `begin` up to `end` (excluded)."""

    topic: str
    generation: str
    partition: int
    begin: int
    end: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be sent: partition chosen by the relay, never by the client. `headers` as text, which travels in UTF-8."""

    partition: int
    key: bytes
    headers: dict[str, str]
    value: bytes
    position: int


class Log(Protocol):
    """A log of named topics in generations. Names here are the broker's (`entente.gateway.g3`)."""

    keeps_history: bool
    """False for the embedded one: it carries live events only, and history is read from the stores."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def create(self, topic: Topic, generation: int, partitions: int) -> None:
        """Makes the topic of a generation; raises `TopicExists` where it is there already."""
        ...

    async def generations(self, topic: Topic) -> tuple[int, ...]:
        """The generations of a topic that the log holds, ascending."""
        ...

    async def partitions(self, name: str) -> int | None:
        """How many partitions the topic has, None where it is not there."""
        ...

    async def refuse_differences(self, topic: Topic, generation: int) -> None:
        """Raises `CannotStart` where the topic of a generation has other settings than are declared for it."""
        ...

    async def refuse_reading(self, group: str, topics: Sequence[Topic]) -> None:
        """Raises `CannotStart` where we may not read these topics as a member of the group."""
        ...

    async def ends(self, name: str) -> dict[int, int]:
        """The end offset of each partition: where the next record will lie."""
        ...

    async def read_at(self, name: str, partition: int, offset: int) -> Record | None:
        """The record at an offset, None where there is none (any more)."""
        ...

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order, keyed, idempotent, all acknowledged; gives the last offset a partition. Raises where any was not acknowledged."""
        ...

    async def read(self, group: str, topics: Sequence[Topic], position: "Positions", deliver: Callable[[Batch], Awaitable[None]]) -> None:
        """Delivers all generations of the topics, batch by batch, from `position` on, until cancelled."""
        ...


class Positions(Protocol):
    """Where a reader begins: the smallest `next` over the live instances."""

    async def next(self, topic: str, generation: str, partition: int) -> int: ...
