"""Asks and changes a cluster, as its administrator."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from entente_backing.kafka.credentials import Credentials

_quiet = logging.getLogger(f"{__name__}.client")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


class Partition(Protocol):
    """Which node leads a partition, which should have a copy of it, and which have one that is whole."""

    leader: int
    replicas: Sequence[int]
    isrs: Sequence[int]


class Topic(Protocol):
    """A topic as the cluster knows it."""

    partitions: Mapping[int, Partition]


class Metadata(Protocol):
    """What a cluster says of itself: its id, its nodes by number, its topics by name."""

    cluster_id: str
    brokers: Mapping[int, object]
    topics: Mapping[str, Topic]


def admin_client(bootstrap: Sequence[str], credentials: Credentials | None) -> AdminClient:
    """A client for a cluster; it connects when first asked. Its own remarks (a node that is down) are left out: they come as errors."""
    settings: dict[str, Any] = {"bootstrap.servers": ",".join(bootstrap), "socket.timeout.ms": 10_000, "log_level": 0}
    if credentials is not None:
        settings |= credentials.for_librdkafka()
    return AdminClient(settings, logger=_quiet)


def metadata(bootstrap: Sequence[str], credentials: Credentials | None, within: float) -> Metadata | None:
    """What a cluster says of its nodes and topics; None where it does not answer within so many seconds."""
    try:
        return cast("Metadata", admin_client(bootstrap, credentials).list_topics(timeout=within))
    except KafkaException:
        return None
