"""What can be asked of a source: to let it in, to change it, to stop it."""

from dataclasses import dataclass
from datetime import datetime

from entente_contracts.events.gateway import PublicKey, Rights


@dataclass(frozen=True, slots=True)
class RegisterSource:
    """Let a foreign system in."""

    name: str
    uri: str
    party: str | None
    title: str
    rights: Rights
    keys: tuple[PublicKey, ...]
    because: str


@dataclass(frozen=True, slots=True)
class AddKey:
    """Let another key of the source verify."""

    name: str
    key: PublicKey
    because: str


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """Refuse what arrives under the key from `at` on."""

    name: str
    keyid: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class ChangeRights:
    """Replace what the source may report."""

    name: str
    rights: Rights
    because: str


@dataclass(frozen=True, slots=True)
class DescribeSource:
    """Say otherwise what the source is, and for whom it acts."""

    name: str
    party: str | None
    title: str
    because: str


@dataclass(frozen=True, slots=True)
class SuspendSource:
    """Refuse all that arrives from the source from `at` on."""

    name: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class ReinstateSource:
    """Judge what arrives from `at` on as before the suspension."""

    name: str
    at: datetime
    because: str


@dataclass(frozen=True, slots=True)
class IssueToken:
    """Let the source read what is its own with a token, known here by its SHA-256 (hex) only."""

    name: str
    token: str
    digest: str
    because: str


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """Let a token open nothing any more."""

    name: str
    token: str
    because: str


SourceCommand = (
    RegisterSource | AddKey | RevokeKey | ChangeRights | DescribeSource | SuspendSource | ReinstateSource | IssueToken | RevokeToken
)


def stream(command: SourceCommand) -> str:
    """The stream that a command is decided on."""
    return f"source/{command.name}"
