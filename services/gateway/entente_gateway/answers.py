"""What the gateway's reading routes answer."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from entente_contracts.events.gateway import KeyAlgorithm, QuarantineReason, Rights
from entente_eventkit.store.commands import Answer
from entente_gateway.projections.quarantine import RefusedArrival
from entente_gateway.projections.sources import SourceKeyNow, SourceNow


class ChangeAnswer(BaseModel):
    """A command's effect: the source's version after it (also the `ETag`), and the ids of the events that it made."""

    source: str
    version: int
    events: list[str]

    @classmethod
    def of(cls, source: str, answer: Answer) -> Self:
        """The effect of a command on a source."""
        return cls(source=source, version=answer.version, events=list(answer.events))


class KeyAnswer(BaseModel):
    """A key of a source: since when it verifies, and from when on what arrives under it is refused."""

    keyid: str
    algorithm: KeyAlgorithm
    pem: str
    added: datetime
    added_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_because: str | None


class SourceAnswer(BaseModel):
    """A registered source as it stands."""

    name: str
    uri: str
    party: str | None
    title: str
    rights: Rights
    keys: list[KeyAnswer]
    registered: datetime
    registered_by: str
    version: int

    @classmethod
    def of(cls, source: SourceNow, keys: Sequence[SourceKeyNow]) -> Self:
        """The source from its rows."""
        return cls(
            **source.model_dump(exclude={"rights"}),
            rights=Rights.model_validate(json.loads(source.rights)),
            keys=[KeyAnswer(**key.model_dump(exclude={"source"})) for key in keys],
        )


class SourcesAnswer(BaseModel):
    """Registered sources in order of their names."""

    items: list[SourceAnswer]


class RefusedAnswer(BaseModel):
    """An arrival in quarantine by the last word on it.

    `times`: how often it came; `admitted`: the event that it became, if it passed later.
    `claimed_source` and `claimed_id` are what it said of itself; `signed_by` is the source whose key signed it, null where nobody vouches.
    """

    digest: str
    reason: QuarantineReason
    detail: str
    mend: str
    length: int
    claimed_source: str | None
    claimed_id: str | None
    signed_by: str | None
    first_refused: datetime
    last_judged: datetime
    last_arrived: datetime
    times: int
    admitted: str | None

    @classmethod
    def of(cls, arrival: RefusedArrival, times: int, last_arrived: datetime) -> Self:
        """The arrival from its row, and how often it came."""
        return cls(**arrival.model_dump(), times=times, last_arrived=last_arrived)


class QuarantineAnswer(BaseModel):
    """What was refused, the last judged first."""

    items: list[RefusedAnswer]
