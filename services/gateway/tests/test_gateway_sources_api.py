"""Sources as an administrator registers, changes and sees them."""

import logging

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from entente_contracts.events.gateway import KeyAlgorithm
from entente_contracts.recorded import AuthType
from entente_contracts.topics import GATEWAY

SDN_ONLY = {"types": ["entente.observations.reported"], "countries": ["SDN"]}


@pytest.fixture
def asked(sender):
    return {
        "name": "ucdp",
        "uri": sender.uri,
        "party": "SWE",
        "title": "Uppsala",
        "rights": SDN_ONLY,
        "keys": [sender.key],
        "because": "agreed",
    }


def post(world, path, body, **headers):
    return world.administrator.post(f"/gateway/sources{path}", json=body, headers=headers)


def code(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()["code"]


def test_a_source_is_registered_and_seen(world, asked, sender):
    answer = post(world, "", asked)
    assert (answer.status_code, answer.headers["etag"], answer.headers["location"]) == (201, '"2"', "/gateway/sources/ucdp")
    assert answer.json()["version"] == 2
    world.feed()
    shown = world.administrator.get("/gateway/sources/ucdp")
    assert shown.headers["etag"] == '"2"'
    assert shown.json() == world.administrator.get("/gateway/sources").json()["items"][0]
    assert shown.json()["rights"] == {**SDN_ONLY, "grading": None}
    assert [key["keyid"] for key in shown.json()["keys"]] == ["k1"]


def test_each_change_says_who_and_why(world, asked, make_sender):
    post(world, "", asked)
    post(world, "/ucdp/keys", {"key": make_sender(keyid="k2").key, "because": "rotation"})
    post(world, "/ucdp/keys/k1/revocation", {"because": "rotated"})
    world.administrator.put("/gateway/sources/ucdp/rights", json={"rights": {**SDN_ONLY, "countries": None}, "because": "more trust"})
    events = [world.event(stored.id) for stored in world.stored(GATEWAY)]
    assert [event.data.because for event in events] == ["agreed", "agreed", "rotation", "rotated", "more trust"]
    assert {(event.actor.type, event.actor.id) for event in events} == {(AuthType.API_KEY, "role/administrator")}
    assert all(event.causationid.startswith("request/") for event in events)
    world.feed()
    shown = world.administrator.get("/gateway/sources/ucdp").json()
    assert shown["version"] == 5
    assert [(key["keyid"], key["revoked_because"]) for key in shown["keys"]] == [("k1", "rotated"), ("k2", None)]
    assert shown["rights"]["countries"] is None


def test_keys_rotate_with_an_overlap(world, asked, sender, make_sender):
    post(world, "", asked)
    new = make_sender(keyid="k2")
    assert world.send(new.signed(id="early"))[0]["reason"] == "unknown_source"
    post(world, "/ucdp/keys", {"key": new.key, "because": "rotation"})
    assert [receipt["outcome"] for receipt in world.send(sender.signed(id="a"), new.signed(id="b"))] == ["admitted", "admitted"]
    post(world, "/ucdp/keys/k1/revocation", {"because": "rotated"})
    assert [receipt["reason"] for receipt in world.send(sender.signed(id="c"), new.signed(id="d"))] == ["revoked_key", None]


def test_a_name_and_a_uri_belong_to_one_source(world, asked):
    post(world, "", asked)
    assert code(post(world, "", {**asked, "uri": "//other"}), 409) == "source-exists"
    assert code(post(world, "", {**asked, "name": "other"}), 409) == "uri-taken"
    assert code(post(world, "", asked), 409) == "source-exists"
    assert post(world, "", {**asked, "name": "other", "uri": "//other"}).status_code == 201


def test_a_uri_that_a_refused_registration_asked_for_stays_free(world, asked):
    assert code(post(world, "", {**asked, "rights": {"types": []}}), 422) == "no-types"
    assert post(world, "", {**asked, "name": "other"}).status_code == 201


def test_a_registration_repeated_under_its_idempotency_key_gets_the_first_answer(world, asked):
    first = post(world, "", asked, **{"Idempotency-Key": "r1"})
    again = post(world, "", asked, **{"Idempotency-Key": "r1"})
    assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, first.json(), "true")
    assert code(post(world, "", {**asked, "title": "x"}, **{"Idempotency-Key": "r1"}), 422) == "key-reused"


def test_a_change_of_what_is_no_longer_there_is_412(world, asked):
    post(world, "", asked)
    answer = post(world, "/ucdp/keys/k1/revocation", {"because": "lost"}, **{"If-Match": '"1"'})
    assert code(answer, 412) == "precondition-failed"
    assert post(world, "/ucdp/keys/k1/revocation", {"because": "lost"}, **{"If-Match": '"2"'}).status_code == 201


def _pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


OTHER_KEYS = {
    "P-384": _pem(ec.generate_private_key(ec.SECP384R1())),
    "secp256k1": _pem(ec.generate_private_key(ec.SECP256K1())),
    "Ed448": _pem(ed448.Ed448PrivateKey.generate()),
    "RSA": _pem(rsa.generate_private_key(65537, 2048)),
    "nothing": "",
    "no PEM": "hello",
    "beyond ASCII": "-----BEGIN PUBLIC KEY-----\n\N{SNOWMAN}\n-----END PUBLIC KEY-----",
    "damaged": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
}


@pytest.mark.parametrize("kind", OTHER_KEYS)
def test_a_key_that_cannot_verify_is_refused(world, asked, kind):
    answer = post(world, "", {**asked, "keys": [{"keyid": "k", "algorithm": "ed25519", "pem": OTHER_KEYS[kind]}]})
    assert code(answer, 422) == "no-public-key"
    assert answer.json()["where"] == "keys[0].pem"


def test_a_key_of_another_algorithm_than_it_says_is_refused(world, asked, make_sender):
    key = make_sender(algorithm=KeyAlgorithm.ECDSA_P256).key
    answer = post(world, "", {**asked, "keys": [{**key, "algorithm": "ed25519"}]})
    assert code(answer, 422) == "other-algorithm"
    assert "ecdsa-p256" in answer.json()["detail"]


def test_the_same_key_in_another_spelling_is_the_same_key(world, asked, sender):
    post(world, "", asked)
    respelt = {**sender.key, "keyid": "k2", "pem": "\n" + sender.key["pem"].replace("\n", "\r\n")}
    assert code(post(world, "/ucdp/keys", {"key": respelt, "because": "x"}), 409) == "key-exists"


@pytest.mark.parametrize(
    "body",
    [
        lambda asked, private: {**asked, "keys": [{"keyid": "k", "algorithm": "ed25519", "pem": private}]},
        lambda asked, private: {**asked, "keys": [private]},
        lambda asked, private: {**asked, "rights": private},
        lambda _, private: private,
        lambda _, private: {"key": {"keyid": "k", "algorithm": 7, "pem": private}, "because": "x"},
    ],
)
@pytest.mark.parametrize("path", ["", "/ucdp/keys"])
def test_a_private_key_is_neither_kept_nor_logged_nor_given_back(world, asked, sender, caplog, body, path):
    caplog.set_level(logging.DEBUG)
    private = sender.private.decode()
    secret = "".join(private.splitlines()[1:-1])
    answer = post(world, path, body(asked, private))
    assert code(answer, 422) == "private-key"
    assert secret[:20] not in answer.text
    assert secret[:20] not in caplog.text
    assert world.stored() == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"party": "XXX"}, "party"),
        ({"rights": {"types": ["entente.observations.reported"], "countries": ["SDN", "QQQ"]}}, "rights.countries[1]"),
    ],
)
def test_a_country_that_does_not_exist_is_refused(world, asked, changed, where):
    answer = post(world, "", {**asked, **changed})
    assert code(answer, 422) == "no-such-country"
    assert answer.json()["where"] == where


@pytest.mark.parametrize("changed", [{"name": "Big Name"}, {"uri": ""}, {"because": ""}, {"surprise": 1}, {"keys": None}], ids=str)
def test_what_does_not_fit_is_refused(world, asked, changed):
    assert code(post(world, "", {**asked, **changed}), 422) == "invalid-request"


def test_a_source_that_is_not_there_is_404(world, make_sender):
    assert code(world.administrator.get("/gateway/sources/nobody"), 404) == "no-such-source"
    assert code(post(world, "/nobody/keys", {"key": make_sender().key, "because": "x"}), 404) == "no-such-source"
    assert code(post(world, "/nobody/keys/k/revocation", {"because": "x"}), 404) == "no-such-source"
    assert (
        code(world.administrator.put("/gateway/sources/nobody/rights", json={"rights": SDN_ONLY, "because": "x"}), 404) == "no-such-source"
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/gateway/sources", {"administrator"}),
        ("POST", "/gateway/sources/ucdp/keys", {"administrator"}),
        ("POST", "/gateway/sources/ucdp/keys/k1/revocation", {"administrator"}),
        ("PUT", "/gateway/sources/ucdp/rights", {"administrator"}),
        ("GET", "/gateway/sources", {"administrator", "operator", "officer"}),
        ("GET", "/gateway/sources/ucdp", {"administrator", "operator", "officer"}),
        ("GET", "/gateway/quarantine", {"administrator", "operator", "officer"}),
    ],
)
def test_each_route_is_for_those_who_have_its_permission(world, method, path, allowed):
    for role, client in world.clients.items():
        status = client.request(method, path).status_code
        refused = 401 if role == "anyone" else 403
        assert (status in {401, 403}) is (role not in allowed), (role, status)
        if role not in allowed:
            assert status == refused


def test_sources_are_listed_page_by_page(world, make_sender):
    for name in ("c", "a", "b"):
        world.register(make_sender(uri=f"//{name}"), name)
    world.feed()
    first = world.administrator.get("/gateway/sources?limit=2")
    assert [item["name"] for item in first.json()["items"]] == ["a", "b"]
    rest = world.administrator.get(first.links["next"]["url"])
    assert [item["name"] for item in rest.json()["items"]] == ["c"]
    assert "next" not in rest.links


def test_quarantine_is_listed_page_by_page_the_last_judged_first(world, sender):
    world.register(sender)
    digests = []
    for _ in range(3):
        (refused, _) = world.send(sender.unsigned(), sender.signed(sender.data(kind="odd")))
        digests.append(refused["digest"])
        world.clock.advance(world.clock.now() - world.clock.now().replace(hour=11))
    world.feed()
    first = world.administrator.get("/gateway/quarantine?limit=2&reason=unsigned")
    rest = world.administrator.get(first.links["next"]["url"])
    listed = [item["digest"] for item in first.json()["items"] + rest.json()["items"]]
    assert listed == digests[::-1]
    vouched = world.administrator.get("/gateway/quarantine?signed_by=ucdp").json()["items"]
    assert {item["reason"] for item in vouched} == {"invalid_data"}
    assert len(vouched) == 3


def test_quarantine_shows_how_often_and_whether_it_passed_later(world, sender):
    event = sender.signed()
    world.send(event)
    world.send(event)
    world.register(sender)
    (admitted,) = world.send(event)
    world.feed()
    (item,) = world.administrator.get("/gateway/quarantine").json()["items"]
    assert (item["times"], item["admitted"], item["claimed_id"]) == (3, admitted["event"], "e1")
    assert item["detail"].endswith("no source is registered as 'https://ucdp.example/ged'")


@pytest.mark.parametrize("path", ["/gateway/sources", "/gateway/quarantine"])
def test_a_cursor_of_another_listing_is_refused(world, path):
    for cursor in ("W10", "WzFd", "WyJhIiwiYiIsImMiXQ", "WyJhIiwiYiJd"):
        assert code(world.administrator.get(f"{path}?after={cursor}"), 400) == "bad-cursor"
