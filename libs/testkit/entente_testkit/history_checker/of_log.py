"""Rules about the log: everything is in it, in order, and as it was stored."""

from collections.abc import Iterator
from itertools import pairwise

from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.outgoing import stored_record
from entente_testkit.history_checker.records import events_of, first_occurrences, is_genesis
from entente_testkit.history_checker.seen import History, Partition


def stored_is_published(history: History) -> Iterator[str]:
    """What a store holds stands in the newest generation of its topic."""
    there = {read.id for partition in _newest(history) for read in events_of(partition)}
    for store in history.stores:
        for event in store.events:
            if event.id not in there:
                newest = history.newest.get(event.topic, 0)
                yield f"position {event.position} of {store.service} ({event.id}) is not in generation {newest} of {event.topic}"


def log_in_order(history: History) -> Iterator[str]:
    """In every generation a stream's events first occur in order of version."""
    for partition in history.log:
        for stream, versions in first_occurrences(partition).items():
            for earlier, later in pairwise(versions):
                if later < earlier:
                    yield f"{partition} has version {later} of {stream} for the first time behind version {earlier}"


def log_without_hole(history: History) -> Iterator[str]:
    """No generation holds a version of a stream without all before it."""
    for partition in history.log:
        for stream, versions in first_occurrences(partition).items():
            missing = sorted(set(range(1, max(versions) + 1)) - set(versions))
            if missing:
                yield f"{partition} has no version {missing[0]} of {stream}, but version {max(versions)}"


def log_is_the_store(history: History) -> Iterator[str]:
    """A record of the log is an event of its owner's store, byte for byte, in its stream's partition."""
    numbers: dict[tuple[str, int], int] = {}
    for partition in history.log:
        at = (partition.topic, partition.generation)
        numbers[at] = max(numbers.get(at, 0), partition.number + 1)
    for partition in history.log:
        store = history.owner_of(partition.topic)
        for read in events_of(partition):
            event = store.by_id.get(read.id) if store is not None else None
            where = f"{partition} offset {read.offset}"
            if event is None:
                yield f"{where} holds {read.id}, version {read.version} of {read.stream}, which no store has"
                continue
            meant = stored_record(event)
            if (read.record.key, dict(read.record.headers), read.record.value) != (meant.key, dict(meant.headers), meant.value):
                yield f"{where} holds {read.id} otherwise than its store"
            elif partition_of(event.stream, numbers[partition.topic, partition.generation]) != partition.number:
                yield f"{where} holds {event.stream}, which belongs to another partition"


def genesis_first(history: History) -> Iterator[str]:
    """A partition begins with its genesis record and has no other."""
    for partition in history.log:
        opening = [record.offset for record in partition.records if is_genesis(record)]
        if opening != [0] and (opening or partition in _newest(history)):
            yield f"{partition} has its genesis records at {opening or 'no offset'}; one at offset 0 is right"


def _newest(history: History) -> list[Partition]:
    return [one for one in history.log if one.generation == history.newest[one.topic]]
