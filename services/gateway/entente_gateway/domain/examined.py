"""An arrival with all that can be found out about it without deciding anything."""

from dataclasses import dataclass
from datetime import datetime

from entente_contracts.event import Event
from entente_contracts.events.gateway import PublicKey, QuarantineReason
from entente_contracts.topics import EVENT_LIMIT
from entente_contracts.validation import FieldError

ITEM_LIMIT = EVENT_LIMIT
"""The most bytes that one item may have: as many as an event may in the log."""

LONGEST_CLAIM = 200
"""Characters that are told of what an arrival says of itself; also the most that the id of an admitted event may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The data of an event as its type reads it.

    `name` without version, None where no source reports such a type; `versions` that there are, where its own is none of them; the
    `country` it is about; the `errors` in it, and the `flaw` of its bytes where they are why. Where there are none: the `data` as read,
    and its `body` in canonical form (RFC 8785).
    """

    name: str | None
    country: str | None = None
    errors: tuple[FieldError, ...] = ()
    flaw: QuarantineReason | None = None
    versions: str | None = None
    data: Event | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the signature shows by itself.

    `covers` is the hash over all that is signed (hex); `flaw` why it cannot be sound; `keyids` those that it names; `made_by` the keys, of
    those that anybody registered under these ids, that made it.
    """

    covers: str = ""
    flaw: str | None = None
    keyids: tuple[str, ...] = ()
    made_by: frozenset[PublicKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Examined:
    """An arrival with all that can be found out about it without deciding anything.

    `length` in bytes; `unreadable` says why it is no event, `unreadable_as` under which reason. `time`: when it happened, as its sender
    says. `judged`: when it is judged, where that is not when it arrived.
    """

    length: int
    arrived: datetime
    unreadable: str | None = None
    unreadable_as: QuarantineReason = QuarantineReason.NOT_CLOUDEVENT
    source: str | None = None
    id: str | None = None
    type: str | None = None
    time: datetime | None = None
    signature: Signature | None = None
    reading: Reading | None = None
    judged: datetime | None = None
