"""What was refused is judged again once its cause was mended, by the same rules, in the chain that its first arrival began."""

from base64 import b64decode
from datetime import timedelta

import pytest

from entente_contracts.codec import http, json_format
from entente_contracts.events.gateway import QuarantineReleased
from entente_contracts.topics import GATEWAY
from entente_gateway.intake.keeping import KEPT_FOR

WHY = {"because": "the right was added"}
REPORTED = ["entente.observations.reported"]


def release(world, digest, status=200, client=None):
    answer = (client or world.administrator).post(f"/gateway/quarantine/{digest}/release", json=WHY)
    assert answer.status_code == status, answer.text
    return answer.json()


def widen(world):
    rights = {"types": REPORTED, "countries": None}
    answer = world.administrator.put("/gateway/sources/ucdp/rights", json={"rights": rights, "because": "more trust"})
    assert answer.status_code == 200


def later(world, **time):
    world.clock.set(world.clock.now() + timedelta(**time))


@pytest.fixture
def beyond(world, sender):
    """An arrival that its source may not report yet."""
    world.register(sender, types=REPORTED, countries=["SDN"])
    (receipt,) = world.send(sender.signed(sender.data(where={"country": "EGY"}), id="e"))
    assert receipt["reason"] == "beyond_rights"
    return receipt


def test_after_the_right_was_added_the_arrival_passes_and_is_seen_from_then_on(world, sender, beyond):
    assert release(world, beyond["digest"])["reason"] == "beyond_rights"
    widen(world)
    receipt = release(world, beyond["digest"])
    assert receipt["outcome"] == "admitted"
    assert world.event(receipt["event"]).origin.id == "e"
    assert world.send(sender.signed(sender.data(where={"country": "EGY"}), id="e"))[0]["outcome"] == "duplicate"
    world.feed()
    (item,) = world.administrator.get("/gateway/quarantine").json()["items"]
    assert (item["admitted"], item["times"]) == (receipt["event"], 1)
    assert world.administrator.get("/gateway/quarantine?waiting=true").json()["items"] == []


def test_what_it_becomes_is_chained_to_its_first_refusal_and_says_who_released_it_and_why(world, beyond):
    widen(world)
    receipt = release(world, beyond["digest"])
    refusal, released = world.at(beyond["position"]), world.event(receipt["event"])
    assert released.causationid == refusal.id
    assert released.correlationid == refusal.correlationid
    assert released.actor.id == "ucdp"
    said = world.event(world.stored(GATEWAY)[-1].id)
    assert isinstance(said.data, QuarantineReleased)
    assert (said.data.because, said.actor.id, said.causationid) == (WHY["because"], "role/administrator", released.id)


def test_a_key_counts_as_it_stood_when_the_arrival_came(world, sender, beyond):
    widen(world)
    later(world, hours=1)
    world.administrator.post("/gateway/sources/ucdp/keys/k1/revocation", json={"because": "lost"})
    assert release(world, beyond["digest"])["outcome"] == "admitted"
    (after,) = world.send(sender.signed(id="after"))
    assert after["reason"] == "revoked_key"
    assert release(world, after["digest"])["reason"] == "revoked_key"


def test_what_came_during_a_suspension_stays_out_and_what_was_of_tomorrow_passes_the_day_after(world, sender):
    world.register(sender)
    (tomorrow,) = world.send(sender.signed(time="2023-10-06T12:00:00Z"))
    assert tomorrow["reason"] == "from_the_future"
    later(world, seconds=1)
    world.administrator.post("/gateway/sources/ucdp/suspension", json={"because": "broken into"})
    (suspended,) = world.send(sender.signed())
    later(world, days=2)
    world.administrator.post("/gateway/sources/ucdp/reinstatement", json={"because": "mended"})
    assert release(world, tomorrow["digest"])["outcome"] == "admitted"
    assert release(world, suspended["digest"])["reason"] == "suspended_source"


@pytest.mark.parametrize("mode", ["binary", "structured"])
def test_each_mode_comes_back_from_its_bytes_as_it_was(world, sender, mode):
    event = sender.signed()
    if mode == "binary":
        headers, body = http.to_binary(event)
        (refused,) = world.receipts(world.post(body, headers))
    else:
        (refused,) = world.receipts(world.post(json_format.write(event), {"content-type": http.STRUCTURED}))
    assert refused["reason"] == "unknown_source"
    world.register(sender)
    assert release(world, refused["digest"])["outcome"] == "admitted"


def test_a_batch_is_released_with_where_to_go_on(world, sender):
    world.register(sender, types=REPORTED, countries=["SDN"])
    world.send(*(sender.signed(sender.data(where={"country": "EGY"}), id=f"e{number}") for number in range(5)), sender.unsigned())
    widen(world)
    world.feed()
    asked = {**WHY, "reason": "beyond_rights", "limit": 3}
    first = world.administrator.post("/gateway/quarantine/release", json=asked).json()
    assert [receipt["outcome"] for receipt in first["receipts"]] == ["admitted"] * 3
    second = world.administrator.post("/gateway/quarantine/release", json={**asked, "after": first["last"], "signed_by": "ucdp"}).json()
    assert ([receipt["outcome"] for receipt in second["receipts"]], second["last"]) == (["admitted"] * 2, None)
    world.feed()
    assert [item["reason"] for item in world.administrator.get("/gateway/quarantine?waiting=true").json()["items"]] == ["unsigned"]


def test_an_operator_releases_an_officer_does_not_and_what_is_not_there_or_not_whole_is_told(world, sender, beyond):
    assert release(world, beyond["digest"], 403, world.clients["officer"])["code"] == "forbidden"
    assert release(world, beyond["digest"], client=world.clients["operator"])["reason"] == "beyond_rights"
    assert release(world, "0" * 64, 404)["code"] == "no-such-arrival"
    (large,) = world.send(sender.signed(sender.data(summary="x" * 300_000)))
    assert release(world, large["digest"], 409)["code"] == "kept-in-part"
    widen(world)
    release(world, beyond["digest"])
    assert release(world, beyond["digest"], 409)["code"] == "admitted-already"


def test_the_bytes_are_shown_as_they_came(world, sender):
    sent = json_format.write(sender.unsigned())
    (receipt,) = world.send(sent)
    world.feed()
    shown = world.administrator.get(f"/gateway/quarantine/{receipt['digest']}").json()
    assert (b64decode(shown["bytes"]), shown["mode"], shown["length"]) == (sent, "batched", len(sent))
    assert world.administrator.get(f"/gateway/quarantine/{'0' * 64}").status_code == 404


def test_bytes_of_what_was_refused_go_after_their_time_and_those_of_what_was_admitted_stay(world, sender):
    world.register(sender)
    refused, admitted = world.send(sender.unsigned(), sender.signed())
    later(world, seconds=KEPT_FOR.total_seconds())
    world.send(sender.signed(id="x"))
    assert world.kept(refused["digest"]).bytes
    later(world, seconds=1)
    world.send(sender.signed(id="y"))
    assert (world.kept(refused["digest"]).bytes, world.kept(refused["digest"]).erased) == (b"", world.clock.now())
    assert world.kept(admitted["digest"]).bytes
    assert release(world, refused["digest"], 410)["code"] == "kept-no-more"
    world.feed()
    assert world.administrator.get(f"/gateway/quarantine/{refused['digest']}").json()["bytes"] is None


def test_what_is_sent_again_is_kept_for_its_whole_time_from_then(world, sender):
    event = sender.unsigned()
    (refused,) = world.send(event)
    later(world, days=300)
    world.send(event)
    later(world, days=300)
    world.send(sender.unsigned())
    assert world.kept(refused["digest"]).bytes
