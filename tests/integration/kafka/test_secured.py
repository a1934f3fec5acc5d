"""A secured cluster: every service works with its own credentials, and whoever tries what is not its own is refused."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError, for_code
from aiokafka.errors import KafkaError as ClientError
from confluent_kafka import Consumer, KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from typer.testing import CliRunner

from entente_backing.kafka import NativeCluster, certificates
from entente_backing.kafka.admin import admin_client
from entente_backing.kafka.credentials import Credentials
from entente_backing.kafka.layout import Layout
from entente_contracts.topics import GATEWAY, INBOUND, OBSERVATIONS, STABILITY, replies_to
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.access import Access, Refused
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.port import Batch
from entente_eventkit.log.relay import Relay
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_platform.app import SERVICES
from entente_platform.command import app
from entente_testkit.brokers.stores import append, new_store, open_database
from entente_testkit.brokers.waiting import until
from entente_testkit.servers.kafka import cannot_run, kill

_ANSWERS_WITHIN = 15.0
UCDP, OTHER = "source-ucdp", "source-other"


def as_(cluster: NativeCluster, principal: str) -> dict[str, Any]:
    """What a plain client is told, to be this principal."""
    folder = cluster.credentials / principal
    return {"folder": folder, "bootstrap_servers": cluster.bootstrap, **Access.to(cluster.bootstrap, folder).for_client}


def plain(who: dict[str, Any]) -> dict[str, Any]:
    """The same for aiokafka's clients."""
    return {name: value for name, value in who.items() if name != "folder"}


def runtime(cluster: NativeCluster, service: Service, credentials: Path, folder: Path) -> ServiceRuntime:
    log = KafkaLog(cluster.bootstrap, credentials=credentials, replicas=1)
    return ServiceRuntime(service, f"sqlite:///{folder / service.name}.sqlite", SharedLog(log), SystemClock(), migrates=True)


def own_group(principal: str) -> str:
    return principal if principal.startswith("source-") else f"entente-{principal}"


async def write(who: dict[str, Any], topic: str, value: bytes = b"{}") -> None:
    async with AIOKafkaProducer(**plain(who), acks="all", enable_idempotence=True, request_timeout_ms=10_000) as producer:
        await producer.send_and_wait(topic, value, partition=0)


async def read(who: dict[str, Any], topic: str, group: str | None = None) -> bytes:
    """The first record of a topic, by a client that tells of what it may not."""
    settings = {
        "bootstrap.servers": ",".join(who["bootstrap_servers"]),
        "group.id": group or own_group(who["sasl_plain_username"]),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "log_level": 0,
        **Credentials.read(who["folder"]).for_librdkafka(),
    }

    def reading() -> bytes:
        consumer = Consumer(settings)
        try:
            consumer.subscribe([topic])
            record = consumer.poll(_ANSWERS_WITHIN)
            assert record is not None, "neither a record nor a refusal"
            error = record.error()
            if error is not None:
                raise for_code(error.code())(error.str())
            return record.value()
        finally:
            consumer.close()

    return await asyncio.to_thread(reading)


async def create(who: dict[str, Any], topic: str) -> None:
    await _answered(who, lambda admin: admin.create_topics([NewTopic(topic, 1, 1)]), lambda answer: answer.topic_errors[0][1])


async def delete(who: dict[str, Any], topic: str) -> None:
    await _answered(who, lambda admin: admin.delete_topics([topic]), lambda answer: answer.topic_error_codes[0][1])


async def alter(who: dict[str, Any], topic: str) -> None:
    changed = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1"})
    await _answered(who, lambda admin: admin.alter_configs([changed]), lambda answer: answer[0].resources[0][0])


async def _answered(who: dict[str, Any], ask: Callable[[AIOKafkaAdminClient], Awaitable[Any]], code: Callable[[Any], int]) -> None:
    admin = AIOKafkaAdminClient(**plain(who))
    await admin.start()
    try:
        found = code(await ask(admin))
    finally:
        await admin.close()
    if found:
        raise for_code(found)


@pytest.fixture(scope="module")
def worked(secure_node: NativeCluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sequence[str]]:
    """Every service was started with its own credentials, and what was written read by all; by service why it was not ready then."""
    folder = tmp_path_factory.mktemp("services")

    async def working() -> dict[str, Sequence[str]]:
        runtimes = [runtime(secure_node, service, secure_node.credentials / service.name, folder) for service in SERVICES]
        try:
            for one in runtimes:
                await one.start()
            await append(runtimes[0].store, "a", "b", "a", topic=GATEWAY)
            for one in runtimes:
                await until(lambda one=one: level(one), within=60)
            return {one.service.name: await one.ready() for one in runtimes}
        finally:
            for one in runtimes:
                await one.stop()

    async def level(one: ServiceRuntime) -> bool:
        return all(lag.events == 0 for lag in await one.lag())

    return asyncio.run(working())


def test_every_service_starts_and_works_with_its_own_credentials(worked: dict[str, Sequence[str]]):
    assert worked == {service.name: [] for service in SERVICES}


async def test_foreign_events_go_in_and_receipts_come_back_to_their_source_alone(secure_node: NativeCluster):
    ucdp, gateway = as_(secure_node, UCDP), as_(secure_node, "gateway")
    await write(ucdp, INBOUND.name, b"what a source has to say")
    assert await read(gateway, INBOUND.name, "entente-gateway-inbound") == b"what a source has to say"
    await write(gateway, replies_to("ucdp").name, b"its receipt")
    assert await read(ucdp, replies_to("ucdp").name, UCDP) == b"its receipt"


FORBIDDEN = {
    "a service writes another's topic": ("stability", write, GATEWAY.of_generation(1)),
    "a service makes a generation of another's topic": ("stability", create, OBSERVATIONS.of_generation(99)),
    "a service makes a topic of no service": ("stability", create, "entente.nobody.g1"),
    "a service makes a topic that begins like its own without being a generation": ("stability", create, "entente.stability-too.g1"),
    "a service alters another's topic": ("stability", alter, GATEWAY.of_generation(1)),
    "a service alters its own topic, which is declared elsewhere": ("gateway", alter, GATEWAY.of_generation(1)),
    "a service deletes its own topic": ("gateway", delete, GATEWAY.of_generation(1)),
    "a service reads what it does not read": ("gateway", read, STABILITY.of_generation(1)),
    "a service reads a reply topic": ("stability", read, replies_to("ucdp").name),
    "the gateway reads a reply topic": ("gateway", read, replies_to("ucdp").name),
    "a service reads what foreign systems wrote": ("stability", read, INBOUND.name),
    "a service writes as if it were a foreign system": ("stability", write, INBOUND.name),
    "the gateway writes as if it were a foreign system": ("gateway", write, INBOUND.name),
    "a source reads what sources write": (UCDP, read, INBOUND.name),
    "a source reads the replies to another": (UCDP, read, replies_to("other").name),
    "a source writes replies": (UCDP, write, replies_to("ucdp").name),
    "a source writes the log": (UCDP, write, OBSERVATIONS.of_generation(1)),
    "a source reads the log": (UCDP, read, OBSERVATIONS.of_generation(1)),
    "a source makes a reply topic": (UCDP, create, replies_to("third").name),
}


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(("who", "tries", "topic"), FORBIDDEN.values(), ids=FORBIDDEN)
async def test_what_is_not_one_s_own_is_refused(
    secure_node: NativeCluster, who: str, tries: Callable[[dict[str, Any], str], Awaitable[object]], topic: str
):
    with pytest.raises(TopicAuthorizationFailedError):
        await tries(as_(secure_node, who), topic)


@pytest.mark.parametrize(
    ("who", "topic", "group"),
    [
        ("stability", OBSERVATIONS.of_generation(1), "entente-gateway"),
        ("gateway", GATEWAY.of_generation(1), "entente-stability"),
        ("gateway", GATEWAY.of_generation(1), "entente-gateway2"),
        (UCDP, replies_to("ucdp").name, OTHER),
        (UCDP, replies_to("ucdp").name, "entente-gateway-inbound"),
    ],
)
async def test_a_group_that_is_not_one_s_own_is_refused(secure_node: NativeCluster, who: str, topic: str, group: str):
    with pytest.raises(GroupAuthorizationFailedError):
        await read(as_(secure_node, who), topic, group)


async def test_nobody_but_the_administrator_gives_rights_or_passwords(secure_node: NativeCluster):
    client = admin_client(secure_node.bootstrap, Credentials.read(secure_node.credentials / "gateway"))
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    (answer,) = client.alter_user_scram_credentials([UserScramCredentialUpsertion("admin", scram, b"mine now")]).values()
    with pytest.raises(KafkaException) as refused:
        answer.result(10)
    assert refused.value.args[0].code() == KafkaError.CLUSTER_AUTHORIZATION_FAILED


async def refusal(cluster: NativeCluster, folder: Path | None) -> str:
    log = KafkaLog(cluster.bootstrap, credentials=folder, replicas=1)
    try:
        with pytest.raises(Refused) as refused:
            await log.start()
        return str(refused.value)
    finally:
        await log.stop()


def copy(cluster: NativeCluster, principal: str, folder: Path, **changed: str) -> Path:
    """A folder of credentials in which something is different."""
    folder.mkdir()
    for name in ("ca.pem", "username", "password"):
        (folder / name).write_text(changed.get(name.partition(".")[0], (cluster.credentials / principal / name).read_text()))
    return folder


async def test_a_wrong_password_keeps_a_service_from_starting_and_is_told_with_its_folder(secure_node: NativeCluster, tmp_path: Path):
    wrong = copy(secure_node, "gateway", tmp_path / "wrong", password="guessed")  # noqa: S106 - none that anybody has
    said = await refusal(secure_node, wrong)
    assert f"does not know the user gateway with the password in {wrong}" in said
    assert "guessed" not in said


async def test_a_user_that_nobody_provisioned_is_turned_away(secure_node: NativeCluster, tmp_path: Path):
    assert "does not know the user intelligence" in await refusal(
        secure_node, copy(secure_node, "gateway", tmp_path / "unknown", username="intelligence")
    )


async def test_a_cluster_that_another_authority_vouches_for_is_not_trusted(secure_node: NativeCluster, tmp_path: Path):
    other = certificates.settle(tmp_path / "authority", "kafka-node").decode()
    assert "shows a certificate that" in await refusal(secure_node, copy(secure_node, "gateway", tmp_path / "other", ca=other))


async def test_without_tls_nothing_is_answered_and_the_setting_is_named(secure_node: NativeCluster):
    assert "kafka_credentials" in await refusal(secure_node, None)


async def test_nodes_among_themselves_answer_nobody_without_a_certificate_of_theirs(secure_node: NativeCluster):
    layout = Layout.read(secure_node.folder)
    assert layout is not None
    trust = ssl.create_default_context(cafile=str(secure_node.credentials / "gateway" / "ca.pem"))
    for inner in (layout.ports[0].nodes, layout.ports[0].controllers):
        reader, writer = await asyncio.open_connection("127.0.0.1", inner, ssl=trust)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            assert await reader.read(1), "closed"
        writer.close()


async def test_a_service_with_another_s_credentials_does_not_start_and_says_what_is_missing(secure_node: NativeCluster, tmp_path: Path):
    gateway, stability = (next(one for one in SERVICES if one.name == name) for name in ("gateway", "stability"))
    one = runtime(secure_node, stability, secure_node.credentials / gateway.name, tmp_path)
    try:
        with pytest.raises(Refused, match=r"do not give the user gateway the rights on the topics entente\.stability"):
            await one.start()
    finally:
        await one.stop()


async def test_secrets_are_for_their_owner_alone_and_on_no_command_line(secure_node: NativeCluster):
    secrets = {Credentials.read(folder).password for folder in secure_node.credentials.iterdir()}
    assert len(secrets) == 6
    for file in secure_node.credentials.rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file
    for file in (secure_node.folder / "certificates").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
    said = [(Path("/proc") / pid / "cmdline").read_text() for pid in (str(secure_node.pid(1)), "self")]
    assert not [one for one in secrets if any(one in line for line in said)]
    assert not list(secure_node.folder.rglob("administrator"))
    says = (secure_node.folder / "node-1" / "node.log").read_text(errors="replace")
    assert not [one for one in secrets if one in says]


def test_any_cluster_is_provisioned_and_a_source_invited_through_the_command(secure_node: NativeCluster, tmp_path: Path):
    """As in containers: all that is known are its addresses and its administrator's credentials."""
    where = ["--bootstrap", ",".join(secure_node.bootstrap), "--admin", str(secure_node.credentials / "admin")]
    done = CliRunner().invoke(app, ["kafka", "provision", *where, "--credentials", str(secure_node.credentials), "--json"])
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["given"] == 0
    invited = CliRunner().invoke(app, ["kafka", "invite", "third", *where, "--credentials", str(tmp_path)])
    assert invited.exit_code == 0, invited.stderr
    assert "source-third: credentials in" in invited.stdout
    assert "topics made: entente.replies.third" in invited.stdout
    assert Credentials.read(tmp_path / "source-third").password not in invited.stdout + invited.stderr
    wrong = CliRunner().invoke(
        app, ["kafka", "provision", *where[:3], str(tmp_path / "source-third"), "--credentials", str(tmp_path / "none"), "--json"]
    )
    assert wrong.exit_code == 1
    assert "does not let source-third furnish it" in json.loads(wrong.stderr)["detail"]


@pytest.mark.timeout(400)
def test_three_secured_nodes_are_started_by_the_command_and_take_what_a_service_writes_while_one_is_away(tmp_path: Path):
    lacking = cannot_run()
    if lacking is not None:
        pytest.skip(lacking)
    folder = tmp_path / "kafka"
    try:
        done = CliRunner().invoke(app, ["kafka", "up", "--nodes", "3", "--secure", "--dir", str(folder), "--json"])
        assert done.exit_code == 0, done.stderr
        found = json.loads(done.stdout)
        assert [node["answers"] for node in found["nodes"]] == [True, True, True]
        credentials = Path(found["credentials"])
        assert {one.name for one in credentials.iterdir()} == {"admin", *(service.name for service in SERVICES)}
        cluster = NativeCluster(folder, 3, secure=True)

        async def writing() -> dict[int, int]:
            log = KafkaLog(cluster.bootstrap, credentials=credentials / "gateway")
            database = open_database(tmp_path, "gateway")
            store = new_store(database, SystemClock())
            try:
                relay = Relay(log, database, store, GATEWAY)
                await relay.prepare()
                await asyncio.to_thread(kill, cluster, 1)
                await append(store, "a", "b", "a")
                await until(lambda: published(relay), within=90)
                return await until(lambda: ends(log), within=90)
            finally:
                await log.stop()
                database.close()

        assert sum(asyncio.run(writing()).values()) == GATEWAY.partitions + 3
    finally:
        for node in (1, 2, 3):
            kill(NativeCluster(folder, 3, secure=True), node)


async def ends(log: KafkaLog) -> dict[int, int] | None:
    """Where the partitions end, once each has a leader again."""
    try:
        return await log.ends(GATEWAY.of_generation(1))
    except (ClientError, TimeoutError):
        return None


async def published(relay: Relay) -> bool:
    try:
        return await relay.publish() == 3
    except (ClientError, TimeoutError):
        return False


async def test_provisioning_again_changes_nothing_and_takes_rights_that_are_no_longer_declared(secure_node: NativeCluster):
    reads = {service.name: service.reads for service in SERVICES}
    before = {service: (secure_node.credentials / service / "password").read_text() for service in reads}
    again = secure_node.provision(reads)
    assert (again.given, again.taken, again.topics) == (0, 0, ())
    more = secure_node.provision(reads | {"gateway": (*reads["gateway"], STABILITY)})
    assert (more.given, more.taken) == (2, 0)
    less = secure_node.provision(reads)
    assert (less.given, less.taken) == (0, 2)
    assert {service: (secure_node.credentials / service / "password").read_text() for service in reads} == before


async def test_a_reader_whose_rights_are_taken_away_says_so_and_goes_on_when_they_are_back(
    secure_node: NativeCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("entente_eventkit.log.connection.HOLDS", 3.0)
    topic = replace(OBSERVATIONS, name="entente.observations.gone", partitions=1)
    log = KafkaLog(secure_node.bootstrap, credentials=secure_node.credentials / "gateway", replicas=1, metadata_refresh=0.5)
    admin = admin_client(secure_node.bootstrap, secure_node.admin)
    read: list[int] = []

    async def take(batch: Batch) -> None:
        read.extend(record.offset for record in batch.records)

    reading = asyncio.create_task(log.read("entente-gateway", [topic], FromTheFirst(), take))
    try:
        await log.create(topic, 1, 1)
        await log.send(topic.of_generation(1), genesis(topic, 1, 1))
        await until(lambda: read == [0], within=40)
        for answer in admin.delete_acls([rights_on(OBSERVATIONS.prefix, AclOperation.READ)]).values():
            assert len(answer.result(10)) == 1
        (told,) = await until(log.alarms, within=40)
        assert "do not give the user gateway the rights on the topics entente.observations.gone.g1" in told
        await log.send(topic.of_generation(1), genesis(topic, 1, 1))
        secure_node.provision({service.name: service.reads for service in SERVICES})
        await until(lambda: read == [0, 1], within=40)
        await until(lambda: not log.alarms(), within=40)
    finally:
        secure_node.provision({service.name: service.reads for service in SERVICES})
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await log.stop()


class FromTheFirst:
    """A reader that has nothing yet."""

    async def next(self, topic: str, generation: str, partition: int) -> int:  # noqa: ARG002 - asked by place, whatever the place
        return 0


def rights_on(prefix: str, may: AclOperation) -> AclBindingFilter:
    return AclBindingFilter(ResourceType.TOPIC, prefix, ResourcePatternType.PREFIXED, "User:gateway", None, may, AclPermissionType.ALLOW)


async def test_a_relay_whose_rights_are_taken_away_says_so_and_goes_on_when_they_are_back(secure_node: NativeCluster, tmp_path: Path):
    topic = replace(GATEWAY, name="entente.gateway.gone", partitions=1)  # its generations begin like those of the gateway's own topic
    database = open_database(tmp_path, "gateway")
    store = new_store(database, SystemClock())
    log = KafkaLog(secure_node.bootstrap, credentials=secure_node.credentials / "gateway", replicas=1)
    relay = Relay(log, database, store, topic)
    admin = admin_client(secure_node.bootstrap, secure_node.admin)
    running = asyncio.create_task(asyncio.sleep(0))
    try:
        await relay.prepare()
        running = asyncio.create_task(relay.run())
        for answer in admin.delete_acls([rights_on(GATEWAY.prefix, AclOperation.WRITE)]).values():
            assert len(answer.result(10)) == 1
        await append(store, "a", topic=topic)
        relay.wake()
        told = await until(lambda: relay.refused)
        assert "do not give the user gateway the rights on the topics entente.gateway.gone.g1" in told
        assert secure_node.provision({service.name: service.reads for service in SERVICES}).given == 1
        await until(lambda: relay.refused is None)
        assert await log.ends(topic.of_generation(1)) == {0: 2}
    finally:
        secure_node.provision({service.name: service.reads for service in SERVICES})
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await log.stop()
        database.close()
