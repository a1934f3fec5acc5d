"""The first record of every partition: it says whose log this is, and of which generation."""

import json

from entente_contracts.topics import Topic
from entente_eventkit.log.port import GENESIS_TYPE, Outgoing, Record

_TYPE = "ce_type"


def genesis(topic: Topic, generation: int, partitions: int) -> list[Outgoing]:
    """One record a partition, to be written before anything else and never again."""
    return [_record(topic, generation, partition, partitions) for partition in range(partitions)]


def is_genesis(record: Record, topic: Topic, generation: int, partition: int, partitions: int) -> bool:
    """Whether this is the record that the partition of this generation must begin with."""
    expected = _record(topic, generation, partition, partitions)
    return dict(record.headers).get(_TYPE) == GENESIS_TYPE.encode() and record.key == expected.key and record.value == expected.value


def _record(topic: Topic, generation: int, partition: int, partitions: int) -> Outgoing:
    name = topic.of_generation(generation)
    about = {"generation": generation, "partition": partition, "partitions": partitions, "topic": topic.name}
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": f"{name}/{partition}",
        "ce_source": f"entente/{topic.owner}",
        "ce_type": GENESIS_TYPE,
        "ce_subject": name,
    }
    return Outgoing(partition, name.encode(), headers, json.dumps(about, separators=(",", ":"), sort_keys=True).encode(), position=0)
