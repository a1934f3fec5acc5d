"""A topic in the broker as it is declared: made so, and compared with it at every start."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InvalidReplicationFactorError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    for_code,
)

from entente_contracts.topics import Exchange, Topic, broker_settings
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.log.port import TopicExists


class TopicDiffers(CannotStart):
    """A topic is not as it is declared: what it holds might be dropped, or not be copied as often as promised."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a topic has, and what is declared for it, by Kafka's name of the setting."""

    topic: str
    setting: str
    found: str
    declared: str

    def __str__(self) -> str:
        return f"{self.topic} has {self.setting}={self.found}, declared is {self.declared}; {self._mend()}"

    def _mend(self) -> str:
        if self.setting == REPLICATION:
            return (
                "give the setting replicas the number of copies that this deployment has, or have the administrator reassign the partitions"
            )
        return f"have the administrator set it: kafka-configs --alter --topic {self.topic} --add-config {self.setting}={self.declared}"


REPLICATION = "replication.factor"


async def make(admin: AIOKafkaAdminClient, topic: Topic, generation: int, partitions: int, replicas: int) -> None:
    """Makes the topic of a generation; raises `TopicExists`, and `TopicDiffers` where the cluster cannot keep so many copies."""
    await _make(admin, topic.of_generation(generation), topic, partitions, replicas)


async def make_exchange(admin: AIOKafkaAdminClient, exchange: Exchange, replicas: int) -> None:
    """Makes the topic of an exchange; raises as `make` does."""
    await _make(admin, exchange.name, exchange, exchange.partitions, replicas)


async def _make(admin: AIOKafkaAdminClient, name: str, topic: Topic | Exchange, partitions: int, replicas: int) -> None:
    answer = await admin.create_topics([NewTopic(name, partitions, replicas, topic_configs=broker_settings(topic, replicas))])
    for _, code, reason in answer.topic_errors:
        error = for_code(code) if code else None
        if error is TopicAlreadyExistsError:
            raise TopicExists(name)
        if error in {InvalidReplicationFactorError, PolicyViolationError}:
            raise TopicDiffers(
                f"{name} cannot be made with {replicas} copies of each partition: {reason} Start more brokers, or say with the setting "
                f"replicas how many copies this deployment can keep"
            )
        if error is not None:
            raise error(name if error is TopicAuthorizationFailedError else f"topic {name}: {reason}")


async def differences(admin: AIOKafkaAdminClient, topic: Topic, generation: int, replicas: int) -> list[Difference]:
    """How the topic of a generation differs from its declaration; partitions are not compared, since they only cost a new generation."""
    name = topic.of_generation(generation)
    found = await _settings(admin, name)
    declared = broker_settings(topic, replicas)
    differ = [
        Difference(name, setting, found.get(setting, "nothing"), wanted)
        for setting, wanted in declared.items()
        if found.get(setting) != wanted
    ]
    (described,) = await admin.describe_topics([name])
    copies = sorted({len(partition["replicas"]) for partition in described["partitions"]})
    if copies not in ([], [replicas]):
        differ.append(Difference(name, REPLICATION, ",".join(map(str, copies)), str(replicas)))
    return differ


async def refuse_reading(admin: AIOKafkaAdminClient, group: str, topics: Sequence[Topic]) -> None:
    """Raises an authorization error where the group, or a topic among these, is not ours to read. Topics that we may not even see are not
    among those that a pattern finds, so they are asked for by name."""
    for described in await admin.describe_topics([topic.of_generation(1) for topic in topics]):
        if described["error_code"] == TopicAuthorizationFailedError.errno:
            raise TopicAuthorizationFailedError(described["topic"])
    for answer in await admin.describe_consumer_groups([group]):
        for code, name, *_ in answer.groups:
            if code == GroupAuthorizationFailedError.errno:
                raise GroupAuthorizationFailedError(name)


async def _settings(admin: AIOKafkaAdminClient, name: str) -> dict[str, str]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    found: dict[str, str] = {}
    for answer in answers:
        for code, reason, _, _, entries in answer.resources:
            if code:
                error = for_code(code)
                raise error(name if error is TopicAuthorizationFailedError else f"settings of {name}: {reason}")
            found |= {entry[0]: entry[1] for entry in entries}
    return found
