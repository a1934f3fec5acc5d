import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts import strict_json
from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.codec import http
from entente_contracts.codec.http import Arrival, parse, render
from entente_testkit.arbitrary import NAMES, TEXT

ATTRIBUTES = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}
BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "s", "ce-type": "t"}
STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
extensions = st.dictionaries(st.from_regex(r"[a-z0-9]{1,20}\Z", alphabet="abcxyz019"), NAMES, max_size=4)


def structured(**members):
    return json.dumps(ATTRIBUTES | members).encode()


def event(headers, body):
    [arrival] = parse(headers, body)
    assert isinstance(arrival.event, CloudEvent), arrival.event
    return arrival.event


def refusal(headers, body=b""):
    [arrival] = parse(headers, body)
    assert isinstance(arrival.event, NotACloudEvent)
    return str(arrival.event)


@pytest.mark.parametrize("write", [http.to_binary, http.to_structured, lambda each: http.to_batch([each])])
@given(
    more=extensions,
    data=st.none() | st.binary(min_size=1) | json_values.map(strict_json.canonical),
    type=st.sampled_from(["application/json", "text/plain", "a/b+json; x=y"]),
)
def test_every_mode_brings_back_the_event(write, more, data, type):
    sent = CloudEvent(more | ATTRIBUTES | {"datacontenttype": type}, data)
    received = event(*write(sent))
    assert received.attributes == sent.attributes
    assert received.data == (None if data == b"null" and write is not http.to_binary and received.data is None else data)


def test_binary_mode_takes_the_body_as_sent():
    assert event(BINARY | {"Content-Type": "application/json"}, b'{ "a": 1.0 }') == CloudEvent(
        ATTRIBUTES | {"datacontenttype": "application/json"}, b'{ "a": 1.0 }'
    )


def test_structured_mode_has_the_canonical_form_of_its_data():
    assert event(STRUCTURED, structured(data={"b": 1.0, "a": "ü"})).data == '{"a":"ü","b":1}'.encode()


def test_structured_mode_has_the_bytes_of_its_base64_data():
    assert event(STRUCTURED, structured(data_base64="AAH/", datacontenttype="application/octet-stream")).data == b"\x00\x01\xff"


def test_text_data_of_another_type_than_json_is_its_own_bytes():
    assert event(STRUCTURED, structured(data="<a/>", datacontenttype="application/xml")).data == b"<a/>"
    assert event(STRUCTURED, structured(data="<a/>", datacontenttype="application/json")).data == b'"<a/>"'


def test_an_event_may_have_no_data():
    assert event(STRUCTURED, structured()).data is None
    assert event(STRUCTURED, structured(data=None)).data is None
    assert event(BINARY, b"").data is None


def test_attributes_of_structured_mode_become_text():
    found = event(STRUCTURED, structured(sampled=True, other=False, count=12, nothing=None))
    assert found.attributes == ATTRIBUTES | {"sampled": "true", "other": "false", "count": "12"}


def test_binary_mode_decodes_percent_encoding_and_quotes():
    found = event(BINARY | {"CE-Subject": "Euro%20%E2%82%AC%20%F0%9F%98%80", "ce-note": '"a \\"b\\" %25"', "ce-bare": "100% sure"}, b"")
    assert found.attributes == ATTRIBUTES | {"subject": "Euro € 😀", "note": 'a "b" %', "bare": "100% sure"}


def test_binary_mode_encodes_what_a_header_cannot_hold():
    headers, _ = http.to_binary(CloudEvent(ATTRIBUTES | {"subject": 'a "b" 50% €'}, None))
    assert headers["ce-subject"] == "a%20%22b%22%2050%25%20%E2%82%AC"


def test_the_media_type_decides_the_mode_whatever_its_case_and_parameters():
    assert event({"CONTENT-TYPE": "Application/CloudEvents+JSON; charset=UTF-8"}, structured()).attributes == ATTRIBUTES
    assert parse({"Content-Type": "application/cloudevents-batch+json;charset=utf-8"}, b"[]") == []


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ({}, b"{}", "neither headers ce-"),
        ({"content-type": "application/json"}, b"{}", "neither headers ce-"),
        ({"content-type": "application/cloudevents+xml"}, b"", "is not read"),
        ({"content-type": "application/cloudevents+json; charset=latin-1"}, b"", "send UTF-8"),
        (BINARY | {"ce-datacontenttype": "a/b"}, b"", "ce-datacontenttype is not allowed"),
        (BINARY | {"ce-subject": "%FF"}, b"", "once percent-decoded"),
        (BINARY | {"ce-subject": "é"}, b"", "more than ASCII"),
        (BINARY | {"ce-subject": "%00"}, b"", "U+0000"),
        (BINARY | {"ce-subject": ""}, b"", "subject is empty"),
        (BINARY | {"ce-time": "yesterday"}, b"", "attribute time"),
        (BINARY | {"ce-time": "2023-02-30T00:00:00Z"}, b"", "attribute time"),
        (BINARY | {"ce-time": "0001-01-01T00:00:00%2B09:00"}, b"", "years 1 to 9999"),
        (BINARY | {"ce-my_name": "x"}, b"", "lower-case letters"),
        (BINARY | {"ce-data": "x"}, b"", "is not allowed"),
        (BINARY | {"ce-specversion": "0.3"}, b"", "only 1.0"),
        (BINARY | {"ce-id": ""}, b"", "id is missing or empty"),
        ({"ce-id": "1"}, b"", "specversion is missing"),
        (STRUCTURED, b"", "not JSON"),
        (STRUCTURED, b"[]", "one JSON object"),
        (STRUCTURED, b"{}", "specversion is missing"),
        (STRUCTURED, structured(a={}), "'a' is neither text"),
        (STRUCTURED, structured(a=1.5), "'a' is neither text"),
        (STRUCTURED, structured(a=2**31), "'a' is neither text"),
        (STRUCTURED, structured(A="x"), "lower-case letters"),
        (STRUCTURED, structured(data=1, data_base64="AA=="), "send one of them"),
        (STRUCTURED, structured(data_base64="AA="), "not Base64"),
        (STRUCTURED, structured(data_base64="é"), "not Base64"),
        (STRUCTURED, structured(data_base64=1), "not Base64"),
        (STRUCTURED, b'{"id": "1", "id": "2"}', "stands twice"),
        (STRUCTURED, b'{"id": "\\ud800"}', "surrogate"),
        (STRUCTURED, structured(data=0).replace(b": 0", b": 1e400"), "no canonical form"),
        (STRUCTURED, b'{"data": ' + b"[" * 100_000, "nested too deep"),
        (STRUCTURED, structured(data=0).replace(b": 0", b": " + b"[" * 64 + b"]" * 64), "nested too deep"),
        (BATCH, b"{}", "one JSON array"),
        (BATCH, b"", "one JSON array"),
        (BATCH, b"[", "does not end"),
        (BATCH, b'["', "does not end"),
        (BATCH, b"[}", "something follows"),
        (BATCH, b"[] []", "something follows"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_cloudevent_is_told_why(headers, body, text):
    assert text in refusal(headers, body)


def test_a_bad_item_of_a_batch_is_refused_alone_and_kept_as_it_came():
    good = structured(data={"a": [1, 2, {"b": "]"}]}) + b" "
    items = [good, b"{}", b'{"id": }', b"\xff", b'"text"', b"[" * 3_000 + b"]" * 3_000, b"{ NaN }", good]
    arrivals = parse(BATCH, b" [" + b" ,\n".join(items) + b"]\n")
    assert [arrival.raw for arrival in arrivals] == [item.strip() for item in items]
    assert [isinstance(arrival.event, CloudEvent) for arrival in arrivals] == [True, *[False] * 6, True]


def test_a_batch_without_events_is_empty():
    assert parse(BATCH, b" [ \n ] ") == []


def test_a_batch_keeps_its_order():
    events = [CloudEvent(ATTRIBUTES | {"id": str(number)}, None) for number in range(5)]
    assert [arrival.event for arrival in parse(*http.to_batch(events))] == events


def test_the_raw_bytes_of_structured_mode_are_the_body():
    assert parse(STRUCTURED, b" { } ")[0].raw == b" { } "


def test_the_raw_bytes_of_binary_mode_are_rendered_the_same_whatever_the_order_of_headers():
    headers = BINARY | {"Content-Type": "application/json", "CE-Subject": "a%20b", "User-Agent": "x", "Authorization": "secret"}
    [arrival] = parse(headers, b"{}")
    assert arrival.raw == (
        b"ce-id: 1\r\nce-source: s\r\nce-specversion: 1.0\r\nce-subject: a%20b\r\nce-type: t\r\ncontent-type: application/json\r\n\r\n{}"
    )
    assert parse(dict(reversed(headers.items())), b"{}") == [arrival]
    assert render(headers, b"{}") == arrival.raw


anything = st.text(st.characters())


@given(
    st.dictionaries(
        st.sampled_from([*BINARY, "content-type", "ce-time", "ce-data", "ce-"]) | anything,
        anything | st.sampled_from(["1.0", *STRUCTURED.values()]),
    ),
    st.binary(),
)
def test_any_request_becomes_arrivals(headers, body):
    for each in (headers, STRUCTURED, BATCH, BINARY):
        arrivals = parse(each, body)
        assert all(isinstance(arrival, Arrival) for arrival in arrivals)
        for arrival in arrivals:
            str(arrival.event).encode()


@given(
    st.lists(json_values | st.dictionaries(st.sampled_from([*ATTRIBUTES, "data", "data_base64", "time", "datacontenttype"]), json_values)),
    st.randoms(),
)
def test_any_json_becomes_arrivals(values, random):
    body = json.dumps(values, ensure_ascii=random.random() < 0.5, indent=random.choice([None, 1])).encode()
    arrivals = parse(BATCH, body)
    assert [json.loads(arrival.raw) for arrival in arrivals] == values
    for arrival in arrivals:
        assert parse(STRUCTURED, arrival.raw)[0].event.__class__ is arrival.event.__class__


def test_data_that_is_nested_without_end_travels_as_base64():
    event = CloudEvent({"specversion": "1.0", "id": "1", "source": "//x", "type": "y"}, b"[" * 20_000 + b"]" * 20_000)
    _, body = http.to_structured(event)
    assert set(json.loads(body)) == {"specversion", "id", "source", "type", "data_base64"}
