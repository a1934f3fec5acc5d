"""Version 1 of `EventQuarantined`, frozen as it was: stores keep what was written under it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.gateway import Digest, SourceName
from entente_contracts.topics import GATEWAY


class QuarantineReasonV1(StrEnum):
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


class EventQuarantinedV1(Event, name="entente.gateway.event-quarantined", version=1, topic=GATEWAY):
    """An arrival was refused and kept as it came. Superseded by version 2, whose list of reasons is open."""

    reason: Annotated[QuarantineReasonV1, Field(description="the first check that failed")]
    detail: Annotated[str, Field(max_length=8_000, description="what was wrong and where")]
    mend: Annotated[str, Field(max_length=2_000, description="what the sender can do about it")]
    digest: Digest
    length: Annotated[int, Field(ge=0, description="bytes of the arrival")]
    claimed_source: Annotated[str | None, Field(max_length=200, description="CloudEvents source as claimed")] = None
    claimed_id: Annotated[str | None, Field(max_length=200, description="CloudEvents id as claimed")] = None
    signed_by: Annotated[SourceName | None, Field(description="source whose key verified; null: none did")] = None
