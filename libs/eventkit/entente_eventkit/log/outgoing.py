"""An event of the store as a record of the log."""

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec.kafka import to_kafka
from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.port import Outgoing, StoredRecord
from entente_eventkit.store.store import Stored

POSITION = "ce_position"
CHAINHASH = "ce_chainhash"

_HEADER_OF = {"datacontenttype": "content-type"}
"""Attributes whose header is not `ce_` and their name, in Kafka's binary mode."""


def outgoing(event: Stored, partitions: int, traceparent: str | None = None) -> Outgoing:
    """The record to be sent; `traceparent` takes the place of the stored one. The headers are those of the contracts' codec, kept as
    text, since the framework encodes them itself."""
    headers = {_HEADER_OF.get(name) or f"ce_{name}": value for name, value in event.attributes.items()}
    if traceparent is not None:
        headers["ce_traceparent"] = traceparent
    headers[POSITION] = str(event.position)
    headers[CHAINHASH] = event.hash.hex()
    return Outgoing(partition_of(event.stream, partitions), event.stream.encode(), headers, event.body or b"", event.position)


def stored_record(event: Stored) -> StoredRecord:
    """The record as a reader of the store meets it: the same as in the log, its offset being its position."""
    key, headers, value = to_kafka(CloudEvent(event.attributes, event.body))
    return StoredRecord(event.position, key, (*headers, (POSITION, b"%d" % event.position), (CHAINHASH, event.hash.hex().encode())), value)
