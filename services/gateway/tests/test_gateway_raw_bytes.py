"""Whatever is sent: an answer below 500, a receipt an item, and the bytes kept as they came."""

import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente_contracts.codec import http, json_format
from entente_gateway.intake.request import MOST_ITEMS

CALM = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

NAMES = st.sampled_from(["ce-id", "ce-source", "ce-type", "ce-specversion", "ce-time", "ce-dssematerial", "ce-x", "ce-", "content-type"])
VALUES = st.one_of(
    st.sampled_from(
        [b"1.0", b"//x", b"", b"%FF%00", b'"quoted"', b"caf\xe9", http.BATCH.encode(), http.STRUCTURED.encode(), b"text/plain"]
    ),
    st.binary(max_size=40).map(lambda raw: bytes(byte for byte in raw if byte not in b"\r\n\x00")),
)
HEADERS = st.lists(st.tuples(NAMES.map(str.encode), VALUES), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["specversion", "id", "source", "type", "time", "data", "data_base64", "dssematerial", "x"]), JSON
)


def check_receipts(world, answer, expected):
    assert answer.status_code < 500, answer.text
    if answer.status_code != 202:
        assert answer.status_code in {400, 413, 415}
        assert answer.headers["content-type"] == "application/problem+json"
        return
    receipts = answer.json()["receipts"]
    if expected is not None:
        assert [receipt["digest"] for receipt in receipts] == [hashlib.sha256(item).hexdigest() for item in expected]
    for receipt in receipts:
        assert receipt["outcome"] == "quarantined"
        kept = world.kept(receipt["digest"])
        assert hashlib.sha256(kept.bytes).hexdigest() == receipt["digest"]
        assert kept.length == len(kept.bytes)


@given(headers=HEADERS, body=st.binary(max_size=300))
@CALM
def test_any_headers_and_bytes_get_an_answer_and_are_kept(world, headers, body):
    check_receipts(world, world.post(body, headers), None)


@given(body=st.binary(max_size=300))
@CALM
def test_any_bytes_as_a_structured_event_are_kept_exactly(world, body):
    check_receipts(world, world.post(body, {"content-type": http.STRUCTURED}), [body])


@given(items=st.lists(JSON | ATTRIBUTES, max_size=8))
@CALM
def test_any_json_in_a_batch_gets_a_receipt_an_item_and_is_kept_exactly(world, items):
    written = [json.dumps(item).encode() for item in items]
    answer = world.post(b"[" + b" ,\n".join(written) + b"]", {"content-type": http.BATCH})
    assert answer.status_code == 202
    check_receipts(world, answer, written)


@given(data=st.data())
@CALM
def test_a_signed_event_that_is_changed_anywhere_never_comes_in_as_something_else(world, signed_event, data):
    raw = bytearray(signed_event)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    answer = world.post(bytes(raw), {"content-type": http.STRUCTURED})
    assert answer.status_code == 202
    (receipt,) = answer.json()["receipts"]
    if receipt["outcome"] != "quarantined":
        assert receipt["id"] == "the-one"
    else:
        assert world.kept(receipt["digest"]).bytes == bytes(raw)


@given(count=st.integers(0, MOST_ITEMS + 2), blank=st.sampled_from([b"", b" ", b"\n\t"]))
@settings(CALM, max_examples=8)
def test_batches_of_any_length_get_as_many_receipts_or_413(world, count, blank):
    answer = world.post(b"[" + (b"," + blank).join([b"1"] * count) + b"]", {"content-type": http.BATCH})
    assert answer.status_code == (202 if count <= MOST_ITEMS else 413)
    if count <= MOST_ITEMS:
        assert len(answer.json()["receipts"]) == count


@pytest.fixture
def signed_event(world, sender):
    world.register(sender)
    return json_format.write(sender.signed(id="the-one"))
