"""Law 7: nothing comes in unchecked. What was refused is kept as it came, and its sender is told why."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, json_format
from entente_contracts.events.gateway import EventQuarantined, KeyAlgorithm, QuarantineReleased
from entente_contracts.events.observations import ObservationReported
from entente_contracts.recorded import AuthType
from entente_contracts.strict_json import canonical
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_gateway.domain.examined import ITEM_LIMIT
from entente_gateway.intake.examining import countries
from entente_gateway.intake.request import BEGINNING


@dataclass
class Bad:
    """A bad item: the reason expected, what its detail must say, and whether the gateway knows for sure who sent it."""

    reason: str
    says: str
    vouched: bool = False


def _tampered(sender: Any) -> CloudEvent:
    event = sender.signed()
    return CloudEvent(event.attributes, event.data.replace(b'"best":2', b'"best":3'))


def _signed_for(sender: Any, **changed: Any) -> CloudEvent:
    return sender.signed(sender.data(**changed))


def _with_material(sender: Any, material: str) -> CloudEvent:
    event = sender.unsigned()
    return CloudEvent({**event.attributes, "dssematerial": material}, event.data)


def _envelope(**fields: Any) -> str:
    whole = {"payload": "", "payloadType": signature.PAYLOAD_TYPE, "signatures": [{"keyid": "k1", "sig": ""}]} | fields
    return base64.b64encode(json.dumps(whole).encode()).decode()


def _forged(make: Any) -> CloudEvent:
    return make().signed()


NO_DATA = Bad("invalid_data", "$: there is no data", vouched=True)
BAD = {
    "larger than an item may be": (lambda s, _: s.signed(s.data(summary="x" * ITEM_LIMIT)), Bad("too_large", "262144")),
    "not JSON": (b'{"specversion": "1.0",}', Bad("not_cloudevent", "not JSON")),
    "not an object": (b"17", Bad("not_cloudevent", "one JSON object")),
    "without a type": (b'{"specversion":"1.0","id":"1","source":"x"}', Bad("not_cloudevent", "attribute type")),
    "of another version of CloudEvents": (lambda s, _: s.unsigned(specversion="0.3"), Bad("not_cloudevent", "only 1.0")),
    "with a time that is none": (lambda s, _: s.unsigned(time="yesterday"), Bad("not_cloudevent", "time")),
    "not signed": (lambda s, _: s.unsigned(), Bad("unsigned", "dssematerial")),
    "changed after it was signed": (lambda s, _: _tampered(s), Bad("bad_signature", "what was signed is not this event")),
    "a signature that is none": (lambda s, _: _with_material(s, "AAAA"), Bad("bad_signature", "not the Base64 of a DSSE envelope")),
    "a signature of something else": (lambda s, _: _with_material(s, _envelope()), Bad("bad_signature", "what was signed is not this")),
    "of another payload type": (lambda s, _: _with_material(s, _envelope(payloadType="text")), Bad("bad_signature", "payload type")),
    "signed by another key of the same name": (lambda _, make: _forged(make), Bad("unknown_source", "no key registered")),
    "from a source that is not registered": (lambda _, make: make(uri="//nobody").signed(), Bad("unknown_source", "'//nobody'")),
    "of a type that nobody knows": (lambda s, _: s.signed(type="war.declared.v1"), Bad("unknown_type", "war.declared.v1", vouched=True)),
    "of a version that nobody knows": (
        lambda s, _: s.signed(type="entente.observations.reported.v9"),
        Bad("unknown_version", "known: v1, v2", vouched=True),
    ),
    "of a type that is not for sources": (
        lambda s, _: s.signed(type="entente.stability.warning-raised.v1"),
        Bad("unknown_type", "warning-raised", vouched=True),
    ),
    "with text for a number": (
        lambda s, _: _signed_for(s, deaths={"low": "1", "best": 2, "high": 3}),
        Bad("invalid_data", '$.deaths.low: Input should be a valid integer, and "1" is there', vouched=True),
    ),
    "with a field that the type has not": (lambda s, _: _signed_for(s, mood="bad"), Bad("invalid_data", "$.mood: ", vouched=True)),
    "of a country that does not exist": (
        lambda s, _: _signed_for(s, where={"country": "XXX"}),
        Bad("invalid_data", "$.where.country: 'XXX' is no country", vouched=True),
    ),
    "with a participant of no country": (
        lambda s, _: _signed_for(s, who=[{"name": "A", "country": "SDN"}, {"name": "B", "country": "QQQ"}]),
        Bad("invalid_data", "$.who[1].country: ", vouched=True),
    ),
    "with a threat whose sponsor does not exist": (
        lambda s, _: _signed_for(s, threat={"kind": "unconventional_warfare", "forces": "proxy", "means": ["sabotage"], "sponsor": "XXX"}),
        Bad("invalid_data", "$.threat.sponsor: 'XXX' is no country", vouched=True),
    ),
    "with a threat aimed at nobody that exists": (
        lambda s, _: _signed_for(
            s, threat={"kind": "misinformation_campaign", "narrative": "n", "channels": ["press"], "audiences": ["SDN", "QQQ"]}
        ),
        Bad("invalid_data", "$.threat.audiences[1]: 'QQQ' is no country", vouched=True),
    ),
    "with an attribution to no country": (
        lambda s, _: _signed_for(
            s, threat={"kind": "cyber_operation", "effect": "espionage", "attribution": "low", "attributed_to": "QQQ"}
        ),
        Bad("invalid_data", "$.threat.attributed_to: 'QQQ' is no country", vouched=True),
    ),
    "with data that is not JSON": (
        lambda s, _: s.signed(b"\xff\xfe", datacontenttype="application/json"),
        Bad("not_utf8", "not UTF-8", vouched=True),
    ),
    "with data that says a name twice": (
        lambda s, _: s.signed(b'{"observation":"1","observation":"2"}'),
        Bad("duplicate_keys", "'observation' stands twice", vouched=True),
    ),
    "of tomorrow": (lambda s, _: s.signed(time="2100-01-01T00:00:00Z"), Bad("from_the_future", "minutes after now", vouched=True)),
    "not UTF-8": (b'{"specversion": "\xff"}', Bad("not_utf8", "byte 17 is not UTF-8")),
    "with a name twice": (b'{"specversion":"1.0","id":"1","id":"2"}', Bad("duplicate_keys", "'id' stands twice")),
    "nested too deep": (b'{"x":' + b"[" * 100 + b"]" * 100 + b"}", Bad("too_deep", "at most 64 levels")),
    "without data": (lambda s, _: signature.sign(CloudEvent(s.unsigned().attributes, None), s.private, s.keyid), NO_DATA),
    "with data of another kind": (
        lambda s, _: s.signed(canonical(s.data()), datacontenttype="text/plain"),
        Bad("invalid_data", "datacontenttype: ", vouched=True),
    ),
    "with a very long id": (lambda s, _: s.signed(id="i" * 201), Bad("invalid_data", "id: it has more than 200", vouched=True)),
    "of a country that the source may not report": (
        lambda s, _: _signed_for(s, where={"country": "EGY"}),
        Bad("beyond_rights", "of EGY", vouched=True),
    ),
    "of a type that the source may not report": (
        lambda s, _: s.signed({"observation": "1", "country": "SDN", "because": "x"}, type="entente.observations.retracted.v1"),
        Bad("beyond_rights", "`entente.observations.retracted`", vouched=True),
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_law_7_what_is_bad_is_kept_apart_as_it_came_and_its_sender_told_why(world, sender, make_sender, bad):
    make, expected = BAD[bad]
    world.register(sender, types=["entente.observations.reported", "entente.observations.revised"], countries=["SDN"])
    sent = make if isinstance(make, bytes) else json_format.write(make(sender, make_sender))

    receipt, good = world.send(sent, sender.signed())

    assert good["outcome"] == "admitted"
    assert (receipt["outcome"], receipt["reason"]) == ("quarantined", expected.reason)
    assert expected.says in receipt["detail"]
    assert receipt["mend"]
    assert receipt["event"] is None
    assert receipt["digest"] == hashlib.sha256(sent).hexdigest()
    kept = world.kept(receipt["digest"])
    assert kept.bytes == (sent if len(sent) <= ITEM_LIMIT else sent[:BEGINNING])
    assert kept.length == len(sent)
    event = world.at(receipt["position"])
    assert isinstance(event.data, EventQuarantined)
    assert (event.data.reason, event.data.signed_by) == (expected.reason, "ucdp" if expected.vouched else None)
    assert event.subject == f"quarantine/{receipt['digest']}"
    assert event.actor.type is (AuthType.SERVICE_ACCOUNT if expected.vouched else AuthType.UNAUTHENTICATED)
    assert len(world.stored(OBSERVATIONS)) == 1


def test_law_7_a_key_that_was_revoked_lets_nothing_in_that_arrives_later(world, sender):
    world.register(sender)
    early, late = sender.signed(), sender.signed()
    assert world.send(early)[0]["outcome"] == "admitted"
    world.clock.advance(timedelta(hours=1))
    revoked = world.administrator.post("/gateway/sources/ucdp/keys/k1/revocation", json={"because": "lost"})
    assert revoked.status_code == 201
    receipts = world.send(late, early)
    assert [receipt["reason"] for receipt in receipts] == ["revoked_key", "revoked_key"]
    assert world.at(receipts[0]["position"]).data.signed_by == "ucdp"


def test_law_7_what_was_admitted_comes_in_once(world, sender):
    world.register(sender)
    event = sender.signed()
    (first,) = world.send(event)
    again, also_again = world.send(event, event)
    for receipt in (again, also_again):
        assert (receipt["outcome"], receipt["position"], receipt["event"]) == ("duplicate", first["position"], first["event"])
    assert len(world.stored(OBSERVATIONS)) == 1


def test_law_7_the_same_event_in_another_mode_and_with_another_signature_is_a_duplicate(world, make_sender):
    sender = make_sender(algorithm=KeyAlgorithm.ECDSA_P256)
    world.register(sender)
    event = sender.signed(id="1")
    (first,) = world.send(event)
    signed_anew = sender.signed(id="1")
    assert signed_anew.attributes["dssematerial"] != event.attributes["dssematerial"]
    headers, body = http.to_binary(signed_anew)
    (binary,) = world.receipts(world.post(body, headers))
    headers, body = http.to_structured(event)
    (structured,) = world.receipts(world.post(body, headers))
    assert {binary["outcome"], structured["outcome"]} == {"duplicate"}
    assert binary["position"] == structured["position"] == first["position"]


def test_law_7_other_content_under_the_same_id_is_a_conflict(world, sender):
    world.register(sender)
    first, other = world.send(sender.signed(id="1"), sender.signed(sender.data(summary="another"), id="1"))
    assert first["outcome"] == "admitted"
    assert (other["outcome"], other["reason"]) == ("quarantined", "conflicting_duplicate")
    assert f"position {first['position']}" in other["detail"]


def test_law_7_only_what_was_admitted_counts_as_seen(world, sender):
    world.register(sender)
    bad, good = world.send(sender.signed(sender.data(kind="odd"), id="1"), sender.signed(id="1"))
    assert (bad["reason"], good["outcome"]) == ("invalid_data", "admitted")


def test_law_7_two_sources_with_the_same_ids_never_meet(world, make_sender):
    one, other = make_sender(uri="//one", keyid="k"), make_sender(uri="//other", keyid="k")
    world.register(one, "one")
    world.register(other, "other")
    receipts = world.send(one.signed(id="1"), other.signed(id="1"))
    assert [receipt["outcome"] for receipt in receipts] == ["admitted", "admitted"]
    assert {stored.stream for stored in world.stored(OBSERVATIONS)} == {"observation/one/SDN", "observation/other/SDN"}


def test_law_7_a_source_cannot_speak_for_another(world, make_sender):
    one, other = make_sender(uri="//one"), make_sender(uri="//other", keyid="k2")
    world.register(one, "one")
    world.register(other, "other")
    (receipt,) = world.send(one.signed(source="//other"))
    assert receipt["reason"] == "bad_signature"
    assert "one (key k1)" in world.at(receipt["position"]).data.detail


def test_law_7_nothing_is_trusted_of_extensions_that_came_in(world, sender):
    world.register(sender)
    claimed = {
        "correlationid": "mine",
        "causationid": "mine",
        "authid": "administrator",
        "authtype": "system",
        "authclaims": '{"party":"USA"}',
        "sequence": "99999999999999999999",
        "recordedtime": "1999-01-01T00:00:00Z",
        "partitionkey": "x",
        "origin": "//else",
        "originid": "1",
        "origindigest": "0" * 64,
        "originlength": "1",
        "dataclassification": "public",
        "traceparent": "00-11111111111111111111111111111111-2222222222222222-01",
        "subject": "observation/else/USA",
    }
    (receipt,) = world.send(sender.signed(**claimed))
    event = world.event(receipt["event"])
    assert event.subject == "observation/ucdp/SDN"
    assert event.origin.digest == receipt["digest"]
    assert event.origin.length == world.kept(receipt["digest"]).length
    assert (event.sequence, event.recordedtime) == (1, world.clock.now())
    assert (event.actor.type, event.actor.id, event.actor.party) == (AuthType.SERVICE_ACCOUNT, "ucdp", "SWE")
    assert event.correlationid == event.causationid == f"{sender.uri}#{receipt['id']}"
    assert (event.origin.source, event.origin.id, event.origin.digest) == (sender.uri, receipt["id"], receipt["digest"])
    assert event.dataclassification is None
    assert event.traceparent != claimed["traceparent"]


def test_law_7_rights_are_those_that_hold_when_it_is_judged(world, sender):
    world.register(sender, countries=["EGY"])
    event = sender.signed()
    assert world.send(event)[0]["reason"] == "beyond_rights"
    rights = {"types": ["entente.observations.reported"], "countries": ["SDN"]}
    assert world.administrator.put("/gateway/sources/ucdp/rights", json={"rights": rights, "because": "more trust"}).status_code == 200
    (admitted,) = world.send(event)
    assert admitted["outcome"] == "admitted"
    released = world.stored(GATEWAY)[-1]
    last = world.event(released.id)
    assert isinstance(last.data, QuarantineReleased)
    assert (last.data.admitted, last.subject) == (admitted["event"], f"quarantine/{admitted['digest']}")
    assert world.send(event)[0]["outcome"] == "duplicate"


def test_law_7_whoever_repeats_what_is_refused_is_counted_and_recorded_once(world, sender):
    (first,) = world.send(sender.signed(id="1"))
    held = len(world.stored())
    event = sender.signed(id="1")
    for _ in range(3):
        for receipt in world.send(event, event):
            assert {**receipt} == first
    assert len(world.stored()) == held
    assert world.kept(first["digest"]).times == 7


def test_law_7_what_is_refused_for_another_reason_later_is_recorded_anew(world, sender):
    event = sender.signed(sender.data(kind="odd"))
    (before,) = world.send(event)
    world.register(sender)
    (after,) = world.send(event)
    assert (before["reason"], after["reason"]) == ("unknown_source", "invalid_data")
    assert [stored.version for stored in world.stored(GATEWAY) if stored.stream.startswith("quarantine/")] == [1, 2]


def test_law_7_an_observation_of_version_1_is_stored_as_it_was_sent(world, sender):
    world.register(sender)
    data = sender.data(when={"first": "2023-10-03", "last": "2023-10-03"})
    (receipt,) = world.send(sender.signed(data, type="entente.observations.reported.v1"))
    (stored,) = world.stored(OBSERVATIONS)
    assert stored.attributes["type"] == "entente.observations.reported.v1"
    assert stored.body == canonical(data)
    read = world.event(receipt["event"])
    assert isinstance(read.data, ObservationReported)
    assert read.data.when.precision.value == "unknown"


def test_law_7_data_that_was_not_canonical_is_stored_in_canonical_form(world, sender):
    world.register(sender)
    spaced = json.dumps(sender.data(), indent=3).encode()
    headers, body = http.to_binary(sender.signed(spaced))
    assert body == spaced
    (receipt,) = world.receipts(world.post(body, headers))
    (stored,) = world.stored(OBSERVATIONS)
    assert stored.body == canonical(sender.data())
    assert world.kept(receipt["digest"]).bytes.endswith(spaced)


def test_each_country_that_is_named_is_looked_at():
    with pytest.raises(TypeError, match="no observation"):
        countries(EventQuarantined(reason="unsigned", detail="d", mend="m", digest="0" * 64, length=1))


def test_the_time_is_the_senders_where_there_is_one_and_else_the_clocks(world, sender):
    world.register(sender)
    given, none = world.send(sender.signed(time="2023-10-01T01:02:03.123456789+02:00"), sender.signed(time=None))
    assert world.event(given["event"]).time.isoformat() == "2023-09-30T23:02:03.123456+00:00"
    assert world.event(none["event"]).time == world.clock.now()
