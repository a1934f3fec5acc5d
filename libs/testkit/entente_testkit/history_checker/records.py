"""What a record of the log says of itself, read without the kernel's own reader."""

from collections.abc import Iterator
from dataclasses import dataclass

from entente_eventkit.log.port import GENESIS_TYPE, Record
from entente_testkit.history_checker.seen import Partition


@dataclass(frozen=True, slots=True)
class Read:
    """An event's record: its id, stream and version as its headers have them."""

    offset: int
    id: str
    stream: str
    version: int
    record: Record


def is_genesis(record: Record) -> bool:
    """Whether the record opens its partition."""
    return dict(record.headers).get("ce_type") == GENESIS_TYPE.encode()


def events_of(partition: Partition) -> Iterator[Read]:
    """The records of a partition that are events, in order."""
    for record in partition.records:
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        if not is_genesis(record):
            sequence = headers.get("ce_sequence", "")
            yield Read(
                record.offset,
                headers.get("ce_id", ""),
                headers.get("ce_subject", ""),
                int(sequence) if sequence.isdigit() else 0,
                record,
            )


def first_occurrences(partition: Partition) -> dict[str, list[int]]:
    """Stream -> its versions in the order in which each first occurs."""
    found: dict[str, dict[int, None]] = {}
    for read in events_of(partition):
        found.setdefault(read.stream, {}).setdefault(read.version)
    return {stream: list(versions) for stream, versions in found.items()}
