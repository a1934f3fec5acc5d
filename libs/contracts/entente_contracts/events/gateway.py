"""What the gateway decides: who may report, by which keys, within which rights, and what it refused."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from entente_contracts.event import Event
from entente_contracts.events.observations import CountryCode, LongText, Part, ShortText
from entente_contracts.topics import GATEWAY

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="short name of a source, as in its streams")]
SourceUri = Annotated[str, Field(min_length=1, max_length=200, description="the CloudEvents `source` that its events carry")]
KeyId = Annotated[str, Field(min_length=1, max_length=100, description="the DSSE `keyid` of a signature by this key")]


class Rights(Part):
    """What a source may report: event type names without version, and countries (`None`: every country)."""

    types: tuple[str, ...]
    countries: tuple[CountryCode, ...] | None = None


class KeyAlgorithm(StrEnum):
    """Signature schemes that the gateway verifies."""

    ED25519 = "ed25519"
    ECDSA_P256 = "ecdsa-p256"


class PublicKey(Part):
    """A public key in PEM (SubjectPublicKeyInfo)."""

    keyid: KeyId
    algorithm: KeyAlgorithm
    pem: Annotated[str, Field(max_length=2_000)]


class SourceRegistered(Event, name="entente.gateway.source-registered", version=1, topic=GATEWAY):
    """A foreign system was let in under a name, for a party, with its rights. Stream: `source/<name>`."""

    source: SourceName
    uri: SourceUri
    party: CountryCode | None
    title: ShortText
    rights: Rights
    because: LongText | None = None


class SourceKeyAdded(Event, name="entente.gateway.source-key-added", version=1, topic=GATEWAY):
    """A key of the source verifies from now on."""

    source: SourceName
    key: PublicKey
    because: LongText | None = None


class SourceKeyRevoked(Event, name="entente.gateway.source-key-revoked", version=1, topic=GATEWAY):
    """What arrives from `revoked_at` on under this key is refused; what was admitted before stays."""

    source: SourceName
    keyid: KeyId
    revoked_at: AwareDatetime
    because: LongText


class SourceRightsChanged(Event, name="entente.gateway.source-rights-changed", version=1, topic=GATEWAY):
    """The source's rights are these from now on."""

    source: SourceName
    rights: Rights
    because: LongText


class QuarantineReason(StrEnum):
    """Why an arrival was refused."""

    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_SOURCE = "unknown_source"
    REVOKED_KEY = "revoked_key"
    NOT_CLOUDEVENT = "not_cloudevent"
    UNKNOWN_TYPE = "unknown_type"
    INVALID_DATA = "invalid_data"
    BEYOND_RIGHTS = "beyond_rights"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    TOO_LARGE = "too_large"


class EventQuarantined(Event, name="entente.gateway.event-quarantined", version=1, topic=GATEWAY):
    """An arrival was refused and kept as it came, under its digest. Stream: `quarantine/<digest>`.

    `claimed_source` and `claimed_id` are what the arrival said of itself; nothing vouches for them unless `signed_by` names a source.
    `length` in bytes; `digest` is the SHA-256 of the arrival in hex.
    """

    reason: QuarantineReason
    detail: Annotated[str, Field(max_length=8_000)]
    mend: Annotated[str, Field(max_length=2_000)]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    length: Annotated[int, Field(ge=0)]
    claimed_source: Annotated[str, Field(max_length=200)] | None = None
    claimed_id: Annotated[str, Field(max_length=200)] | None = None
    signed_by: SourceName | None = None


class QuarantineReleased(Event, name="entente.gateway.quarantine-released", version=1, topic=GATEWAY):
    """What was refused passed when it was judged again, and was admitted as the event `admitted`."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    admitted: ShortText
    because: LongText
