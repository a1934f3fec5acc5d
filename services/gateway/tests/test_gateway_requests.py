"""Requests in the three modes, what they may carry, and a receipt for each item."""

import hashlib
import threading

import pytest

from entente_contracts.codec import batch, http, json_format
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.store import encoding
from entente_eventkit.store.errors import EventTooLarge
from entente_gateway.domain.examined import ITEM_LIMIT
from entente_gateway.intake import request
from entente_gateway.intake.request import BATCH_LIMIT, BEGINNING, MOST_ITEMS

BATCH = {"content-type": http.BATCH}
STRUCTURED = {"content-type": http.STRUCTURED}


@pytest.mark.parametrize(
    "write", [http.to_binary, http.to_structured, lambda event: http.to_batch([event])], ids=["binary", "structured", "batch"]
)
def test_an_event_comes_in_by_each_mode(world, sender, write):
    world.register(sender)
    headers, body = write(sender.signed())
    (receipt,) = world.receipts(world.post(body, headers))
    assert receipt["outcome"] == "admitted"


def test_a_content_type_may_have_parameters_and_capitals(world, sender):
    world.register(sender)
    body = json_format.write(sender.signed())
    (receipt,) = world.receipts(world.post(body, {"content-type": "Application/CloudEvents+JSON; charset=UTF-8"}))
    (batched,) = world.receipts(world.post(b"[" + body + b"]", {"content-type": "application/CLOUDEVENTS-BATCH+json;charset=utf-8"}))
    assert (receipt["outcome"], batched["outcome"]) == ("admitted", "duplicate")


def test_a_charset_other_than_utf_8_is_not_read(world, sender):
    (receipt,) = world.receipts(world.post(json_format.write(sender.signed()), {"content-type": f"{http.STRUCTURED}; charset=utf-16"}))
    assert receipt["reason"] == "not_cloudevent"
    assert "utf-16" in receipt["detail"]


def test_the_receipts_stand_in_the_order_of_the_items(world, sender):
    world.register(sender)
    events = [sender.signed() if number % 3 else sender.unsigned() for number in range(30)]
    receipts = world.send(*events)
    assert [receipt["id"] for receipt in receipts] == [event.attributes["id"] for event in events]
    positions = [receipt["position"] for receipt in receipts]
    assert positions == sorted(positions)


def test_a_batch_is_taken_apart_beside_the_event_loop(world, sender, monkeypatch):
    threads = []
    elements = batch.elements

    def noting(*given):
        threads.append(threading.current_thread().name)
        return elements(*given)

    def reading(*given):
        loops.append(threading.current_thread().name)
        return mode_of(*given)

    loops = []
    mode_of = request.mode_of
    monkeypatch.setattr(batch, "elements", noting)
    monkeypatch.setattr(request, "mode_of", reading)
    world.send(sender.unsigned())
    assert len(threads) == len(loops) == 1
    assert threads != loops


def test_an_empty_batch_gets_no_receipts(world):
    assert world.send() == []
    assert world.stored() == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[1", b"[1] x", b'["x]', b"\xff\xfe", b"null"])
def test_a_batch_that_is_no_array_is_one_refused_item(world, body):
    (receipt,) = world.receipts(world.post(body, BATCH))
    reason = "not_utf8" if body == b"\xff\xfe" else "not_cloudevent"
    assert (receipt["reason"], receipt["digest"]) == (reason, hashlib.sha256(body).hexdigest())
    assert world.kept(receipt["digest"]).bytes == body


def test_an_item_is_kept_without_the_blanks_around_it_and_with_those_within(world):
    one, two = world.receipts(world.post(b' [ {"a" :  1}\n,\t2 ] ', BATCH))
    assert world.kept(one["digest"]).bytes == b'{"a" :  1}'
    assert world.kept(two["digest"]).bytes == b"2"


def test_one_bad_item_does_not_keep_the_others_out(world, sender):
    world.register(sender)
    receipts = world.send(sender.signed(), b'{"a":}', sender.signed())
    assert [receipt["outcome"] for receipt in receipts] == ["admitted", "quarantined", "admitted"]


def test_500_items_are_taken_and_501_are_not(world, sender):
    world.register(sender)
    items = [json_format.write(sender.unsigned()) for _ in range(MOST_ITEMS + 1)]
    refused = world.post(b"[" + b",".join(items) + b"]", BATCH)
    assert (refused.status_code, refused.json()["code"]) == (413, "too-many-items")
    assert len(world.stored()) == 2
    assert len(world.send(*items[:MOST_ITEMS])) == MOST_ITEMS


def test_an_item_of_256_kib_is_taken_and_one_byte_more_is_not(world, sender):
    world.register(sender)
    just = json_format.write(sender.unsigned())
    fill = ITEM_LIMIT - len(just)
    exact, above = just[:-1] + b" " * fill + b"}", just[:-1] + b" " * (fill + 1) + b"}"
    receipts = world.send(exact, above, sender.signed())
    assert [receipt["reason"] for receipt in receipts] == ["unsigned", "too_large", None]
    kept = world.kept(receipts[1]["digest"])
    assert (kept.bytes, kept.length) == (above[:BEGINNING], ITEM_LIMIT + 1)


@pytest.mark.parametrize("headers", [STRUCTURED, {"ce-id": "1", "ce-source": "//x"}], ids=["structured", "binary"])
def test_a_large_single_item_is_hashed_to_its_end_and_kept_by_its_beginning(world, headers):
    body = bytes(3 * ITEM_LIMIT)
    (receipt,) = world.receipts(world.post(body, headers))
    kept = world.kept(receipt["digest"])
    assert receipt["reason"] == "too_large"
    assert (len(kept.bytes), kept.length >= len(body)) == (BEGINNING, True)
    assert (receipt["id"], receipt["source"]) == (headers.get("ce-id"), headers.get("ce-source"))
    assert kept.bytes.endswith(bytes(1_000))


@pytest.mark.parametrize(("error", "reason"), [(ValueError("odd"), "invalid_data"), (EventTooLarge("too long"), "too_large")])
def test_what_the_store_would_not_take_is_refused_alone(world, sender, monkeypatch, error, reason):
    world.register(sender)
    good, bad = sender.signed(), sender.signed(sender.data(where={"country": "EGY"}))
    checked = encoding._fits if isinstance(error, EventTooLarge) else encoding.decode

    def choke(*asked):
        told = asked[0] if isinstance(asked[0], str) else asked[0].attributes["subject"]
        if "observation/ucdp/EGY" in told:
            raise error
        return checked(*asked)

    monkeypatch.setattr(encoding, checked.__name__, choke)
    receipts = world.send(good, bad, sender.signed())
    assert [receipt["reason"] for receipt in receipts] == [None, reason, None]


def test_a_request_above_the_limit_is_refused_before_it_is_read(world):
    answer = world.post(b"[]", {**BATCH, "content-length": str(BATCH_LIMIT + 1)})
    assert answer.status_code == 413
    assert world.stored() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json"},
        {"content-type": "application/cloudevents+avro"},
        {"content-type": "application/cloudevents"},
    ],
    ids=str,
)
def test_what_is_in_none_of_the_three_modes_is_415(world, headers):
    answer = world.post(b"{}", headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "not-cloudevents")
    assert "ce-" in answer.json()["mend"]


def test_binary_mode_is_kept_as_its_event_headers_and_body_and_nothing_else(world):
    sent = [
        (b"ce-source", b"//x"),
        (b"authorization", b""),
        (b"ce-id", b"caf\xe9"),
        (b"content-type", b"text/plain"),
        (b"cookie", b"secret"),
    ]
    (receipt,) = world.receipts(world.post(b"\x00\xff", [each for each in sent if each[0] != b"authorization"]))
    kept = world.kept(receipt["digest"]).bytes
    assert kept == b"ce-source: //x\r\nce-id: caf\xe9\r\ncontent-type: text/plain\r\n\r\n\x00\xff"
    assert receipt["digest"] == hashlib.sha256(kept).hexdigest()


def test_a_header_that_stands_twice_is_no_cloudevent(world, sender):
    world.register(sender)
    headers, body = http.to_binary(sender.signed())
    twice = [(name.encode(), value.encode()) for name, value in headers.items()] + [(b"ce-id", b"another")]
    (receipt,) = world.receipts(world.post(body, twice))
    assert receipt["reason"] == "not_cloudevent"
    assert "ce-id stands twice" in receipt["detail"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (b"[" * 5_000 + b"]" * 5_000, "too_deep"),
        (b'{"id":"\\ud800","source":"\\udfff\\u0000\\u202e"}', "not_cloudevent"),
        (b'{"id":"1","id":"2","specversion":"1.0"}', "duplicate_keys"),
        (b'{"specversion":"1.0","id":"1","source":"x","type":"y","data":NaN}', "not_cloudevent"),
        (b'{"specversion":"1.0","id":1e400,"source":"x","type":"y"}', "not_cloudevent"),
        (b'{"specversion":"1.0","id":"1","source":"x","type":"y","data_base64":"!"}', "not_cloudevent"),
        (b'{"id":' + b"9" * 5_000 + b"}", "not_cloudevent"),
        (b"\xef\xbb\xbf{}", "not_cloudevent"),
    ],
    ids=lambda item: item[:30].decode("latin-1") if isinstance(item, bytes) else item,
)
def test_strange_json_is_kept_and_told_apart(world, item, reason):
    (receipt,) = world.send(item)
    assert receipt["reason"] == reason
    assert world.kept(receipt["digest"]).bytes == item


def test_the_same_item_twice_in_one_request_is_kept_once(world, sender):
    world.register(sender)
    good, bad = sender.signed(), sender.unsigned()
    first, second, third, fourth = world.send(good, bad, good, bad)
    assert [receipt["outcome"] for receipt in (first, third)] == ["admitted", "duplicate"]
    assert second == fourth
    assert (world.kept(first["digest"]).times, world.kept(second["digest"]).times) == (1, 2)


def test_a_token_is_not_needed_and_a_wrong_one_is_refused(world, sender):
    wrong = world.anyone.post("/gateway/events", content=b"[]", headers={**BATCH, "authorization": "Bearer wrong"})
    assert wrong.status_code == 401


def test_what_was_acknowledged_is_in_the_store_when_the_receipt_is_there(world, sender):
    world.register(sender)
    receipts = world.send(*(sender.signed() for _ in range(5)))
    assert [(stored.position, stored.id) for stored in world.stored(OBSERVATIONS)] == [
        (receipt["position"], receipt["event"]) for receipt in receipts
    ]
    assert world.running.woken
