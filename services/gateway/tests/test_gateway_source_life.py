"""A source over time: described, suspended and let in again, given tokens, graded."""

import json

from entente_contracts.strict_json import canonical
from entente_contracts.topics import GATEWAY, OBSERVATIONS


def post(world, path, body, status=201):
    answer = world.administrator.post(f"/gateway/sources/ucdp{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def shown(world):
    world.feed()
    return world.administrator.get("/gateway/sources/ucdp").json()


def code(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()["code"]


def as_source(world, secret, path="/gateway/quarantine"):
    return world.anyone.get(path, headers={"authorization": f"Bearer {secret}"})


def test_a_description_changes_and_name_and_uri_stay(world, sender):
    world.register(sender)
    answer = world.administrator.put(
        "/gateway/sources/ucdp/description", json={"party": None, "title": "The programme", "because": "a new name"}
    )
    assert answer.status_code == 200
    source = shown(world)
    assert (source["title"], source["party"], source["uri"], source["version"]) == ("The programme", None, sender.uri, 3)
    again = {"party": None, "title": "The programme", "because": "again"}
    assert code(world.administrator.put("/gateway/sources/ucdp/description", json=again), 422) == "nothing-changes"


def test_what_arrives_while_a_source_is_suspended_is_refused_whichever_key_signed_it(world, sender, make_sender):
    world.register(sender)
    second = make_sender(keyid="k2")
    post(world, "/keys", {"key": second.key, "because": "another"})
    post(world, "/suspension", {"because": "it was broken into"})
    receipts = world.send(sender.signed(id="a"), second.signed(id="b"))
    assert [receipt["reason"] for receipt in receipts] == ["suspended_source"] * 2
    assert shown(world)["suspended_because"] == "it was broken into"
    post(world, "/reinstatement", {"because": "mended"})
    assert world.send(sender.signed(id="c"))[0]["outcome"] == "admitted"
    assert shown(world)["suspended"] is None


def test_a_source_is_suspended_once_and_let_in_once(world, sender):
    world.register(sender)
    assert code(world.administrator.post("/gateway/sources/ucdp/reinstatement", json={"because": "x"}), 409) == "source-not-suspended"
    post(world, "/suspension", {"because": "x"})
    assert code(world.administrator.post("/gateway/sources/ucdp/suspension", json={"because": "x"}), 409) == "source-suspended"


def test_a_token_opens_what_the_sources_own_key_signed_and_nothing_else(world, sender, make_sender):
    other = make_sender(uri="//other", keyid="k2")
    world.register(sender)
    world.register(other, "other")
    secret = post(world, "/tokens", {"token": "desk", "because": "for its desk"})["secret"]
    mine, theirs = world.send(sender.signed({"observation": 1}), other.signed({"observation": 1}))
    world.send(sender.unsigned())
    world.feed()
    listed = as_source(world, secret).json()["items"]
    assert [item["digest"] for item in listed] == [mine["digest"]]
    assert as_source(world, secret, "/gateway/quarantine?signed_by=other").json()["items"] == listed
    assert as_source(world, secret, f"/gateway/quarantine/{mine['digest']}").status_code == 200
    assert code(as_source(world, secret, f"/gateway/quarantine/{theirs['digest']}"), 404) == "no-such-arrival"
    assert code(as_source(world, secret, "/gateway/sources"), 403) == "forbidden"
    assert len(world.administrator.get("/gateway/quarantine").json()["items"]) == 3


def test_only_the_hash_of_a_token_is_written_down_and_a_revoked_one_opens_nothing(world, sender):
    world.register(sender)
    secret = post(world, "/tokens", {"token": "desk", "because": "for its desk"})["secret"]
    assert all(secret not in json.dumps(stored.attributes) + (stored.body or b"").decode() for stored in world.stored(GATEWAY))
    assert [(token["token"], token["revoked"]) for token in shown(world)["tokens"]] == [("desk", None)]
    assert secret not in json.dumps(shown(world))
    post(world, "/tokens/desk/revocation", {"because": "lost"})
    world.feed()
    assert code(as_source(world, secret), 401) == "unauthenticated"
    assert code(as_source(world, "entente-source-of-my-own-making"), 401) == "unauthenticated"
    again = world.administrator.post("/gateway/sources/ucdp/tokens", json={"token": "desk", "because": "again"})
    assert code(again, 409) == "token-exists"
    missing = world.administrator.post("/gateway/sources/ucdp/tokens/other/revocation", json={"because": "x"})
    assert code(missing, 404) == "no-such-token"


def test_a_repeated_request_for_a_token_tells_no_secret(world, sender):
    world.register(sender)
    asked, key = {"token": "desk", "because": "for its desk"}, {"idempotency-key": "0123456789abcdef"}
    first = world.administrator.post("/gateway/sources/ucdp/tokens", json=asked, headers=key).json()
    second = world.administrator.post("/gateway/sources/ucdp/tokens", json=asked, headers=key).json()
    assert first["secret"].startswith("entente-source-")
    assert (second["secret"], second["version"]) == (None, first["version"])


def test_reports_without_a_grading_get_the_sources_own_and_graded_ones_keep_theirs(world, sender):
    rights = {"types": ["entente.observations.reported"], "countries": None, "grading": {"reliability": "B", "credibility": 3}}
    world.register(sender, rights=rights)
    own = {"reliability": "A", "credibility": 1}
    receipts = world.send(sender.signed(id="a"), sender.signed(sender.data(grading=own), id="b"))
    events = [world.event(receipt["event"]) for receipt in receipts]
    assert [event.data.grading.model_dump() for event in events] == [rights["grading"], own]
    body = next(stored.body for stored in world.stored(OBSERVATIONS) if stored.id == receipts[0]["event"])
    assert body == canonical({**sender.data(), "grading": rights["grading"]})
    assert world.send(sender.signed(id="a"))[0]["outcome"] == "duplicate"
    wrong = {"rights": {**rights, "grading": {"reliability": "Z", "credibility": 3}}, "because": "x"}
    answer = world.administrator.put("/gateway/sources/ucdp/rights", json=wrong)
    assert "rights.grading.reliability" in answer.text
