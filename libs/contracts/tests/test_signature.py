"""The facts of the published test vectors (key, events, material) are those of the CloudEvents verifiability extension,
github.com/cloudevents/spec, cloudevents/extensions/verifiability.md, in the form in which the payload is the 32 bytes of the digest.
"""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope

from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http
from entente_contracts.events.gateway import KeyAlgorithm, PublicKey
from entente_contracts.recording import encode
from entente_contracts.signature import BadSignature, UnknownKey, Unsigned
from entente_testkit import arbitrary

PUBLISHED_X = 46950820868899156662930047687818585632848591499744589407958293238635476079160
PUBLISHED_Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
PUBLISHED_BINARY = {
    "specversion": "1.0",
    "id": "1",
    "source": "example/uri",
    "type": "example.type.binary",
    "datacontenttype": "application/octet-stream",
    "data_base64": "8J+koQ==",
    "dssematerial": (
        "eyJwYXlsb2FkVHlwZSI6Imh0dHBzOi8vY2xvdWRldmVudHMuaW8vdmVyaWZpYWJpbGl0eS9kc3NlL3YwLjEiLCJwYXlsb2FkIjoicUNTZWlaa1"
        "MraEg5V2lDbGZxNnBsZnFZTlZ5Mmt2eFdSZm9CckxFem9Eaz0iLCJzaWduYXR1cmVzIjpbeyJrZXlpZCI6InRlc3RrZXkiLCJzaWciOiJEWXdi"
        "U3V4SDRXcWFhQlZPVlU4TllJYTZXYnZDazkvdkc5aGV0d3BKNHpJNWo2am1BTGRNaHcrcVZuc211YzY2NWZqVlJGVDFRUHUvanA1Z0c0U2pzUT"
        "09In1dfQ=="
    ),
}
PUBLISHED_TIME_MATERIAL = (
    "eyJwYXlsb2FkVHlwZSI6Imh0dHBzOi8vY2xvdWRldmVudHMuaW8vdmVyaWZpYWJpbGl0eS9kc3NlL3YwLjEiLCJwYXlsb2FkIjoid0tDYThzcTNkeWcvMDBaaURReS9hWEFZMXRlcFFuck"
    "tMYTZ4UDBZM0QvUT0iLCJzaWduYXR1cmVzIjpbeyJrZXlpZCI6InRlc3RrZXkiLCJzaWciOiJQSXhPUHF3MGFJeW9acExtdU5DTlpNS3pBNlgxWVovUXpiZVR3UzMvS3BBMjZJQzF0SU9o"
    "LzdkRFBDMWk0RW82b1dxRk1WRXJ4cEZrR0hGMnM0MHAvZz09In1dfQ=="
)
EVENT = CloudEvent(
    {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2023-10-01T00:00:00Z", "datacontenttype": "application/json"},
    b'{"a":1}',
)


def pem_of(public) -> str:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PUBLISHED_KEY = PublicKey(
    keyid="testkey",
    algorithm=KeyAlgorithm.ECDSA_P256,
    pem=pem_of(ec.EllipticCurvePublicNumbers(PUBLISHED_X, PUBLISHED_Y, ec.SECP256R1()).public_key()),
)


def key(algorithm, keyid="k"):
    private, public = signature.generate_key(algorithm)
    return private, PublicKey(keyid=keyid, algorithm=algorithm, pem=public.decode())


PRIVATE, PUBLIC = key(KeyAlgorithm.ED25519)
SIGNED = signature.sign(EVENT, PRIVATE, "k")


def with_envelope(change, event=SIGNED):
    envelope = json.loads(base64.b64decode(event.attributes["dssematerial"]))
    change(envelope)
    material = base64.b64encode(json.dumps(envelope).encode()).decode()
    return CloudEvent({**event.attributes, "dssematerial": material}, event.data)


def test_law_7_the_published_binary_vector_verifies():
    [arrival] = http.parse({"content-type": "application/cloudevents+json"}, json.dumps(PUBLISHED_BINARY).encode())
    assert signature.verify(arrival.event, {"testkey": PUBLISHED_KEY}) == "testkey"


def test_law_7_the_published_signature_covers_only_its_own_bytes():
    [arrival] = http.parse(
        {"content-type": "application/cloudevents+json"}, json.dumps(PUBLISHED_BINARY | {"data_base64": "8J+koA=="}).encode()
    )
    with pytest.raises(BadSignature, match="not this event"):
        signature.verify(arrival.event, {"testkey": PUBLISHED_KEY})


def test_the_published_vector_with_a_time_has_a_sound_signature_over_bytes_of_json_that_were_not_published():
    event = CloudEvent(EVENT.attributes | {"dssematerial": PUBLISHED_TIME_MATERIAL}, b'{"hello":"world"}')
    with pytest.raises(BadSignature, match="not this event"):
        signature.verify(event, {"testkey": PUBLISHED_KEY})


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_law_7_a_signed_event_verifies_and_names_its_key(algorithm):
    private, public = key(algorithm)
    signed = signature.sign(EVENT, private, "k")
    assert signature.keyids(signed) == ("k",)
    assert signature.verify(signed, {"other": PUBLISHED_KEY, "k": public}) == "k"


@given(arbitrary.recorded(arbitrary.events()))
def test_law_7_a_signature_holds_in_every_mode(recorded):
    signed = signature.sign(encode(recorded), PRIVATE, "k")
    for write in (http.to_binary, http.to_structured, lambda each: http.to_batch([each])):
        [arrival] = http.parse(*write(signed))
        assert signature.verify(arrival.event, {"k": PUBLIC}) == "k"


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time"])
def test_law_7_a_changed_attribute_shows(name):
    changed = "2023-10-01T00:00:01Z" if name == "time" else "changed"
    with pytest.raises(BadSignature, match="not this event"):
        signature.verify(CloudEvent({**SIGNED.attributes, name: changed}, SIGNED.data), {"k": PUBLIC})


@given(st.binary())
def test_law_7_changed_data_shows(data):
    if data != SIGNED.data:
        with pytest.raises(BadSignature, match="not this event"):
            signature.verify(CloudEvent(SIGNED.attributes, data), {"k": PUBLIC})


def test_the_same_moment_written_otherwise_verifies():
    elsewhere = CloudEvent({**SIGNED.attributes, "time": "2023-10-01T02:00:00+02:00"}, SIGNED.data)
    assert signature.verify(elsewhere, {"k": PUBLIC}) == "k"


def test_extensions_are_not_under_the_signature():
    assert signature.verify(CloudEvent({**SIGNED.attributes, "authid": "admin"}, SIGNED.data), {"k": PUBLIC}) == "k"


def test_an_ecdsa_signature_of_64_bytes_verifies_as_its_der_form_does():
    private, public = key(KeyAlgorithm.ECDSA_P256)

    def make_raw(envelope):
        r, s = decode_dss_signature(base64.b64decode(envelope["signatures"][0]["sig"]))
        envelope["signatures"][0]["sig"] = base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()

    raw = with_envelope(make_raw, signature.sign(EVENT, private, "k"))
    assert signature.verify(raw, {"k": public}) == "k"


def test_one_known_key_among_several_is_enough():
    other, _ = key(KeyAlgorithm.ECDSA_P256, "other")
    second = json.loads(base64.b64decode(signature.sign(EVENT, other, "other").attributes["dssematerial"]))["signatures"]
    both = with_envelope(lambda envelope: envelope.update(signatures=second + envelope["signatures"]))
    assert signature.keyids(both) == ("other", "k")
    assert signature.verify(both, {"k": PUBLIC}) == "k"
    assert signature.verify(both, {"other": PUBLISHED_KEY, "k": PUBLIC}) == "k"


def test_an_event_without_signature_is_unsigned():
    for unsigned in (EVENT, CloudEvent({**EVENT.attributes, "dssematerial": ""}, EVENT.data)):
        with pytest.raises(Unsigned):
            signature.verify(unsigned, {"k": PUBLIC})


def test_an_unknown_key_is_named():
    with pytest.raises(UnknownKey, match="signed by k") as caught:
        signature.verify(SIGNED, {"other": PUBLIC})
    assert caught.value.keyids == ("k",)


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_law_7_another_private_key_under_a_known_name_is_a_bad_signature(algorithm):
    private, _ = key(algorithm)
    with pytest.raises(BadSignature, match="does not verify"):
        signature.verify(signature.sign(EVENT, private, "k"), {"k": PUBLIC})


@pytest.mark.parametrize("pem", ["", "é", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_registered_key_that_cannot_be_loaded_verifies_nothing(pem):
    with pytest.raises(BadSignature, match="does not verify"):
        signature.verify(SIGNED, {"k": PublicKey(keyid="k", algorithm=KeyAlgorithm.ED25519, pem=pem)})


def test_a_key_registered_under_the_other_scheme_verifies_nothing():
    with pytest.raises(BadSignature, match="does not verify"):
        signature.verify(SIGNED, {"k": PUBLIC.model_copy(update={"algorithm": KeyAlgorithm.ECDSA_P256})})


def test_another_payload_type_is_refused():
    envelope = Envelope(signature.digest_material(EVENT), "text/plain", {})
    envelope.sign(signature._signer(PRIVATE, "k"))
    material = base64.b64encode(json.dumps(envelope.to_dict()).encode()).decode()
    with pytest.raises(BadSignature, match="payload type"):
        signature.verify(CloudEvent({**EVENT.attributes, "dssematerial": material}, EVENT.data), {"k": PUBLIC})


def test_an_envelope_without_signatures_is_refused():
    with pytest.raises(BadSignature, match="no signature"):
        signature.verify(with_envelope(lambda envelope: envelope.update(signatures=[])), {"k": PUBLIC})


@pytest.mark.parametrize(
    "change",
    [
        lambda envelope: envelope.pop("payload"),
        lambda envelope: envelope.pop("payloadType"),
        lambda envelope: envelope.pop("signatures"),
        lambda envelope: envelope.update(payload=1),
        lambda envelope: envelope.update(payload="*"),
        lambda envelope: envelope.update(payloadType=1),
        lambda envelope: envelope.update(signatures=1),
        lambda envelope: envelope.update(signatures=[1]),
        lambda envelope: envelope.update(signatures=[{"sig": "AA=="}]),
        lambda envelope: envelope.update(signatures=[{"keyid": 1, "sig": "AA=="}]),
        lambda envelope: envelope.update(signatures=[{"keyid": "\ud800", "sig": "AA=="}]),
        lambda envelope: envelope["signatures"].append(envelope["signatures"][0]),
    ],
)
def test_an_envelope_out_of_form_is_a_bad_signature(change):
    with pytest.raises(BadSignature, match="DSSE envelope in JSON"):
        signature.verify(with_envelope(change), {"k": PUBLIC})


@given(st.text(min_size=1) | st.binary(min_size=1).map(lambda data: base64.b64encode(data).decode()))
def test_any_material_is_judged(material):
    with pytest.raises((BadSignature, UnknownKey)):
        signature.verify(CloudEvent({**EVENT.attributes, "dssematerial": material}, EVENT.data), {"k": PUBLIC})


def test_a_time_that_is_none_is_a_bad_signature_not_a_crash():
    with pytest.raises(BadSignature, match="RFC 3339"):
        signature.verify(CloudEvent({**SIGNED.attributes, "time": "noon"}, SIGNED.data), {"k": PUBLIC})


def test_the_digest_is_that_of_nothing_where_an_attribute_is_absent():
    bare = CloudEvent({"specversion": "1.0", "id": "1", "source": "s", "type": "t"}, None)
    assert signature.digest_material(bare) == signature.digest_material(CloudEvent(bare.attributes | {"subject": "", "time": ""}, b""))


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
def test_a_key_says_its_algorithm(algorithm):
    private, public = signature.generate_key(algorithm)
    assert signature.algorithm_of(public) is algorithm
    assert signature.public_key_of(private) == public


def test_keys_of_other_kinds_are_refused():
    p384 = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(ValueError, match="make an Ed25519 or an ECDSA P-256 key"):
        signature.sign(EVENT, p384.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "k")
    with pytest.raises(ValueError, match="are not accepted"):
        signature.algorithm_of(pem_of(rsa.generate_private_key(65537, 2048).public_key()).encode())
    with pytest.raises(ValueError, match=r".+"):
        signature.sign(EVENT, b"no key", "k")


def test_a_sealed_event_can_be_shown_to_be_of_a_key_later():
    seal = signature.sealed(SIGNED)
    assert seal.keyids == ("k",)
    assert seal.material == signature.digest_material(EVENT)
    assert seal.made_by(PUBLIC)
    assert not seal.made_by(PUBLIC.model_copy(update={"keyid": "other"}))
    assert not seal.made_by(key(KeyAlgorithm.ED25519)[1])
    with pytest.raises(BadSignature):
        signature.sealed(CloudEvent(SIGNED.attributes, b"{}"))
