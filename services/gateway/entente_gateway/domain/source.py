"""A source: a foreign system let in under a name, with its keys and its rights. Stream: `source/<name>`."""

from dataclasses import dataclass, replace
from datetime import datetime

from entente_contracts.events.gateway import (
    PublicKey,
    Rights,
    SourceDescribed,
    SourceKeyAdded,
    SourceKeyRevoked,
    SourceRegistered,
    SourceReinstated,
    SourceRightsChanged,
    SourceSuspended,
    SourceTokenIssued,
    SourceTokenRevoked,
)

SourceChange = (
    SourceKeyAdded
    | SourceKeyRevoked
    | SourceRightsChanged
    | SourceDescribed
    | SourceSuspended
    | SourceReinstated
    | SourceTokenIssued
    | SourceTokenRevoked
)
SourceEvent = SourceRegistered | SourceChange


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a source; refused for what arrives at `revoked_at` or later."""

    key: PublicKey
    revoked_at: datetime | None = None

    def revoked(self, at: datetime) -> bool:
        """Whether what arrives `at` this moment comes too late."""
        return self.revoked_at is not None and at >= self.revoked_at


@dataclass(frozen=True, slots=True)
class Suspension:
    """A time in which nothing of the source is let in: from `since` up to `until` (none: it goes on)."""

    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether what arrives `at` this moment is refused."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source as it stands. `tokens`: the hashes of those that open, by name; `spent`: names of those that do no more."""

    name: str
    uri: str
    party: str | None
    title: str
    rights: Rights
    keys: tuple[HeldKey, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    tokens: tuple[tuple[str, str], ...] = ()
    spent: frozenset[str] = frozenset()

    def suspended(self, at: datetime) -> bool:
        """Whether what arrives `at` this moment is refused for the whole source."""
        return any(suspension.holds(at) for suspension in self.suspensions)

    def key(self, keyid: str) -> HeldKey | None:
        """The key with this id."""
        return next((held for held in self.keys if held.key.keyid == keyid), None)


def evolve(source: Source | None, event: SourceEvent) -> Source:
    """The source after an event."""
    if isinstance(event, SourceRegistered):
        return Source(event.source, event.uri, event.party, event.title, event.rights)
    if source is None:
        raise ValueError(f"{event.event_type()} of {event.source!r} comes before the source was registered")
    return _changed(source, event)


def _changed(source: Source, event: SourceChange) -> Source:
    match event:
        case SourceKeyAdded() | SourceKeyRevoked():
            return replace(source, keys=_keys(source, event))
        case SourceSuspended() | SourceReinstated():
            return replace(source, suspensions=_suspensions(source, event))
        case SourceTokenIssued():
            return replace(source, tokens=(*source.tokens, (event.token, event.digest)))
        case SourceTokenRevoked():
            left = tuple(token for token in source.tokens if token[0] != event.token)
            return replace(source, tokens=left, spent=source.spent | {event.token})
        case SourceRightsChanged():
            return replace(source, rights=event.rights)
        case SourceDescribed():
            return replace(source, party=event.party, title=event.title)


def _keys(source: Source, event: SourceKeyAdded | SourceKeyRevoked) -> tuple[HeldKey, ...]:
    if isinstance(event, SourceKeyAdded):
        return (*source.keys, HeldKey(event.key))
    return tuple(replace(held, revoked_at=event.revoked_at) if held.key.keyid == event.keyid else held for held in source.keys)


def _suspensions(source: Source, event: SourceSuspended | SourceReinstated) -> tuple[Suspension, ...]:
    if isinstance(event, SourceSuspended):
        return (*source.suspensions, Suspension(event.suspended_at))
    *past, last = source.suspensions
    return (*past, replace(last, until=event.reinstated_at))
