"""What the gateway's reading routes answer."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel

from entente_contracts.events.gateway import KeyAlgorithm, Rights
from entente_contracts.receipts import Receipt
from entente_eventkit.store.commands import Answer
from entente_gateway.intake.limits import Limits
from entente_gateway.projections.quarantine import RefusedArrival
from entente_gateway.projections.sources import SourceKeyNow, SourceNow, SourceTokenNow


class ChangeAnswer(BaseModel):
    """A command's effect: the source's version after it (also the `ETag`), and the ids of the events that it made."""

    source: str
    version: int
    events: list[str]

    @classmethod
    def of(cls, source: str, answer: Answer) -> Self:
        """The effect of a command on a source."""
        return cls(source=source, version=answer.version, events=list(answer.events))


class TokenAnswer(ChangeAnswer):
    """A token that was made. `secret` is the token itself, shown this once; null where the request only repeats an earlier one."""

    token: str
    secret: str | None


class TokenNowAnswer(BaseModel):
    """A token of a source, without the token itself."""

    token: str
    issued: datetime
    issued_by: str
    revoked: datetime | None


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
    tokens: list[TokenNowAnswer]
    registered: datetime
    registered_by: str
    suspended: datetime | None
    suspended_because: str | None
    version: int

    @classmethod
    def of(cls, source: SourceNow, keys: Sequence[SourceKeyNow], tokens: Sequence[SourceTokenNow]) -> Self:
        """The source from its rows."""
        return cls(
            **source.model_dump(exclude={"rights"}),
            rights=Rights.model_validate(json.loads(source.rights)),
            keys=[KeyAnswer(**key.model_dump(exclude={"source"})) for key in keys],
            tokens=[TokenNowAnswer(**token.model_dump(exclude={"source", "digest"})) for token in tokens],
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
    reason: str
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


class KeptAnswer(RefusedAnswer):
    """An arrival in quarantine with its bytes in Base64: all of them, or the first 64 KiB of what was too large; null once they went."""

    mode: str
    content_type: str | None
    bytes: str | None
    kept_until: datetime | None


class ReleasedAnswer(BaseModel):
    """What became of a batch, in the order in which it was judged; `last`: where to go on, null where nothing more waits."""

    receipts: list[Receipt]
    last: str | None


class SpentAnswer(BaseModel):
    """How much of its limit somebody has used: `left` items may come at once, and `a_second` more each second."""

    who: str
    left: int
    a_second: float


class IntakeAnswer(BaseModel):
    """The front door: requests and bytes in hand, what may be in hand, who spent how much, and what was turned away, by reason."""

    requests: int
    most_requests: int
    bytes: int
    most_bytes: int
    spent: list[SpentAnswer]
    turned_away: dict[str, int]

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """As it is at this moment."""
        return cls(
            requests=limits.requests,
            most_requests=limits.allowed.requests,
            bytes=limits.bytes,
            most_bytes=limits.allowed.bytes,
            spent=[SpentAnswer(who=who, left=left, a_second=rate) for who, left, rate in limits.spent()],
            turned_away=dict(limits.turned_away),
        )
