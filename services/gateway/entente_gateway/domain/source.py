"""A source: a foreign system let in under a name, with its keys and its rights. Stream: `source/<name>`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from entente_contracts.events.gateway import (
    PublicKey,
    Rights,
    SourceKeyAdded,
    SourceKeyRevoked,
    SourceRegistered,
    SourceRightsChanged,
)
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.refused import Refused

REPORTABLE = tuple(model.event_name for model in (ObservationReported, ObservationRevised, ObservationRetracted))
"""The event types, without version, that a foreign system may ever report; rights choose among them."""

MOST_KEYS = 20
"""Keys that one source may have, revoked ones included: each is tried against a signature that names it."""


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


SourceCommand = RegisterSource | AddKey | RevokeKey | ChangeRights
SourceEvent = SourceRegistered | SourceKeyAdded | SourceKeyRevoked | SourceRightsChanged


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of a source; refused for what arrives at `revoked_at` or later."""

    key: PublicKey
    revoked_at: datetime | None = None

    def revoked(self, at: datetime) -> bool:
        """Whether what arrives `at` this moment comes too late."""
        return self.revoked_at is not None and at >= self.revoked_at


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source as it stands."""

    name: str
    uri: str
    party: str | None
    title: str
    rights: Rights
    keys: tuple[HeldKey, ...] = ()

    def key(self, keyid: str) -> HeldKey | None:
        """The key with this id."""
        return next((held for held in self.keys if held.key.keyid == keyid), None)


def stream(command: SourceCommand) -> str:
    """The stream that a command is decided on."""
    return f"source/{command.name}"


def decide(command: SourceCommand, source: Source | None) -> Sequence[SourceEvent]:
    """The events that follow from a command, or `Refused`."""
    if isinstance(command, RegisterSource):
        if source is not None:
            raise Refused(
                "source-exists",
                f"a source named {source.name!r} is registered already, as {source.uri!r}",
                "choose another name, or change the keys and rights of the one that is there",
                where="name",
                status=409,
            )
        return _register(command)
    if source is None:
        raise Refused("no-such-source", f"no source is named {command.name!r}", "register it first", where="name", status=404)
    match command:
        case AddKey():
            return [_added(source.name, command.key, source.keys, command.because)]
        case RevokeKey():
            return _revoke(command, source)
        case ChangeRights():
            return _change(command, source)


def evolve(source: Source | None, event: SourceEvent) -> Source:
    """The source after an event."""
    if isinstance(event, SourceRegistered):
        return Source(event.source, event.uri, event.party, event.title, event.rights)
    if source is None:
        raise ValueError(f"{event.event_type()} of {event.source!r} comes before the source was registered")
    match event:
        case SourceKeyAdded():
            return replace(source, keys=(*source.keys, HeldKey(event.key)))
        case SourceKeyRevoked():
            revoked = tuple(replace(held, revoked_at=event.revoked_at) if held.key.keyid == event.keyid else held for held in source.keys)
            return replace(source, keys=revoked)
        case SourceRightsChanged():
            return replace(source, rights=event.rights)


def _register(command: RegisterSource) -> list[SourceEvent]:
    _check(command.rights)
    events: list[SourceEvent] = [
        SourceRegistered(
            source=command.name,
            uri=command.uri,
            party=command.party,
            title=command.title,
            rights=command.rights,
            because=command.because,
        )
    ]
    held: tuple[HeldKey, ...] = ()
    for key in command.keys:
        events.append(_added(command.name, key, held, command.because))
        held = (*held, HeldKey(key))
    return events


def _added(name: str, key: PublicKey, held: tuple[HeldKey, ...], because: str) -> SourceKeyAdded:
    if any(other.key.keyid == key.keyid for other in held):
        raise Refused(
            "key-exists",
            f"the source {name!r} has, or had, a key with the id {key.keyid!r}",
            "give the new key an id of its own; one that was revoked stays so",
            where="keyid",
            status=409,
        )
    if any(other.key.pem == key.pem for other in held):
        raise Refused(
            "key-exists",
            f"the source {name!r} has, or had, this very key under another id",
            "make a new key pair; one that was revoked stays so",
            where="pem",
            status=409,
        )
    if len(held) >= MOST_KEYS:
        raise Refused(
            "too-many-keys", f"the source {name!r} has had {MOST_KEYS} keys, which is the most", "register it anew under another name"
        )
    return SourceKeyAdded(source=name, key=key, because=because)


def _revoke(command: RevokeKey, source: Source) -> list[SourceEvent]:
    held = source.key(command.keyid)
    if held is None:
        known = ", ".join(repr(other.key.keyid) for other in source.keys) or "none"
        raise Refused(
            "no-such-key", f"the source {source.name!r} has no key {command.keyid!r}; its keys: {known}", "name one of them", "keyid", 404
        )
    if held.revoked_at is not None:
        raise Refused(
            "key-revoked",
            f"the key {command.keyid!r} of {source.name!r} was revoked at {held.revoked_at.isoformat()}",
            "nothing is left to do",
            "keyid",
            409,
        )
    return [SourceKeyRevoked(source=source.name, keyid=command.keyid, revoked_at=command.at, because=command.because)]


def _change(command: ChangeRights, source: Source) -> list[SourceEvent]:
    _check(command.rights)
    if command.rights == source.rights:
        raise Refused("nothing-changes", f"the rights of {source.name!r} are these already", "send other rights", where="rights")
    return [SourceRightsChanged(source=source.name, rights=command.rights, because=command.because)]


def _check(rights: Rights) -> None:
    if not rights.types:
        raise Refused(
            "no-types", "rights without a type let nothing in", f"name at least one of {', '.join(REPORTABLE)}", where="rights.types"
        )
    for number, name in enumerate(rights.types):
        if name not in REPORTABLE:
            raise Refused(
                "not-reportable",
                f"{name!r} is no type that a source may report",
                f"name types without version, of {', '.join(REPORTABLE)}",
                where=f"rights.types[{number}]",
            )
