"""Furnishes a secured cluster: passwords, rights, exchanges with foreign systems. May be repeated; what is right already stays."""

import re
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from entente_backing.kafka.admin import admin_client
from entente_backing.kafka.credentials import Credentials
from entente_backing.kafka.rights import May, On, Right, service_rights, source_principal, source_rights
from entente_backing.kafka.trouble import KafkaTrouble
from entente_contracts.topics import INBOUND, REPLICATION, Exchange, Topic, broker_settings, replies_to

ITERATIONS = 4096
_ANSWERS_WITHIN = 20.0
_SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Furnished:
    """What was done: the credentials' folders, by principal, how many rights were given and taken, and the topics that were made."""

    credentials: Mapping[str, Path]
    given: int
    taken: int
    topics: tuple[str, ...]


def provision(bootstrap: Sequence[str], admin: Credentials, folder: Path, reads: Mapping[str, Collection[Topic]]) -> Furnished:
    """Gives each service (`reads`: what it reads, by its name) its password and exactly its rights, and makes `entente.inbound`.

    `folder` gets a folder of credentials a principal; passwords that are there stay. Raises `KafkaTrouble` where the cluster refuses.
    """
    wanted = {service: service_rights(service, topics) for service, topics in reads.items()}
    return _furnish(bootstrap, admin, {service: folder / service for service in wanted}, wanted, INBOUND)


def invite(bootstrap: Sequence[str], admin: Credentials, folder: Path, source: str) -> Furnished:
    """Gives one foreign source its password, its rights and its reply topic; its credentials' folder is named like its principal."""
    if not _SOURCE.fullmatch(source):
        raise KafkaTrouble(
            f"{source!r} cannot be the name of a source", "use lower-case letters, digits and hyphens, as at its registration"
        )
    principal = source_principal(source)
    return _furnish(bootstrap, admin, {principal: folder / principal}, {principal: source_rights(source)}, INBOUND, replies_to(source))


def _furnish(
    bootstrap: Sequence[str],
    admin: Credentials,
    folders: Mapping[str, Path],
    wanted: Mapping[str, Collection[Right]],
    *exchanges: Exchange,
) -> Furnished:
    client = admin_client(bootstrap, admin)
    try:
        brokers = len(client.list_topics(timeout=_ANSWERS_WITHIN).brokers)
        made = tuple(exchange.name for exchange in exchanges if _made(client, exchange, min(REPLICATION, brokers)))
        authority = admin.ca.read_bytes()
        credentials = {principal: Credentials.settle(folder, principal, authority) for principal, folder in folders.items()}
        _set_passwords(client, credentials.values())
        given, taken = _set_rights(client, wanted)
    except KafkaException as refused:
        raise KafkaTrouble(
            f"the cluster at {','.join(bootstrap)} does not let {admin.username} furnish it: {_reason(refused)}",
            f"see that it runs and that {admin.folder} holds its administrator's credentials",
        ) from refused
    return Furnished(dict(folders), given, taken, made)


def _made(client: AdminClient, exchange: Exchange, replicas: int) -> bool:
    topic = NewTopic(exchange.name, exchange.partitions, replicas, config=broker_settings(exchange, replicas))
    try:
        _all_of(client.create_topics([topic]))
    except KafkaException as refused:
        error = _error(refused)
        if error is not None and error.code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False
        raise
    return True


def _set_passwords(client: AdminClient, credentials: Collection[Credentials]) -> None:
    """Every time anew: that a cluster knows a user says nothing about the password that it has for it."""
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    new: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(one.username, scram, one.password.encode()) for one in credentials
    ]
    _all_of(client.alter_user_scram_credentials(new))


def _set_rights(client: AdminClient, wanted: Mapping[str, Collection[Right]]) -> tuple[int, int]:
    """Gives what is missing and takes what is too much; gives how many of each."""
    given = taken = 0
    for principal, rights in wanted.items():
        has: Collection[AclBinding] = client.describe_acls(_all_of_principal(principal), request_timeout=_ANSWERS_WITHIN).result()
        should = {_binding(right) for right in rights}
        missing, too_much = [one for one in should if one not in has], [one for one in has if one not in should]
        if missing:
            _all_of(client.create_acls(missing))
        if too_much:
            _all_of(client.delete_acls([_exactly(one) for one in too_much]))
        given, taken = given + len(missing), taken + len(too_much)
    return given, taken


_ON = {On.TOPIC: ResourceType.TOPIC, On.GROUP: ResourceType.GROUP}
_MAY = {
    May.READ: AclOperation.READ,
    May.WRITE: AclOperation.WRITE,
    May.CREATE: AclOperation.CREATE,
    May.DESCRIBE: AclOperation.DESCRIBE,
    May.DESCRIBE_CONFIGS: AclOperation.DESCRIBE_CONFIGS,
}


def _binding(right: Right) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED if right.prefix else ResourcePatternType.LITERAL
    return AclBinding(_ON[right.on], right.name, pattern, f"User:{right.principal}", "*", _MAY[right.may], AclPermissionType.ALLOW)


def _all_of_principal(principal: str) -> AclBindingFilter:
    anything: Any = None  # the filter's way to say that any will do, which its types leave out
    return AclBindingFilter(
        ResourceType.ANY, anything, ResourcePatternType.ANY, f"User:{principal}", anything, AclOperation.ANY, AclPermissionType.ANY
    )


def _exactly(one: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(one.restype, one.name, one.resource_pattern_type, one.principal, one.host, one.operation, one.permission_type)


def _all_of(answers: Mapping[Any, "Future[Any]"]) -> None:
    for answer in answers.values():
        answer.result(_ANSWERS_WITHIN)


def _error(refused: KafkaException) -> KafkaError | None:
    return next((one for one in refused.args if isinstance(one, KafkaError)), None)


def _reason(refused: KafkaException) -> str:
    error = _error(refused)
    return str(refused) if error is None else error.str()
