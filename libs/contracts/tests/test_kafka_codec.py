from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.codec import kafka
from entente_testkit.arbitrary import NAMES

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "subject": "stream/Ω", "datacontenttype": "application/json"}
HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"1"),
    ("ce_source", b"s"),
    ("ce_type", b"t"),
    ("ce_subject", "stream/Ω".encode()),
    ("ce_sequence", b"00000000000000000012"),
]


def without(name):
    return [(header, value) for header, value in HEADERS if header != name]


def refusal(headers, key=b"k", value=b"{}"):
    with pytest.raises(NotACloudEvent) as caught:
        kafka.from_kafka(key, headers, value)
    return str(caught.value)


def test_attributes_become_headers_and_the_subject_the_key():
    key, headers, value = kafka.to_kafka(CloudEvent(ATTRIBUTES, b"{}"))
    assert key == "stream/Ω".encode()
    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"1",
        "ce_source": b"s",
        "ce_type": b"t",
        "ce_subject": "stream/Ω".encode(),
        "content-type": b"application/json",
    }
    assert value == b"{}"


def test_the_partition_key_goes_before_the_subject():
    assert kafka.to_kafka(CloudEvent(ATTRIBUTES | {"partitionkey": "p"}, None))[0] == b"p"


def test_an_event_without_subject_and_partition_key_has_no_key():
    with pytest.raises(NotACloudEvent, match="set the subject"):
        kafka.to_kafka(CloudEvent({name: ATTRIBUTES[name] for name in ("specversion", "id", "source", "type")}, None))


@given(st.dictionaries(st.from_regex(r"[a-z0-9]{1,20}\Z", alphabet="abcxyz019"), NAMES), st.none() | st.binary(min_size=1))
def test_any_event_comes_back_from_a_record(more, data):
    event = CloudEvent(more | ATTRIBUTES | {"partitionkey": "p"}, data)
    assert kafka.from_kafka(*kafka.to_kafka(event)) == event


def test_the_key_becomes_the_partition_key_where_none_came():
    assert kafka.from_kafka("κ".encode(), HEADERS, b"").attributes["partitionkey"] == "κ"
    assert kafka.from_kafka(b"k", [*HEADERS, ("ce_partitionkey", b"p")], b"").attributes["partitionkey"] == "p"
    assert "partitionkey" not in kafka.from_kafka(None, HEADERS, b"").attributes


def test_headers_of_others_are_passed_over_whatever_they_hold():
    event = kafka.from_kafka(None, [*HEADERS, ("traceparent", None), ("x", b"\xff"), ("x", b"")], None)
    assert "x" not in event.attributes
    assert event.data is None


def test_protocol_14_a_null_header_is_named():
    assert "ce_subject is null" in refusal([*without("ce_subject"), ("ce_subject", None)])


def test_protocol_14_a_header_that_is_not_utf_8_is_named():
    assert "ce_subject is not UTF-8" in refusal([*without("ce_subject"), ("ce_subject", b"\xff")])


def test_a_header_that_stands_twice_is_named():
    assert "ce_id stands twice" in refusal([*HEADERS, ("ce_id", b"2")])


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_source", "ce_type"])
def test_a_missing_header_is_named(name):
    assert f"{name} is missing" in refusal(without(name))


def test_another_version_of_cloudevents_is_refused():
    assert "'0.3'" in refusal([*without("ce_specversion"), ("ce_specversion", b"0.3")])


def test_structured_mode_is_refused_by_name():
    assert "send it in binary mode" in refusal([("content-type", b"application/cloudevents+json")])


def test_a_key_that_is_not_utf_8_is_refused():
    assert "byte 1 of the key" in refusal(HEADERS, key=b"a\xff")


def test_routing_reads_what_decides_where_a_record_goes():
    assert kafka.routing(HEADERS) == kafka.Routing("t", "stream/Ω", 12, "1")


@pytest.mark.parametrize("name", ["ce_type", "ce_subject", "ce_sequence", "ce_id"])
def test_protocol_14_routing_names_the_header_that_it_misses_or_cannot_read(name):
    with pytest.raises(NotACloudEvent, match=f"{name} is missing"):
        kafka.routing(without(name))
    with pytest.raises(NotACloudEvent, match=f"{name} is null"):
        kafka.routing([*without(name), (name, None)])
    with pytest.raises(NotACloudEvent, match=f"{name} is not UTF-8"):
        kafka.routing([*without(name), (name, b"\xff")])


@pytest.mark.parametrize("sequence", ["", "-1", "1.0", "²", "1" * 21])
def test_routing_wants_a_sequence_of_digits(sequence):
    with pytest.raises(NotACloudEvent, match="ce_sequence"):
        kafka.routing([*without("ce_sequence"), ("ce_sequence", sequence.encode())])


@given(
    st.none() | st.binary(),
    st.lists(st.tuples(st.sampled_from([name for name, _ in HEADERS]) | st.text(), st.none() | st.binary())),
    st.none() | st.binary(),
)
def test_any_record_is_an_event_or_told_why_not(key, headers, value):
    with suppress(NotACloudEvent):
        kafka.from_kafka(key, headers, value)
    with suppress(NotACloudEvent):
        kafka.routing(headers)
