"""The gateway's second door: records of `entente.inbound`, judged by the same functions as requests, with the same receipts."""

import importlib.util
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cloudevents.core.bindings import kafka as sdk
from cloudevents.core.v1.event import CloudEvent as SdkEvent

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, json_format
from entente_contracts.events.gateway import PublicKey, Rights
from entente_contracts.receipts import RECEIPT_TYPE, Receipt
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.topics import GATEWAY, INBOUND, OBSERVATIONS, replies_to
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import StoredRecord
from entente_eventkit.receiving.declare import Received
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.store.because import Because
from entente_gateway.app import gateway
from entente_gateway.domain.changing_sources import REPORTABLE
from entente_gateway.domain.examined import ITEM_LIMIT
from entente_gateway.domain.source_commands import RegisterSource
from entente_gateway.intake.inbound import inbound
from entente_gateway.intake.record import item_of
from entente_gateway.intake.registered import SOURCE, claim_uri
from entente_gateway.intake.request import BEGINNING, Mode
from entente_testkit.brokers.raw import kafka_on, read_all, write_raw
from entente_testkit.brokers.waiting import until


def _law_7():
    spec = importlib.util.spec_from_file_location("law_7", Path(__file__).with_name("test_gateway_law_7.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BAD = _law_7().BAD
"""The table of the first door: what is bad there is bad here."""


def binary(event, *, key=b"k", offset=0):
    headers = tuple(
        ("content-type" if name == "datacontenttype" else f"ce_{name}", text.encode()) for name, text in event.attributes.items()
    )
    return StoredRecord(offset, key, headers, event.data)


def structured(sent, *, offset=0):
    body = sent if isinstance(sent, bytes) else json_format.write(sent)
    return StoredRecord(offset, None, (("content-type", http.STRUCTURED.encode()),), body)


@dataclass
class Door:
    """The intake on the gateway's store, past Kafka."""

    world: object

    def __post_init__(self):
        self.examine = inbound.begin()

    def take(self, *records):
        running = self.world.running
        decide = self.examine([Received(2, record) for record in records], running.clock.now())
        with running.database.writing() as connection, running.store.head(connection) as head:
            return decide(Acting(connection, head, running.clock))


@pytest.fixture
def door(world):
    return Door(world)


def last(world):
    return world.at(world.stored(GATEWAY)[-1].position)


@pytest.mark.parametrize("mode", ["binary", "structured"])
@pytest.mark.parametrize("bad", BAD)
def test_law_7_what_is_bad_is_bad_by_either_door(world, door, sender, make_sender, bad, mode):
    make, expected = BAD[bad]
    world.register(sender, types=["entente.observations.reported", "entente.observations.revised"], countries=["SDN"])
    sent = make if isinstance(make, bytes) else make(sender, make_sender)
    if mode == "binary" and isinstance(sent, bytes):
        sent = CloudEvent({"datacontenttype": "application/json"}, sent)
    record = structured(sent) if mode == "structured" else binary(sent)
    item = item_of(record)
    (by_http,) = world.send(sent) if mode == "structured" else [None]
    replies = door.take(record)

    event = world.at(world.kept(item.digest).position).data
    if mode == "structured" or not isinstance(make, bytes):
        assert (event.reason, event.signed_by) == (expected.reason, "ucdp" if expected.vouched else None)
    else:
        assert event.reason == "not_cloudevent"
    assert event.length == item.length
    kept = world.kept(item.digest)
    assert kept.bytes == item.kept
    assert [reply.to.name for reply in replies] == (["entente.replies.ucdp"] if expected.vouched else [])
    for reply in replies:
        told = json.loads(reply.value)
        assert (told["outcome"], told["reason"]) == ("quarantined", expected.reason)
        if by_http is not None:
            assert told == dict.fromkeys(told) | by_http
    assert len(world.stored(OBSERVATIONS)) == 0


@pytest.mark.parametrize("of", [binary, structured])
def test_an_admitted_record_is_answered_on_its_senders_topic_alone(world, door, sender, of):
    world.register(sender)
    event = sender.signed(id="desk 1")
    (reply,) = door.take(of(event, offset=7))
    receipt = Receipt.model_validate_json(reply.value)
    assert (receipt.outcome, receipt.id, receipt.source) == ("admitted", "desk 1", sender.uri)
    assert (reply.to.name, reply.key) == ("entente.replies.ucdp", b"desk 1")
    assert reply.headers["ce_type"] == RECEIPT_TYPE
    assert (reply.headers["ce_inboundpartition"], reply.headers["ce_inboundoffset"]) == ("2", "7")
    admitted = world.event(receipt.event)
    assert (admitted.origin.source, admitted.origin.id, admitted.origin.digest) == (sender.uri, "desk 1", receipt.digest)
    (again,) = door.take(of(event))
    assert json.loads(again.value) == json.loads(reply.value) | {"outcome": "duplicate"}


def test_one_event_by_both_doors_is_one_event(world, door, sender):
    world.register(sender)
    event = sender.signed()
    (first,) = world.send(event)
    replies = [json.loads(reply.value) for record in (structured(event), binary(event)) for reply in door.take(record)]
    assert [(told["outcome"], told["event"]) for told in replies] == [("duplicate", first["event"])] * 2
    assert replies[0]["digest"] == first["digest"]


def test_a_refused_sender_is_told_why_while_its_revoked_key_still_says_who_it_is(world, door, sender):
    world.register(sender)
    assert world.administrator.post("/gateway/sources/ucdp/keys/k1/revocation", json={"because": "lost"}).status_code == 201
    (reply,) = door.take(binary(sender.signed()))
    assert (reply.to.name, json.loads(reply.value)["reason"]) == ("entente.replies.ucdp", "revoked_key")


def test_a_stranger_is_told_nothing_and_makes_nobody_hear_anything(world, door, sender, make_sender):
    world.register(sender)
    other = make_sender(uri="//other", keyid="k2")
    world.register(other, "other")
    forged, unsigned, as_another = make_sender().signed(), sender.unsigned(), other.signed(source=sender.uri)
    assert door.take(binary(forged), structured(unsigned), binary(as_another)) == []
    assert len([stored for stored in world.stored(GATEWAY) if stored.stream.startswith("quarantine/")]) == 3


def test_the_same_bytes_sent_often_are_answered_once_a_batch(world, door, sender):
    world.register(sender)
    event = sender.signed()
    assert len(door.take(*[binary(event, offset=offset) for offset in range(5)])) == 1
    assert len(world.stored(OBSERVATIONS)) == 1


POISON = {
    "nothing at all": StoredRecord(0, None, (), None),
    "a tombstone": StoredRecord(0, b"k", (("ce_id", b"1"), ("ce_specversion", b"1.0")), None),
    "a null header": StoredRecord(0, b"k", (("ce_specversion", b"1.0"), ("ce_id", None)), b"{}"),
    "a header that is not UTF-8": StoredRecord(0, b"k", (("ce_specversion", b"1.0"), ("ce_id", b"\xff\xfe\x00")), b"{}"),
    "a content type that is not text": StoredRecord(0, b"k", (("content-type", b"\xff\x00"),), b"\x00\x01"),
    "a null content type": StoredRecord(0, b"k", (("content-type", None),), b"{}"),
    "a header twice": StoredRecord(0, b"k", (("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_id", b"2")), b"{}"),
    "an empty structured event": StoredRecord(0, b"k", (("content-type", b"application/cloudevents+json"),), b""),
    "a structured tombstone": StoredRecord(0, b"k", (("content-type", b"application/cloudevents+json"),), None),
    "a batch": StoredRecord(0, b"k", (("content-type", b"application/cloudevents-batch+json"),), b"[]"),
    "deep JSON": StoredRecord(0, b"k", (("content-type", b"application/cloudevents+json"),), b"[" * 100_000),
    "names that no attribute has": StoredRecord(0, b"k", (("ce_specversion", b"1.0"), ("ce_\x00\n: x", b"1")), b"{}"),
    "a type as a CloudEvents attribute": StoredRecord(0, b"k", (("ce_specversion", b"1.0"), ("ce_datacontenttype", b"a/b")), b"{}"),
    "more than an item may have": StoredRecord(0, b"k", (("ce_id", b"x" * ITEM_LIMIT),), b"y"),
}


@pytest.mark.parametrize(("name", "value"), [("ce_time", b"x" * 8_000), ("ce_" + "a" * 8_000, None), ("ce_" + "A" * 8_000, b"x")])
def test_a_record_that_is_long_in_one_place_ends_in_quarantine_alone(world, door, sender, name, value):
    world.register(sender)
    headers = (("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"//x"), ("ce_type", b"y"), (name, value))
    record = StoredRecord(0, b"k", headers, b"{}")
    (reply,) = door.take(record, binary(sender.signed()))
    assert json.loads(reply.value)["outcome"] == "admitted"
    assert world.kept(item_of(record).digest).bytes


SAID_OF = {"a header that is not UTF-8": "not_utf8", "a content type that is not text": "not_utf8", "deep JSON": "too_deep"}


@pytest.mark.parametrize("poison", POISON)
def test_whatever_a_record_holds_it_ends_in_quarantine_and_the_next_one_comes_in(world, door, sender, poison):
    world.register(sender)
    (reply,) = door.take(POISON[poison], binary(sender.signed()))
    assert json.loads(reply.value)["outcome"] == "admitted"
    item = item_of(POISON[poison])
    reason = world.at(world.kept(item.digest).position).data.reason
    assert reason == ("too_large" if len(item.kept) == BEGINNING else SAID_OF.get(poison, "not_cloudevent"))
    world.feed()


def test_no_two_records_have_the_same_bytes():
    one = (("ce_id", b"1"), ("ce_type", b"2"))
    records = [
        StoredRecord(0, None, one, b""),
        StoredRecord(0, None, one, None),
        StoredRecord(0, None, one[::-1], b""),
        StoredRecord(0, None, (("ce_id", b"1\r\nce_type: 2"),), b""),
        StoredRecord(0, None, (("ce_id", b"1%0D%0Ace_type: 2"),), b""),
        StoredRecord(0, None, (("ce_id", b""),), b""),
        StoredRecord(0, None, (("ce_id", None),), b""),
        StoredRecord(0, None, (("ce_id: ", None),), b""),
        StoredRecord(0, None, (("ce_id", b"1"),), b"ce_type: 2\r\n\r\n"),
    ]
    assert len({item_of(record).digest for record in records}) == len(records)


def test_what_is_kept_of_a_record_is_its_events_headers_and_its_value_and_nothing_else():
    headers = (("content-type", b"application/json"), ("authorization", b"Bearer x"), ("ce_id", "ä%".encode()), ("ce_time", None))
    item = item_of(StoredRecord(3, b"key", headers, b'{"a":\xff}'))
    assert item.mode is Mode.RECORD
    assert item.kept == b'content-type: application/json\r\nce_id: %C3%A4%25\r\nce_time\r\n\r\n{"a":\xff}'
    assert item.body == b'{"a":\xff}'


def test_what_the_official_sdk_writes_is_read(world, door, sender):
    world.register(sender)
    event = sender.signed()
    for write in (sdk.to_binary_event, sdk.to_structured_event):
        attributes = dict(event.attributes) | {"time": datetime(2023, 10, 3, tzinfo=UTC)}
        message = write(SdkEvent(attributes, event.data if write is sdk.to_binary_event else json.loads(event.data)))
        headers = tuple((name, text) for name, text in message.headers.items())
        (reply,) = door.take(StoredRecord(0, message.key, headers, message.value))
        assert json.loads(reply.value)["outcome"] in {"admitted", "duplicate"}, reply.value
    assert len(world.stored(OBSERVATIONS)) == 1


async def test_a_running_gateway_on_kafka_takes_in_answers_and_shows_its_lag(sender, tmp_path):
    with MockCluster() as cluster:
        cluster.create_topic(INBOUND.name, INBOUND.partitions)
        cluster.create_topic(replies_to("ucdp").name, 1)
        log = kafka_on(cluster, metadata_refresh=0.5)
        runtime = ServiceRuntime(gateway, f"sqlite:///{tmp_path / 'gateway.sqlite'}", SharedLog(log), SystemClock(), migrates=True)
        try:
            await runtime.start()
            await runtime.database.write(registering, runtime, sender)
            event = sender.signed()
            await write_raw(cluster.bootstrap, INBOUND.name, 1, (None, binary(event).headers, event.data))
            told = await until(lambda: replied(cluster))
            assert (told["outcome"], told["id"]) == ("admitted", event.attributes["id"])
            waits = [(lag.instance, lag.topic) for lag in await runtime.lag() if lag.topic == INBOUND.name]
            assert waits == [("inbound", "entente.inbound")]
            assert await runtime.ready() == []
        finally:
            await runtime.stop()


async def replied(cluster):
    found = (await read_all(cluster.bootstrap, replies_to("ucdp").name, 1))[0]
    return json.loads(found[0].value) if found else None


def registering(connection, runtime, sender):
    key = PublicKey(keyid=sender.keyid, algorithm=sender.algorithm, pem=sender.public.decode())
    command = RegisterSource("ucdp", sender.uri, None, "Uppsala", Rights(types=REPORTABLE), (key,), "a test")
    because = Because(causationid="request/test", correlationid="request/test", actor=Actor(AuthType.USER, "administrator"))
    with runtime.store.head(connection) as head:
        acting = Acting(connection, head, runtime.clock)
        claim_uri(acting, sender.uri, "ucdp")
        acting.execute(SOURCE, command, because)
