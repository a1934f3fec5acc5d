"""What the gateway decides: who may report, by which keys, within which rights, and what it refused."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from entente_contracts.event import Event
from entente_contracts.events.observations import CountryCode, Grading, LongText, Part, ShortText
from entente_contracts.topics import GATEWAY

SourceName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="short name of a source, as in its streams")]
SourceUri = Annotated[str, Field(min_length=1, max_length=200, description="the CloudEvents `source` that its events carry")]
KeyId = Annotated[str, Field(min_length=1, max_length=100, description="the DSSE `keyid` of a signature by this key")]
Because = Annotated[LongText, Field(description="the reason given")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the arrival, in hex")]


class Rights(Part):
    """What a source may report: event type names without version, and countries (`None`: every country); and how it is graded."""

    types: Annotated[tuple[str, ...], Field(description="event names without version, such as entente.observations.reported")]
    countries: Annotated[tuple[CountryCode, ...] | None, Field(description="places it may report of; null: every country")] = None
    grading: Annotated[Grading | None, Field(description="Admiralty grading that its reports get which carry none; null: none")] = None


class KeyAlgorithm(StrEnum):
    """Signature schemes that the gateway verifies."""

    ED25519 = "ed25519"
    ECDSA_P256 = "ecdsa-p256"


class PublicKey(Part):
    """A public key in PEM (SubjectPublicKeyInfo)."""

    keyid: KeyId
    algorithm: Annotated[KeyAlgorithm, Field(description="signature scheme")]
    pem: Annotated[str, Field(max_length=2_000, description="SubjectPublicKeyInfo in PEM")]


class SourceRegistered(Event, name="entente.gateway.source-registered", version=1, topic=GATEWAY):
    """A foreign system was let in under a name, for a party, with its rights. Stream: `source/<name>`."""

    source: SourceName
    uri: SourceUri
    party: Annotated[CountryCode | None, Field(description="state acted for (ISO 3166-1 alpha-3); null: nobody's")]
    title: Annotated[ShortText, Field(description="the source's name for people")]
    rights: Annotated[Rights, Field(description="what it may report")]
    because: Because | None = None


class SourceKeyAdded(Event, name="entente.gateway.source-key-added", version=1, topic=GATEWAY):
    """A key of the source verifies from now on."""

    source: SourceName
    key: Annotated[PublicKey, Field(description="verifies from now on")]
    because: Because | None = None


class SourceKeyRevoked(Event, name="entente.gateway.source-key-revoked", version=1, topic=GATEWAY):
    """What arrives from `revoked_at` on under this key is refused; what was admitted before stays."""

    source: SourceName
    keyid: KeyId
    revoked_at: Annotated[AwareDatetime, Field(description="what arrives from this moment on is refused")]
    because: Because


class SourceRightsChanged(Event, name="entente.gateway.source-rights-changed", version=1, topic=GATEWAY):
    """The source's rights are these from now on."""

    source: SourceName
    rights: Annotated[Rights, Field(description="what it may report from now on")]
    because: Because


class SourceDescribed(Event, name="entente.gateway.source-described", version=1, topic=GATEWAY):
    """What is said of the source for people is this from now on; its name and its URI stay for ever."""

    source: SourceName
    party: Annotated[CountryCode | None, Field(description="state acted for (ISO 3166-1 alpha-3); null: nobody's")]
    title: Annotated[ShortText, Field(description="the source's name for people")]
    because: Because


class SourceSuspended(Event, name="entente.gateway.source-suspended", version=1, topic=GATEWAY):
    """What arrives from `suspended_at` on is refused, whichever key signed it; what was admitted before stays."""

    source: SourceName
    suspended_at: Annotated[AwareDatetime, Field(description="what arrives from this moment on is refused")]
    because: Because


class SourceReinstated(Event, name="entente.gateway.source-reinstated", version=1, topic=GATEWAY):
    """The source is let in again for what arrives from `reinstated_at` on."""

    source: SourceName
    reinstated_at: Annotated[AwareDatetime, Field(description="what arrives from this moment on is judged as before")]
    because: Because


class SourceTokenIssued(Event, name="entente.gateway.source-token-issued", version=1, topic=GATEWAY):
    """A token with which the source may read what is its own. Only its hash is written down; the token itself was shown once."""

    source: SourceName
    token: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$", description="the token's name")]
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the token, in hex")]
    because: Because


class SourceTokenRevoked(Event, name="entente.gateway.source-token-revoked", version=1, topic=GATEWAY):
    """The token opens nothing from now on."""

    source: SourceName
    token: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$", description="the token's name")]
    because: Because


class QuarantineReason(StrEnum):
    """Why an arrival was refused."""

    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    DUPLICATE_KEYS = "duplicate_keys"
    TOO_DEEP = "too_deep"
    NOT_CLOUDEVENT = "not_cloudevent"
    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_SOURCE = "unknown_source"
    REVOKED_KEY = "revoked_key"
    SUSPENDED_SOURCE = "suspended_source"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    FROM_THE_FUTURE = "from_the_future"
    INVALID_DATA = "invalid_data"
    BEYOND_RIGHTS = "beyond_rights"


Reason = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9_]{0,59}$",
        description=f"the first check that failed, for now one of {', '.join(QuarantineReason)}; take one that you do not know as refused",
    ),
]


class EventQuarantined(Event, name="entente.gateway.event-quarantined", version=2, topic=GATEWAY):
    """An arrival was refused and kept as it came, under its digest. Stream: `quarantine/<digest>`.

    `claimed_source` and `claimed_id` are what the arrival said of itself; nothing vouches for them unless `signed_by` names a source.
    `length` in bytes; `digest` is the SHA-256 of the arrival in hex. Version 1 had a closed list of reasons.
    """

    reason: Reason
    detail: Annotated[str, Field(max_length=8_000, description="what was wrong and where")]
    mend: Annotated[str, Field(max_length=2_000, description="what the sender can do about it")]
    digest: Digest
    length: Annotated[int, Field(ge=0, description="bytes of the arrival")]
    claimed_source: Annotated[str | None, Field(max_length=200, description="CloudEvents source as claimed")] = None
    claimed_id: Annotated[str | None, Field(max_length=200, description="CloudEvents id as claimed")] = None
    signed_by: Annotated[SourceName | None, Field(description="source whose key verified; null: none did")] = None


class QuarantineReleased(Event, name="entente.gateway.quarantine-released", version=1, topic=GATEWAY):
    """What was refused passed when it was judged again, and was admitted as the event `admitted`."""

    digest: Digest
    admitted: Annotated[ShortText, Field(description="id of the event that was admitted")]
    because: Because
