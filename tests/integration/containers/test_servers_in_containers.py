"""Kafka and PostgreSQL in containers, as tests get them."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import docker
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from entente_testkit.servers import containers
from entente_testkit.servers.containers import ContainerKafka, ContainerPostgres, cannot_run

pytestmark = [
    pytest.mark.skipif(cannot_run() is not None, reason=f"containers: {cannot_run()}"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def kafka() -> Iterator[ContainerKafka]:
    with ContainerKafka() as started:
        yield started


@pytest.fixture(scope="module")
def postgres() -> Iterator[ContainerPostgres]:
    with ContainerPostgres() as started:
        yield started


async def send(kafka: ContainerKafka, topic: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def read(kafka: ContainerKafka, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest", group_id=None)
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def make(kafka: ContainerKafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def test_a_node_in_a_container_is_reached_from_this_machine_and_keeps_its_records_over_a_kill(kafka: ContainerKafka) -> None:
    await make(kafka, "kept")
    await send(kafka, "kept", b"before")
    await asyncio.to_thread(kafka.kill)
    await asyncio.to_thread(kafka.restart)
    await send(kafka, "kept", b"after")
    assert await read(kafka, "kept", 2) == [b"before", b"after"]


async def test_a_paused_node_answers_again_when_it_goes_on(kafka: ContainerKafka) -> None:
    await make(kafka, "paused")
    kafka.pause()
    sending = asyncio.create_task(send(kafka, "paused", b"waited"))
    _, waiting = await asyncio.wait([sending], timeout=1)
    kafka.unpause()
    await sending
    assert waiting == {sending}
    assert await read(kafka, "paused", 1) == [b"waited"]


def test_each_database_has_a_role_that_nobody_else_can_use(postgres: ContainerPostgres) -> None:
    one, other = (postgres.new_database(name).replace("+psycopg", "") for name in ("one", "other"))
    with psycopg.connect(one, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (line text)")
        connection.execute("INSERT INTO kept VALUES ('here')")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(other.removesuffix("/other") + "/one")


def test_a_killed_server_comes_back_on_its_port_with_what_it_had_committed(postgres: ContainerPostgres) -> None:
    address = postgres.new_database("survivor").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    postgres.kill()
    postgres.restart()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_nothing_is_left_of_a_server_that_was_stopped() -> None:
    with ContainerPostgres() as server:
        name = server._container.get_container_id()
    with closing(docker.from_env()) as engine:
        assert name not in [each.id for each in engine.containers.list(all=True)]


def test_a_machine_without_an_engine_is_told_so_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert cannot_run() == "no Docker engine answers; infra/airgap/up.sh brings one up on Debian"


def test_an_image_that_nobody_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "KAFKA", "entente/never-built:0")
    assert cannot_run() == "there is no image entente/never-built:0, and no registry gives it; infra/airgap/up.sh builds it"
