"""Foreign systems over a secured Kafka: one judgement with HTTP's, and receipts that only their reader sees."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from confluent_kafka import Consumer, KafkaError
from sqlalchemy import select

from entente_backing.kafka import NativeCluster
from entente_backing.kafka.credentials import Credentials
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import json_format
from entente_contracts.topics import GATEWAY, INBOUND, OBSERVATIONS, replies_to
from entente_eventkit.log.access import Access
from entente_eventkit.runtime import ServiceRuntime
from entente_eventkit.storage.tables import checkpoint
from entente_testkit.brokers.waiting import until

_here = importlib.util.spec_from_file_location("inbound_conftest", Path(__file__).with_name("conftest.py"))
conftest = importlib.util.module_from_spec(_here)
_here.loader.exec_module(conftest)

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "publish_over_kafka.py"
WITHIN = 60.0


def who(cluster: NativeCluster, principal: str) -> dict[str, Any]:
    return {"bootstrap_servers": cluster.bootstrap, **Access.to(cluster.bootstrap, cluster.credentials / principal).for_client}


def record(event: CloudEvent) -> dict[str, Any]:
    headers = [("content-type" if name == "datacontenttype" else f"ce_{name}", text.encode()) for name, text in event.attributes.items()]
    return {"value": event.data, "headers": headers}


async def write(cluster: NativeCluster, source: str, *records: dict[str, Any]) -> None:
    async with AIOKafkaProducer(**who(cluster, f"source-{source}"), acks="all") as producer:
        for one in records:
            await producer.send_and_wait(INBOUND.name, **one)


def may_not_read(cluster: NativeCluster, principal: str, topic: str) -> bool:
    """Whether the brokers turn a principal away from a topic."""
    group = principal if principal.startswith("source-") else f"entente-{principal}"
    secrets = Credentials.read(cluster.credentials / principal).for_librdkafka()
    settings = {"bootstrap.servers": ",".join(cluster.bootstrap), "group.id": group, "log_level": 0, **secrets}
    consumer = Consumer(settings)
    try:
        consumer.subscribe([topic])
        answer = consumer.poll(WITHIN)
    finally:
        consumer.close()
    assert answer is not None, "neither a record nor a refusal"
    return answer.error() is not None and answer.error().code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


async def replies(cluster: NativeCluster, source: str) -> list[dict[str, Any]]:
    """What lies on a source's reply topic, as its reader sees it."""
    async with AIOKafkaConsumer(**who(cluster, f"source-{source}"), enable_auto_commit=False) as consumer:
        one = TopicPartition(replies_to(source).name, 0)
        consumer.assign([one])
        await consumer.seek_to_beginning(one)
        end = (await consumer.end_offsets([one]))[one]
        found: list[dict[str, Any]] = []
        while await consumer.position(one) < end:
            for record in (await consumer.getmany(one, timeout_ms=500)).get(one, []):
                found.append(json.loads(record.value))  # noqa: PERF401 - several fetches fill it
        return found


def stored(runtime: ServiceRuntime, topic: Any) -> list[Any]:
    with runtime.database.reading() as connection:
        return runtime.store.after(connection, 0, 10_000, [topic.name])


def admitted(runtime: ServiceRuntime, prefix: str) -> list[str]:
    """The foreign ids that begin so, of all that was admitted."""
    ids = [one.attributes["originid"] for one in stored(runtime, OBSERVATIONS)]
    return sorted(one for one in ids if one.startswith(prefix))


async def caught_up(runtime: ServiceRuntime) -> bool:
    return all(lag.events == 0 for lag in await runtime.lag() if lag.topic == INBOUND.name)


async def told(cluster: NativeCluster, source: str, *ids: str) -> list[dict[str, Any]]:
    """The receipts of these ids, once there are all."""

    async def there() -> list[dict[str, Any]] | None:
        found = [reply for reply in await replies(cluster, source) if reply["id"] in ids]
        return found if {reply["id"] for reply in found} >= set(ids) else None

    return await until(there, within=WITHIN)


async def test_what_is_published_over_kafka_is_admitted_or_refused_and_its_sender_alone_is_told(secure, start, senders, database) -> None:
    runtime = await start(database)
    ucdp, other = senders["ucdp"], senders["other"]
    await conftest.let_in(runtime, ucdp, other)
    good, structured, bad = ucdp.event("e2e-1"), ucdp.event("e2e-2"), ucdp.event("e2e-3", kind="odd")
    as_json = {"value": json_format.write(structured), "headers": [("content-type", b"application/cloudevents+json; charset=UTF-8")]}
    poison = [
        {"value": b"junk"},
        {"key": b"k", "value": None, "headers": [("ce_id", b"\xff\xfe")]},
        {"value": b"{}", "headers": [("ce_specversion", b"1.0"), ("ce_id", None)]},
        {"value": b"x" * 300_000, "headers": [("ce_specversion", b"1.0")]},
    ]
    await write(secure, "ucdp", record(good), *poison, as_json, record(bad), record(good))
    found = await told(secure, "ucdp", "e2e-1", "e2e-2", "e2e-3")
    await until(lambda: caught_up(runtime), within=WITHIN)
    by_id = {reply["id"]: reply for reply in found}
    assert (by_id["e2e-2"]["outcome"], by_id["e2e-3"]["outcome"], by_id["e2e-3"]["reason"]) == ("admitted", "quarantined", "invalid_data")
    assert admitted(runtime, "e2e-") == ["e2e-1", "e2e-2"]
    refused = [stored for stored in stored(runtime, GATEWAY) if stored.stream.startswith("quarantine/")]
    assert len(refused) == 5
    assert await replies(secure, "other") == []
    for stranger in ("source-other", "stability"):
        assert await asyncio.to_thread(may_not_read, secure, stranger, replies_to("ucdp").name)


async def test_a_gateway_that_died_between_its_transaction_and_the_receipts_tells_them_after_its_restart(
    secure, start, senders, database
) -> None:
    runtime = await start(database)
    await conftest.let_in(runtime, senders["ucdp"])
    receiver = runtime._receivers["inbound"]

    hung = asyncio.Event()

    async def hang(_: Any) -> None:
        hung.set()
        await asyncio.Event().wait()

    receiver._reply = hang
    await write(secure, "ucdp", record(senders["ucdp"].event("crash-1")))
    async with asyncio.timeout(WITHIN):
        await hung.wait()
    assert admitted(runtime, "crash-") == ["crash-1"]
    await runtime.stop()
    assert not [reply for reply in await replies(secure, "ucdp") if reply["id"] == "crash-1"]
    again = await start(database)
    (reply,) = await told(secure, "ucdp", "crash-1")
    assert reply["outcome"] == "duplicate"
    assert admitted(again, "crash-") == ["crash-1"]
    assert reply["event"] in {one.id for one in stored(again, OBSERVATIONS)}


async def test_two_replicas_share_the_partitions_and_admit_everything_once(secure, start, senders, database) -> None:
    if database.startswith("sqlite"):
        pytest.skip("PostgreSQL cannot run here, and a SQLite file has one process")
    one = await start(database)
    await conftest.let_in(one, senders["ucdp"])
    two = await start(database)
    events = [senders["ucdp"].event(f"twins-{number}") for number in range(60)]
    await write(secure, "ucdp", *[record(event) for event in [*events[:30], *events]])
    await told(secure, "ucdp", *[event.attributes["id"] for event in events])
    await until(lambda: caught_up(one), within=WITHIN)
    assert admitted(one, "twins-") == sorted(event.attributes["id"] for event in events)
    assert await one.ready() == []
    assert await two.ready() == []
    with one.database.reading() as connection:
        places = connection.execute(select(checkpoint.c.partition).where(checkpoint.c.instance == "intake/inbound")).scalars().all()
    assert sorted(places) == [0, 1, 2]


async def test_the_example_publishes_and_prints_its_receipt(secure, start, senders, database, tmp_path: Path) -> None:
    runtime = await start(database)
    ucdp = senders["ucdp"]
    await conftest.let_in(runtime, ucdp)
    key = tmp_path / "desk.pem"
    key.write_bytes(ucdp.private)
    arguments = [",".join(secure.bootstrap), str(secure.credentials / "source-ucdp"), "ucdp", conftest.SOURCES["ucdp"], str(key), "k1"]
    done = await asyncio.to_thread(subprocess.run, [sys.executable, str(EXAMPLE), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["id"], json.loads(done.stdout)["outcome"]) == ("reported-desk-119", "admitted")
    assert "entente_" not in EXAMPLE.read_text()
