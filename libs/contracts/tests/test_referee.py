"""The official CloudEvents SDK (2.2) reads what we write and we read what it writes.

It knows no batches, cuts times to microseconds, crashes on null headers, and turns the bytes of JSON data into Python values: so data
is compared as JSON, and attributes one by one.
"""

import json

import pytest
from cloudevents.core.bindings import http as sdk_http
from cloudevents.core.bindings import kafka as sdk_kafka
from cloudevents.core.v1.event import CloudEvent as SdkEvent
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts import rfc3339, signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, kafka
from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.recording import decode, encode
from entente_testkit import arbitrary

recorded_events = arbitrary.recorded(arbitrary.events())
PRIVATE, _ = signature.generate_key(KeyAlgorithm.ED25519)


def assert_same(ours: CloudEvent, theirs: SdkEvent) -> None:
    attributes = {name: rfc3339.to_text(value) if name == "time" else value for name, value in theirs.get_attributes().items()}
    assert attributes == dict(ours.attributes)
    data = theirs.get_data()
    assert (json.loads(data) if isinstance(data, bytes | str) else data) == json.loads(ours.data)


def as_theirs(ours: CloudEvent) -> SdkEvent:
    attributes = {name: rfc3339.from_text(value) if name == "time" else value for name, value in ours.attributes.items()}
    return SdkEvent(attributes, json.loads(ours.data))


def same_moment(read: CloudEvent, written: CloudEvent) -> CloudEvent:
    """What was read, its time written as we write it: the SDK leaves decimals out that are zero."""
    return CloudEvent({**read.attributes, "time": rfc3339.to_text(rfc3339.from_text(read.attributes["time"]))}, written.data)


@given(recorded_events)
def test_the_sdk_reads_our_kafka_records(recorded):
    event = encode(recorded)
    key, headers, value = kafka.to_kafka(event)
    assert_same(event, sdk_kafka.from_binary_event(sdk_kafka.KafkaMessage(headers=dict(headers), key=key, value=value)))


@given(recorded_events)
def test_we_read_the_kafka_records_of_the_sdk(recorded):
    event = encode(recorded)
    message = sdk_kafka.to_binary_event(as_theirs(event))
    key = message.key.encode() if isinstance(message.key, str) else message.key
    read = kafka.from_kafka(key, list(message.headers.items()), message.value)
    assert same_moment(read, event) == event
    assert decode(read) == recorded


@pytest.mark.parametrize(
    ("write", "read"),
    [(http.to_binary, sdk_http.from_binary_event), (http.to_structured, sdk_http.from_structured_event)],
    ids=["binary", "structured"],
)
@given(recorded=recorded_events)
def test_the_sdk_reads_our_http_requests(write, read, recorded):
    event = signature.sign(encode(recorded), PRIVATE, "k")
    assert_same(event, read(sdk_http.HTTPMessage(*write(event))))


@pytest.mark.parametrize("write", [sdk_http.to_binary_event, sdk_http.to_structured_event], ids=["binary", "structured"])
@given(recorded=recorded_events)
def test_we_read_the_http_requests_of_the_sdk(write, recorded):
    event = encode(recorded)
    message = write(as_theirs(event))
    [arrival] = http.parse(message.headers, message.body)
    assert same_moment(arrival.event, event) == event
    assert decode(arrival.event) == recorded


@given(st.binary(min_size=1))
def test_bytes_travel_through_the_sdk_in_structured_mode(data):
    attributes = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "datacontenttype": "application/octet-stream"}
    ours = CloudEvent(attributes, data)
    theirs = sdk_http.from_structured_event(sdk_http.HTTPMessage(*http.to_structured(ours)))
    assert theirs.get_data() == data
    message = sdk_http.to_structured_event(SdkEvent({**attributes, "time": rfc3339.from_text("2023-10-01T00:00:00Z")}, data))
    [arrival] = http.parse(message.headers, message.body)
    assert arrival.event == CloudEvent({**attributes, "time": "2023-10-01T00:00:00Z"}, data)
