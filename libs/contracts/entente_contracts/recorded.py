"""An event as it was written down: the model together with its envelope."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from entente_contracts.event import Event

E_co = TypeVar("E_co", bound=Event, covariant=True)


class AuthType(StrEnum):
    """Who acted, in the words of the CloudEvents authentication context extension."""

    APP_USER = "app_user"
    USER = "user"
    SERVICE_ACCOUNT = "service_account"
    API_KEY = "api_key"
    SYSTEM = "system"
    UNAUTHENTICATED = "unauthenticated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it and for whom: `party` is the state (ISO 3166 alpha-3) or body acted for, None where nobody's.

    Travels as the extensions `authtype`, `authid` and `authclaims` (`{"party":"SDN"}`).
    """

    type: AuthType
    id: str
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The foreign event that an admitted one was made from: extensions `origin`, `originid`, `origindigest`, `originlength`.

    `digest` (SHA-256, hex) finds the foreign envelope, kept byte for byte at the gateway; `length` in bytes, None where it was not noted.
    """

    source: str
    id: str
    digest: str
    length: int | None = None

    @property
    def cause(self) -> str:
        """How the foreign event is named in a chain of causes."""
        return f"{self.source}#{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[E_co]):
    """An event with its envelope, as every fold, policy and query sees it.

    `type` is the type as written; `data` is always of the current version, older ones having passed their upcasters.
    `sequence` counts the versions of the stream `subject` from 1. `time` is when it happened, `recordedtime` when it was written down.
    `causationid` names the event that led to this one (`source#id` where that was foreign, a `request/...` where a person asked);
    `correlationid` is the same along a whole chain.
    """

    id: str
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    recordedtime: datetime
    correlationid: str
    causationid: str
    actor: Actor
    data: E_co
    traceparent: str | None = None
    dataclassification: str | None = None
    origin: Origin | None = None
