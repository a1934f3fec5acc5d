"""Signatures on CloudEvents: the verifiability extension, a DSSE v1.0.2 envelope in the attribute `dssematerial`.

What is signed is a digest of the core attributes and the data. Extensions are not under it: never trust one that came in.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]  # its own documented place for them

from entente_contracts import rfc3339, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.events.gateway import KeyAlgorithm, PublicKey

PAYLOAD_TYPE = "https://cloudevents.io/verifiability/dsse/v0.1"
ATTRIBUTE = "dssematerial"

_SIGNED = ("id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject")
_RAW_P256 = 64
_SCHEMES = {KeyAlgorithm.ED25519: "ed25519", KeyAlgorithm.ECDSA_P256: "ecdsa-sha2-nistp256"}


class Unsigned(ValueError):
    """The event carries no signature."""


class BadSignature(ValueError):
    """The event carries something that is no valid signature of it; the text says what is wrong."""


class UnknownKey(LookupError):
    """None of the keys that signed is known; `keyids` names them."""

    def __init__(self, keyids: tuple[str, ...]) -> None:
        super().__init__(f"signed by {', '.join(keyid[:100] for keyid in keyids)}; none of these keys is known")
        self.keyids = keyids


def digest_material(event: CloudEvent) -> bytes:
    """The 32 bytes that are signed: SHA-256 over the SHA-256s of id, source, specversion, type, datacontenttype, dataschema, subject,
    time and data, an absent one being empty. `time` is written in UTC with `Z`, its decimals as they were.

    Raises `ValueError` for a time that is not RFC 3339.
    """
    parts = [event.attributes.get(name, "").encode("utf-8") for name in _SIGNED]
    time = event.attributes.get("time", "")
    parts.append((rfc3339.zulu(time) if time else "").encode("ascii"))
    parts.append(event.data or b"")
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def sign(event: CloudEvent, private_key_pem: bytes, keyid: str) -> CloudEvent:
    """The event with `dssematerial`, signed by a PKCS #8 private key in PEM (Ed25519 or ECDSA P-256) under the name `keyid`.

    Raises `ValueError` for a key that is of neither kind or cannot be read.
    """
    envelope = Envelope(digest_material(event), PAYLOAD_TYPE, {})
    envelope.sign(_signer(private_key_pem, keyid))
    material = base64.b64encode(json.dumps(envelope.to_dict()).encode("utf-8")).decode("ascii")
    return CloudEvent({**event.attributes, ATTRIBUTE: material}, event.data)


def keyids(event: CloudEvent) -> tuple[str, ...]:
    """The keys that an event says it was signed with; raises `Unsigned` or `BadSignature`."""
    return tuple(_envelope(event).signatures)


def verify(event: CloudEvent, keys: Mapping[str, PublicKey]) -> str:
    """The id of the known key that signed this very event. ECDSA signatures may be DER or the 64 bytes r and s.

    Raises `Unsigned`, `BadSignature` or `UnknownKey`.
    """
    envelope = _envelope(event)
    known = [keyid for keyid in envelope.signatures if keyid in keys]
    if not known:
        raise UnknownKey(tuple(envelope.signatures))
    keyid = next((keyid for keyid in known if _signed_by(envelope, keyid, keys[keyid])), None)
    if keyid is None:
        raise BadSignature(f"the signature by {known[0][:100]} does not verify; sign with the private key of that name")
    _check_covers(envelope, event)
    return keyid


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signature that is sound in itself: its envelope can be read and covers this very event. Whose it is remains to be shown.

    `material`: the 32 bytes that were signed, the same in every content mode and for every signer.
    """

    material: bytes
    envelope: Envelope

    @property
    def keyids(self) -> tuple[str, ...]:
        """The keys that it says it was made with."""
        return tuple(self.envelope.signatures)

    def made_by(self, key: PublicKey) -> bool:
        """Whether this key made it, under its own id."""
        return key.keyid in self.envelope.signatures and _signed_by(self.envelope, key.keyid, key)


def sealed(event: CloudEvent) -> Sealed:
    """The event's signature, judged by the event alone; raises `Unsigned` or `BadSignature`."""
    envelope = _envelope(event)
    _check_covers(envelope, event)
    return Sealed(envelope.payload, envelope)


def generate_key(algorithm: KeyAlgorithm) -> tuple[bytes, bytes]:
    """A new private key (PKCS #8) and its public key (SubjectPublicKeyInfo), both in PEM. Keep the first to yourself."""
    signer = CryptoSigner.generate_ed25519() if algorithm is KeyAlgorithm.ED25519 else CryptoSigner.generate_ecdsa()
    return signer.private_bytes, public_key_of(signer.private_bytes)


def _envelope(event: CloudEvent) -> Envelope:
    material = event.attributes.get(ATTRIBUTE)
    if not material:
        raise Unsigned(f"the attribute {ATTRIBUTE} is missing; sign the event with a registered key")
    try:
        fields = strict_json.read(base64.b64decode(material, validate=True))
        envelope = Envelope.from_dict(fields)
        if not all(isinstance(text, str) for text in (envelope.payload_type, *envelope.signatures)):
            raise TypeError("payloadType and keyid are texts")
    except (ValueError, TypeError, KeyError, AttributeError, FormatError) as error:
        raise BadSignature(f"{ATTRIBUTE} is not the Base64 of a DSSE envelope in JSON; make it with a DSSE 1.0.2 library") from error
    if not envelope.signatures:
        raise BadSignature("the DSSE envelope has no signature; sign the event with a registered key")
    return envelope


def public_key_of(private_key_pem: bytes) -> bytes:
    """The public key (SubjectPublicKeyInfo, PEM) of a private one."""
    return load_pem_private_key(private_key_pem, None).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def algorithm_of(public_key_pem: bytes) -> KeyAlgorithm:
    """The signature scheme of a public key in PEM; raises `ValueError` for one that is not accepted."""
    scheme = SSlibKey.from_crypto(load_pem_public_key(public_key_pem)).scheme
    for algorithm, name in _SCHEMES.items():
        if scheme == name:
            return algorithm
    raise ValueError(f"keys for {scheme} are not accepted; make an Ed25519 or an ECDSA P-256 key")


def _signed_by(envelope: Envelope, keyid: str, key: PublicKey) -> bool:
    signature = envelope.signatures[keyid]
    candidates = [signature.signature]
    if key.algorithm is KeyAlgorithm.ECDSA_P256 and len(raw := bytes.fromhex(signature.signature)) == _RAW_P256:
        candidates.append(encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])).hex())
    for candidate in candidates:
        try:
            _public_key(keyid, key).verify_signature(Signature(keyid, candidate), envelope.pae())
        except (UnverifiedSignatureError, UnsupportedAlgorithm, ValueError):
            continue
        return True
    return False


def _check_covers(envelope: Envelope, event: CloudEvent) -> None:
    if envelope.payload_type != PAYLOAD_TYPE:
        raise BadSignature(f"the envelope's payload type is {envelope.payload_type[:100]!r}; it must be {PAYLOAD_TYPE}")
    if envelope.payload != _digest_of_arrival(event):
        raise BadSignature("what was signed is not this event; sign it after its last change, JSON data in canonical form (RFC 8785)")


def _digest_of_arrival(event: CloudEvent) -> bytes:
    try:
        return digest_material(event)
    except ValueError as error:
        raise BadSignature(str(error)) from error


@lru_cache(maxsize=1024)
def _public_key(keyid: str, key: PublicKey) -> SSlibKey:
    return SSlibKey.from_crypto(load_pem_public_key(key.pem.encode("ascii")), keyid, _SCHEMES[key.algorithm])


@lru_cache(maxsize=8)
def _signer(private_key_pem: bytes, keyid: str) -> CryptoSigner:
    algorithm = algorithm_of(public_key_of(private_key_pem))
    private = load_pem_private_key(private_key_pem, None)
    return CryptoSigner(private, SSlibKey.from_crypto(private.public_key(), keyid, _SCHEMES[algorithm]))
