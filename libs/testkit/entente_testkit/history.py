"""Histories for tests: events as they would have been written down, and as they lie in a log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from entente_contracts.codec.kafka import to_kafka
from entente_contracts.event import Event
from entente_contracts.recorded import Actor, AuthType, Recorded
from entente_contracts.recording import encode
from entente_eventkit.log.port import Batch, StoredRecord

START = datetime(2023, 10, 1, 12, tzinfo=UTC)
NOBODY = Actor(AuthType.SYSTEM, "testkit")


def recorded(
    event: Event,
    stream: str,
    version: int,
    *,
    at: datetime = START,
    id: str | None = None,
    causationid: str = "request/test",
    correlationid: str = "request/test",
    traceparent: str | None = None,
    actor: Actor = NOBODY,
) -> Recorded[Event]:
    """An event as version `version` of a stream. Without an `id` it gets one that follows from topic, stream and version."""
    return Recorded(
        id=id or f"{event.event_topic.name}:{stream}#{version:06d}",
        source=f"entente/{event.event_topic.owner}",
        type=event.event_type(),
        subject=stream,
        sequence=version,
        time=at,
        recordedtime=at,
        correlationid=correlationid,
        causationid=causationid,
        actor=actor,
        data=event,
        traceparent=traceparent,
    )


def stream_of(stream: str, *events: Event, at: datetime = START, first: int = 1) -> list[Recorded[Event]]:
    """The events of one stream in order, from version `first` on."""
    return [recorded(event, stream, version, at=at) for version, event in enumerate(events, first)]


def record_of(event: Recorded[Event], offset: int) -> StoredRecord:
    """The event as it lies in a log at an offset."""
    key, headers, value = to_kafka(encode(event))
    return StoredRecord(offset, key, headers, value)


def records_of(events: Sequence[Recorded[Event]], begin: int = 0) -> list[StoredRecord]:
    """Events one behind the other, from offset `begin` on."""
    return [record_of(event, offset) for offset, event in enumerate(events, begin)]


def batch_of(topic: str, records: Sequence[StoredRecord], *, generation: str = "1", partition: int = 0, begin: int | None = None) -> Batch:
    """A batch of records that follow each other."""
    first = records[0].offset if begin is None else begin
    return Batch(topic, generation, partition, first, records[-1].offset + 1, records)


def batches_of(
    events: Sequence[Recorded[Event]], size: int, *, generation: str = "1", partition: int = 0, begin: int = 0
) -> Iterator[Batch]:
    """The events of each topic as one partition of its log, in batches; the topics one after the other."""
    for topic in dict.fromkeys(event.data.event_topic.name for event in events):
        records = records_of([event for event in events if event.data.event_topic.name == topic], begin)
        for start in range(0, len(records), size):
            yield batch_of(topic, records[start : start + size], generation=generation, partition=partition)
