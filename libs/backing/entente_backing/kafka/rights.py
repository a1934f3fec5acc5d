"""Who may do what in a cluster: the least that each principal needs, from the declared topics. Pure; `provision` puts it into force."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from entente_contracts.topics import INBOUND, REPLIES, TOPICS, Topic, replies_to


class On(StrEnum):
    """What a right is on."""

    TOPIC = "topic"
    GROUP = "group"


class May(StrEnum):
    """What a right allows, by Kafka's words. Reading and writing include asking what there is."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    DESCRIBE = "describe"
    DESCRIBE_CONFIGS = "describe_configs"


@dataclass(frozen=True, slots=True)
class Right:
    """One thing that a principal may do on the topic or group of this name, or on all whose names begin with it."""

    principal: str
    on: On
    name: str
    may: May
    prefix: bool = False


_WRITES = (May.CREATE, May.WRITE, May.DESCRIBE, May.DESCRIBE_CONFIGS)
"""What the owner of a topic does: makes its generations, checks their settings, writes. Only the administrator alters or deletes."""


def service_rights(service: str, reads: Collection[Topic]) -> frozenset[Right]:
    """The rights of a service: it makes, writes and looks at its own topics, and reads what it reads, in its own group."""
    own = [topic for topic in TOPICS if topic.owner == service]
    rights = {Right(service, On.TOPIC, topic.prefix, may, prefix=True) for topic in own for may in (*_WRITES, May.READ)}
    rights |= {Right(service, On.TOPIC, topic.prefix, may, prefix=True) for topic in reads for may in (May.READ, May.DESCRIBE)}
    rights.add(Right(service, On.GROUP, f"entente-{service}", May.READ))
    if service == INBOUND.owner:
        rights |= {Right(service, On.TOPIC, INBOUND.name, may) for may in (May.READ, May.DESCRIBE, May.DESCRIBE_CONFIGS)}
        rights |= {Right(service, On.TOPIC, REPLIES, may, prefix=True) for may in _WRITES}
        rights.add(Right(service, On.GROUP, f"entente-{service}-inbound", May.READ))
    return frozenset(rights)


def source_principal(source: str) -> str:
    """The principal of a foreign source; no service is named so."""
    return f"source-{source}"


def source_rights(source: str) -> frozenset[Right]:
    """The rights of a foreign source: it writes what it has to say, and reads what became of it, in a group of its own."""
    principal = source_principal(source)
    return frozenset({
        Right(principal, On.TOPIC, INBOUND.name, May.WRITE),
        Right(principal, On.TOPIC, INBOUND.name, May.DESCRIBE),
        Right(principal, On.TOPIC, replies_to(source).name, May.READ),
        Right(principal, On.TOPIC, replies_to(source).name, May.DESCRIBE),
        Right(principal, On.GROUP, principal, May.READ),
    })  # fmt: skip
