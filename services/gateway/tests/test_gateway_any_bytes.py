"""Whatever arrives, in whatever shape: an answer, one receipt an item, and the very bytes kept."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from entente_contracts.codec import batch, http, json_format
from entente_gateway.domain.examined import ITEM_LIMIT
from entente_gateway.intake.request import BEGINNING, MOST_ITEMS

MUTATED = 5_000
SEED = 20_231_009
OUTCOMES = {"admitted", "duplicate", "quarantined"}
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
almost_events = st.fixed_dictionaries(
    {},
    optional={
        "specversion": st.sampled_from(["1.0", "0.3", 1, ""]),
        "id": st.text(max_size=30) | st.integers(),
        "source": st.text(max_size=30),
        "type": st.sampled_from(["entente.observations.reported.v2", "x", ""]),
        "time": st.text(max_size=30) | st.just("2023-10-03T00:00:00Z"),
        "dssematerial": st.text(max_size=30) | st.binary(max_size=30).map(repr),
        "data": json_values,
        "data_base64": st.text(max_size=20),
    },
)
items = st.one_of(
    st.binary(max_size=200),
    json_values.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
    almost_events.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
    almost_events.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-16")),
    st.integers(1, 200).map(lambda depth: b"[" * depth + b"]" * depth),
)
header_values = st.binary(min_size=1, max_size=40).filter(lambda value: not {b"\r", b"\n", b"\0"} & {bytes([byte]) for byte in value})
headers = st.lists(
    st.tuples(
        st.sampled_from([b"ce-id", b"ce-type", b"ce-source", b"ce-specversion", b"ce-time", b"ce-dssematerial", b"ce-x", b"content-type"]),
        header_values
        | st.sampled_from([b"1.0", b"application/json", b"application/cloudevents+json", b"application/cloudevents-batch+json"]),
    ),
    max_size=8,
)


def check_kept(world: Any, receipt: dict[str, Any], sent: bytes) -> None:
    assert receipt["outcome"] in OUTCOMES
    assert receipt["digest"] == hashlib.sha256(sent).hexdigest()
    assert (receipt["reason"] is None, receipt["mend"] is None) == (receipt["outcome"] != "quarantined",) * 2
    if receipt["outcome"] == "quarantined":
        kept = world.kept(receipt["digest"])
        assert (kept.bytes, kept.length) == (sent if len(sent) <= ITEM_LIMIT else sent[:BEGINNING], len(sent))


@MANY
@given(item=items)
def test_any_bytes_as_one_structured_item_get_one_receipt_and_are_kept(world, item):
    answer = world.post(item, {"content-type": http.STRUCTURED})
    (receipt,) = world.receipts(answer)
    check_kept(world, receipt, item)


@MANY
@given(parts=st.lists(items, max_size=6))
def test_a_batch_of_anything_gets_one_receipt_an_item_in_its_order(world, parts):
    body = b"[" + b",".join(parts) + b"]"
    receipts = world.receipts(world.post(body, {"content-type": http.BATCH}))
    try:
        sent = batch.elements(body)
    except ValueError:
        sent = [body]
    assert len(receipts) == len(sent)
    for receipt, item in zip(receipts, sent, strict=True):
        check_kept(world, receipt, item)


@MANY
@given(sent=headers, body=st.binary(max_size=100))
def test_any_headers_with_any_body_are_answered_and_never_a_fault(world, sent, body):
    answer = world.post(body, sent)
    assert answer.status_code in {202, 413, 415}, answer.text
    if answer.status_code != 202:
        problem = answer.json()
        assert problem["detail"]
        assert problem["mend"]
        return
    for receipt in world.receipts(answer):
        assert receipt["outcome"] == "quarantined"
        assert world.kept(receipt["digest"]).length > 0 or body == b""


def test_two_sources_with_the_same_ids_never_meet(world, make_sender):
    senders = [make_sender(uri=f"//{name}", keyid="k") for name in ("one", "other")]
    for sender in senders:
        world.register(sender, sender.uri[2:])
    seen: set[str] = set()

    @MANY
    @given(name=st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=30))
    def meets_nobody(name: str) -> None:
        first = "duplicate" if name in seen else "admitted"
        seen.add(name)
        outcomes = [world.send(sender.signed(id=name))[0]["outcome"] for sender in (*senders, *senders)]
        assert outcomes == [first, first, "duplicate", "duplicate"]

    meets_nobody()


Mutation = Callable[[random.Random, bytes], bytes]


def _flip(dice: random.Random, item: bytes) -> bytes:
    at = dice.randrange(len(item))
    return item[:at] + bytes([item[at] ^ (1 << dice.randrange(8))]) + item[at + 1 :]


def _cut(dice: random.Random, item: bytes) -> bytes:
    return item[: dice.randrange(len(item))]


def _insert(dice: random.Random, item: bytes) -> bytes:
    at = dice.randrange(len(item) + 1)
    odd = dice.choice(
        [b"\0", b"\xff", b"\xc3\x28", b'"', b"\\", b"}", b"[", b"\\ud800", b"NaN", b"1e999", b"\xef\xbb\xbf", b"\xe2\x80\xae", b","]
    )
    return item[:at] + odd + item[at:]


def _swap_value(dice: random.Random, item: bytes) -> bytes:
    event = json.loads(item)
    odd = dice.choice([None, True, -1, 2**63, 1e308, "", "x" * 300, [], {}, [[[[]]]], "\ud800", "2023-13-01", "XXX"])
    place = event["data"] if dice.random() < 0.6 else event
    place[dice.choice(sorted(place))] = odd
    return json.dumps(event).encode()


def _twice(dice: random.Random, item: bytes) -> bytes:
    name = dice.choice([b"id", b"source", b"data", b"observation"])
    return item.replace(b'"' + name + b'":', b'"' + name + b'":1,"' + name + b'":', 1)


def _deep(dice: random.Random, item: bytes) -> bytes:
    depth = dice.choice([10, 60, 70, 100, 3_000])
    return item.replace(b'"code":', b'"x":' + b"[" * depth + b"]" * depth + b',"code":', 1)


def _large(dice: random.Random, item: bytes) -> bytes:
    return item.replace(b'"code":', b'"summary":"' + b"x" * dice.choice([2_000, ITEM_LIMIT - 400, ITEM_LIMIT]) + b'","code":', 1)


def _as_it_is(_: random.Random, item: bytes) -> bytes:
    return item


MUTATIONS: tuple[tuple[Mutation, int], ...] = (
    (_flip, 30),
    (_cut, 12),
    (_insert, 25),
    (_swap_value, 20),
    (_twice, 5),
    (_deep, 5),
    (_large, 1),
    (_as_it_is, 2),
)


def mutated(dice: random.Random, sender: Any) -> Iterator[bytes]:
    good = [json_format.write(sender.signed()) for _ in range(20)]
    for _ in range(MUTATED):
        mutation = dice.choices([each for each, _ in MUTATIONS], [weight for _, weight in MUTATIONS])[0]
        yield mutation(dice, dice.choice(good))


@pytest.mark.slow
def test_five_thousand_mutated_requests_are_each_answered_and_kept(world, sender):
    world.register(sender)
    dice, told = random.Random(SEED), Counter()  # noqa: S311 - the same requests each time
    for item in mutated(dice, sender):
        (receipt,) = world.receipts(world.post(item, {"content-type": http.STRUCTURED}))
        check_kept(world, receipt, item)
        told[receipt["reason"] or receipt["outcome"]] += 1
    assert sum(told.values()) == MUTATED
    assert told["admitted"] + told["duplicate"] < MUTATED / 2
    assert {"not_cloudevent", "bad_signature", "duplicate_keys", "too_deep", "too_large", "not_utf8"} <= set(told)
    table = Table("what it was found to be", "requests", title=f"{MUTATED:,} mutated requests, seed {SEED}")
    for name, count in told.most_common():
        table.add_row(name, f"{count:,}")
    Console(width=80).print(table)


def test_a_batch_may_have_five_hundred_items_and_one_more_takes_nothing(world):
    most = b"[" + b",".join([b"1"] * MOST_ITEMS) + b"]"
    assert len(world.receipts(world.post(most, {"content-type": http.BATCH}))) == MOST_ITEMS
    before = len(world.stored())
    answer = world.post(most[:-1] + b",1]", {"content-type": http.BATCH})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-many-items")
    assert len(world.stored()) == before


def plain(**attributes: str) -> bytes:
    return json.dumps({"specversion": "1.0", "id": "1", "source": "//x", "type": "y", **attributes}).encode()


@pytest.mark.parametrize(
    "long",
    [
        plain(time="x" * 8_000),
        plain(time=f"{'9' * 8_000}-01-01T00:00:00Z"),
        plain(**{"a" * 8_000: "\x01"}),
        plain(**{"A" * 8_000: "x"}),
        plain(specversion="1" * 8_000),
        plain(id="i" * 8_000, source="s" * 8_000),
        plain(type="t" * 8_000, subject="s" * 8_000),
        plain(dssematerial="A" * 8_000),
    ],
    ids=["time", "year", "name", "bad name", "version", "id and source", "type and subject", "signature"],
)
def test_what_is_long_in_one_place_is_refused_alone(world, sender, long):
    world.register(sender)
    refused, good = world.send(long, sender.signed())
    check_kept(world, refused, long)
    assert (refused["outcome"], good["outcome"]) == ("quarantined", "admitted")
    assert len(refused["detail"]) <= 8_000


@pytest.mark.parametrize(
    "rights", [{"countries": ["EGY"] * 2_000}, {"types": ["entente.observations.revised"] * 400}], ids=["countries", "types"]
)
def test_what_is_beyond_long_rights_is_refused(world, sender, rights):
    world.register(sender, **rights)
    assert world.send(sender.signed())[0]["reason"] == "beyond_rights"


def test_a_key_of_many_sources_that_signs_for_none_of_them_is_refused(world, make_sender):
    one = make_sender(uri="//0", keyid="k" * 100)
    for number in range(50):
        same = make_sender(f"//{number}", one.keyid, private=one.private, public=one.public)
        world.register(same, f"{'s' * 60}{number}")
    assert world.send(one.signed(source="//x"))[0]["reason"] == "bad_signature"


@pytest.mark.parametrize(("length", "outcome"), [(199, "admitted"), (200, "admitted"), (201, "quarantined")])
def test_the_longest_id_of_a_source_with_the_longest_uri_gets_its_receipt(world, make_sender, length, outcome):
    sender = make_sender(uri="s" * 200)
    world.register(sender)
    good, bad = sender.signed(id="i" * length), sender.signed(sender.data(kind="odd"), id="j" * length)
    assert [receipt["outcome"] for receipt in world.send(good, bad)] == [outcome, "quarantined"]
