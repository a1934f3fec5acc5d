"""An event of the store as a record of the log."""

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec.kafka import to_kafka
from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.port import Outgoing, StoredRecord
from entente_eventkit.store.store import Stored

POSITION = "ce_position"
CHAINHASH = "ce_chainhash"
TRACEPARENT = "ce_traceparent"


def outgoing(event: Stored, partitions: int, traceparent: str | None = None) -> Outgoing:
    """The record to be sent; `traceparent` takes the place of the stored one."""
    key, headers, value = _binary(event, traceparent)
    return Outgoing(partition_of(event.stream, partitions), key, headers, value, event.position)


def stored_record(event: Stored) -> StoredRecord:
    """The record as a reader of the store meets it: the same as in the log, its offset being its position."""
    key, headers, value = _binary(event, None)
    return StoredRecord(event.position, key, headers, value)


def _binary(event: Stored, traceparent: str | None) -> tuple[bytes, tuple[tuple[str, bytes], ...], bytes]:
    attributes = event.attributes if traceparent is None else {**event.attributes, "traceparent": traceparent}
    key, headers, value = to_kafka(CloudEvent(attributes, event.body))
    return key, (*headers, (POSITION, b"%d" % event.position), (CHAINHASH, event.hash.hex().encode())), value
