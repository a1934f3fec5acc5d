"""A record of the log, read as the event of this store that it claims to be."""

from dataclasses import dataclass

from entente_contracts.cloudevent import NotACloudEvent
from entente_contracts.codec.kafka import from_kafka, routing
from entente_eventkit.log.outgoing import CHAINHASH, POSITION
from entente_eventkit.log.port import GENESIS_TYPE, Record
from entente_eventkit.store.stored import Stored

_HASH_BYTES = 32
_PREFIX = len("ce_")
_CHANGED_IN_SENDING = frozenset({"traceparent"})


@dataclass(frozen=True, slots=True)
class Found:
    """An event as a record holds it, and where that lies."""

    event: Stored
    generation: int
    partition: int
    offset: int

    @property
    def position(self) -> int:
        return self.event.position

    @property
    def place(self) -> str:
        """Topic, generation, partition and offset, for people."""
        return f"{self.event.topic}.g{self.generation}/{self.partition} offset {self.offset}"


class Strange(ValueError):
    """The record is none that this store's relay could have written."""


def found_in(record: Record, service: str, topic: str, generation: int, partition: int) -> Found | None:
    """The event of this service in a record, None for a genesis record; raises `Strange`."""
    headers = dict(record.headers)
    if headers.get("ce_type") == GENESIS_TYPE.encode():
        return None
    try:
        place = routing(record.headers)
        attributes = dict(from_kafka(record.key, record.headers, record.value).attributes)
        position, chainhash = int(attributes.pop(POSITION[_PREFIX:])), bytes.fromhex(attributes.pop(CHAINHASH[_PREFIX:]))
    except (NotACloudEvent, KeyError, ValueError) as error:
        raise Strange(str(error)) from error
    if attributes["source"] != f"entente/{service}":
        raise Strange(f"its source is {attributes['source'][:80]!r}, not entente/{service}")
    if record.key != place.subject.encode() or position < 1 or len(chainhash) != _HASH_BYTES:
        raise Strange("its key is not its stream, or its position or hash is none")
    event = Stored(position, topic, place.subject, place.sequence, place.id, chainhash, attributes, record.value or b"")
    return Found(event, generation, partition, record.offset)


def same(one: Stored, other: Stored) -> bool:
    """Whether both are one event. The trace is left out: a relay that records spans writes its own into what it sends. A body that was
    erased is compared by its hash alone."""
    if (one.position, one.topic, one.stream, one.version, one.id, one.hash) != (
        other.position, other.topic, other.stream, other.version, other.id, other.hash,
    ):  # fmt: skip
        return False
    bodies_differ = one.body is not None and other.body is not None and one.body != other.body
    return not bodies_differ and _compared(one) == _compared(other)


def _compared(event: Stored) -> dict[str, str]:
    return {name: text for name, text in event.attributes.items() if name not in _CHANGED_IN_SENDING}
