"""What the log holds of a store's events, gathered from every generation that it still has.

The newest generation counts. An older one is asked only for what lies above the store's head, since a relay may have died while it was
refilling the newest; where it departs from what the store holds, what follows there by its hashes was declared void once and says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from entente_contracts.topics import Topic
from entente_eventkit.log.genesis import is_genesis
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.port import Batch, Record
from entente_eventkit.reading.history import FromLog
from entente_eventkit.recovering.finding import Found, Strange, found_in, same
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import events
from entente_eventkit.store.chain import link
from entente_eventkit.store.stored import Stored, stored_of

_AT_ONCE = 500
_ROW = select(
    events.c.position, events.c.topic, events.c.stream, events.c.version, events.c.id, events.c.hash, events.c.headers, events.c.body
)


@dataclass(frozen=True, slots=True)
class Fork:
    """The log holds an event at a position at which the store holds another, or none (`stored` None)."""

    found: Found
    stored: Stored | None


@dataclass(slots=True)
class Newest:
    """The newest generation of a topic in the log: where each partition ends, whether each begins with its genesis record, and which
    positions it holds."""

    number: int
    partitions: int
    ends: dict[int, int] = field(default_factory=dict)
    sound: set[int] = field(default_factory=set)
    holds: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Evidence:
    """`above`: what lies above the store's head, by position. `void`: the hashes of what older generations hold and the store does not, by
    position."""

    service: str
    head: int
    newest: dict[str, Newest] = field(default_factory=dict)
    above: dict[int, list[Found]] = field(default_factory=dict)
    forks: list[Fork] = field(default_factory=list)
    void: dict[int, set[bytes]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)

    def leave_out_void(self) -> None:
        """Leaves out of what lies above the head what follows, in older generations, an event that the store holds otherwise."""
        for position in sorted(self.above):
            before = self.void.get(position - 1, set())
            for found in [found for found in self.above[position] if not self.is_newest(found)]:
                if any(link(previous, found.event.body or b"") == found.event.hash for previous in before):
                    self.void.setdefault(position, set()).add(found.event.hash)
                    self.above[position].remove(found)

    def at(self, position: int) -> Iterator[Found]:
        """The different events that the log holds at a position above the head; those first whose generation is newest."""
        seen: list[Found] = []
        for found in sorted(self.above.get(position, ()), key=lambda found: not self.is_newest(found)):
            if not any(same(found.event, other.event) for other in seen):
                seen.append(found)
                yield found

    def after(self, position: int) -> list[Found]:
        """Everything that the log holds above a position, in order."""
        return [found for above in sorted(self.above) if above > position for found in self.at(above)]

    def is_newest(self, found: Found) -> bool:
        """Whether the generation in which it was found is its topic's newest."""
        return found.generation == self.newest[found.event.topic].number


class _FromTheBegin:
    async def next(self, topic: str, generation: str, partition: int) -> int:  # noqa: ARG002 - the port's signature
        return 0


async def gather(log: KafkaLog, database: Database, service: str, topics: Sequence[Topic], head: int) -> Evidence:
    """Reads all that the log holds of these topics of a service, and compares what the store knows too."""
    evidence = Evidence(service, head)
    named = {topic.name: topic for topic in topics}
    history = FromLog(log)
    for topic in topics:
        numbers = await log.generations(topic)
        if numbers:
            name = topic.of_generation(numbers[-1])
            evidence.newest[topic.name] = Newest(numbers[-1], await log.partitions(name) or 0, await log.ends(name))

    async def take(batch: Batch) -> None:
        known = [found for record in batch.records if (found := _read(evidence, named[batch.topic], batch, record)) is not None]
        for begin in range(0, len(known), _AT_ONCE):
            await database.read(_compare, evidence, known[begin : begin + _AT_ONCE])

    await history.read(topics, _FromTheBegin(), take, lambda _: None)
    evidence.leave_out_void()
    return evidence


def _read(evidence: Evidence, topic: Topic, batch: Batch, record: Record) -> Found | None:
    """The event in a record where the store should know it; what lies above the head is kept."""
    generation, newest = int(batch.generation), evidence.newest[topic.name]
    if record.offset == 0 and generation == newest.number:
        newest.sound |= {batch.partition} if is_genesis(record, topic, generation, batch.partition, newest.partitions) else set()
    try:
        found = found_in(record, evidence.service, topic.name, generation, batch.partition)
    except Strange as strange:
        evidence.strange.append(f"{topic.name}.g{generation}/{batch.partition} offset {record.offset}: {strange}")
        return None
    if found is None:
        return None
    if generation == newest.number:
        newest.holds.add(found.position)
    if found.position <= evidence.head:
        return found
    evidence.above.setdefault(found.position, []).append(found)
    return None


def _compare(connection: Connection, evidence: Evidence, known: Sequence[Found]) -> None:
    stored = _stored(connection, {found.position for found in known})
    for found in known:
        mine = stored.get(found.position)
        if mine is not None and same(found.event, mine):
            continue
        if evidence.is_newest(found):
            evidence.forks.append(Fork(found, mine))
        else:
            evidence.void.setdefault(found.position, set()).add(found.event.hash)


def _stored(connection: Connection, positions: set[int]) -> Mapping[int, Stored]:
    rows = connection.execute(_ROW.where(events.c.position.in_(positions)))
    return {row.position: stored_of(row) for row in rows}
