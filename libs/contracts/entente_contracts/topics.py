"""The topics of the log, declared once: their creation, the AsyncAPI document and the access rules follow from here."""

from dataclasses import dataclass
from datetime import timedelta

EVENT_LIMIT = 256 * 1024
"""The largest body of one event, in bytes."""

FRAME_LIMIT = 64 * 1024
"""What a record may be larger than its body, in bytes: its key, its attributes, the broker's own frame."""

REPLICATION = 3
"""Copies of every partition, on as many brokers."""
MUST_HAVE_IT = 2
"""How many copies there must be before a record counts as written."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A named part of the log that one service writes and any may read.

    `name` carries no generation: the log of generation 3 of `entente.gateway` is the Kafka topic `entente.gateway.g3`.
    """

    name: str
    owner: str
    about: str
    partitions: int = 6
    event_limit: int = EVENT_LIMIT

    @property
    def prefix(self) -> str:
        """What the names of all its generations in the broker begin with, and no other topic's does."""
        return f"{self.name}.g"

    def of_generation(self, generation: int) -> str:
        """The name that this topic has in the broker while `generation` is current."""
        return f"{self.name}.g{generation}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A topic between the gateway and foreign systems: fixed name, no generation, no store behind it.

    Its records are gone after `kept`, or when a partition is larger than `size_limit` bytes, and all of them with the broker: who sent one
    repeats it until there is a receipt.
    """

    name: str
    owner: str
    about: str
    partitions: int
    event_limit: int = EVENT_LIMIT
    kept: timedelta = timedelta(days=7)
    size_limit: int = 1024 * 1024 * 1024


GATEWAY = Topic("entente.gateway", "gateway", "Sources, their keys and rights, and what was refused and why", partitions=3)
OBSERVATIONS = Topic("entente.observations", "gateway", "What registered sources report of the world, as admitted")
STABILITY = Topic("entente.stability", "stability", "Assessments of countries, and warnings raised and lifted")
PARTNERSHIPS = Topic(
    "entente.partnerships", "partnerships", "Agreements and who is bound by them, bodies, channels, engagements, priorities"
)

TOPICS = (GATEWAY, OBSERVATIONS, STABILITY, PARTNERSHIPS)

INBOUND = Exchange("entente.inbound", "gateway", "Events of foreign systems as they sent them, before anything is believed", partitions=3)

REPLIES = "entente.replies."
"""What the names of all reply topics begin with."""


def replies_to(source: str) -> Exchange:
    """The topic on which one source, and nobody else, reads what became of the events that it sent to `INBOUND`."""
    return Exchange(REPLIES + source, "gateway", f"Receipts and refusals for {source}", partitions=1)


def broker_settings(topic: Topic | Exchange, replicas: int = REPLICATION) -> dict[str, str]:
    """The settings that a topic has in a broker, by Kafka's names, where each partition gets `replicas` copies.

    A topic of the log is kept for ever and a copy that lacks records never leads: an event once acknowledged stays.
    """
    kept, size_limit = ("-1", "-1")
    if isinstance(topic, Exchange):
        kept, size_limit = str(topic.kept // timedelta(milliseconds=1)), str(topic.size_limit)
    return {
        "cleanup.policy": "delete",
        "retention.ms": kept,
        "retention.bytes": size_limit,
        "min.insync.replicas": str(min(MUST_HAVE_IT, replicas)),
        "unclean.leader.election.enable": "false",
        "max.message.bytes": str(topic.event_limit + FRAME_LIMIT),
    }
