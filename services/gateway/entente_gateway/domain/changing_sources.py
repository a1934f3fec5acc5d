"""What follows from a command on a source, or why it is refused."""

from collections.abc import Sequence

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
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.refused import Refused
from entente_gateway.domain.source import HeldKey, Source, SourceEvent
from entente_gateway.domain.source_commands import (
    AddKey,
    ChangeRights,
    DescribeSource,
    IssueToken,
    RegisterSource,
    ReinstateSource,
    RevokeKey,
    RevokeToken,
    SourceCommand,
    SuspendSource,
)

REPORTABLE = tuple(model.event_name for model in (ObservationReported, ObservationRevised, ObservationRetracted))
"""The event types, without version, that a foreign system may ever report; rights choose among them."""

MOST_KEYS = 20
"""Keys that one source may have, revoked ones included: each is tried against a signature that names it."""

MOST_TOKENS = 10
"""Tokens that a source may have at once."""


def decide(command: SourceCommand, source: Source | None) -> Sequence[SourceEvent]:
    """The events that follow from a command, or `Refused`."""
    if isinstance(command, RegisterSource):
        return _register(command, source)
    if source is None:
        raise Refused("no-such-source", f"no source is named {command.name!r}", "register it first", where="name", status=404)
    match command:
        case AddKey():
            return [_added(source.name, command.key, source.keys, command.because)]
        case RevokeKey():
            return _revoke(command, source)
        case ChangeRights() | DescribeSource():
            return _change(command, source)
        case SuspendSource() | ReinstateSource():
            return _stop_or_go(command, source)
        case IssueToken() | RevokeToken():
            return _token(command, source)


def _register(command: RegisterSource, source: Source | None) -> list[SourceEvent]:
    if source is not None:
        raise Refused(
            "source-exists",
            f"a source named {source.name!r} is registered already, as {source.uri!r}",
            "choose another name, or change the keys and rights of the one that is there",
            where="name",
            status=409,
        )
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


def _change(command: ChangeRights | DescribeSource, source: Source) -> list[SourceEvent]:
    if isinstance(command, ChangeRights):
        _check(command.rights)
        if command.rights == source.rights:
            raise Refused("nothing-changes", f"the rights of {source.name!r} are these already", "send other rights", where="rights")
        return [SourceRightsChanged(source=source.name, rights=command.rights, because=command.because)]
    if (command.party, command.title) == (source.party, source.title):
        raise Refused("nothing-changes", f"{source.name!r} is described so already", "send another title or party", where="title")
    return [SourceDescribed(source=source.name, party=command.party, title=command.title, because=command.because)]


def _stop_or_go(command: SuspendSource | ReinstateSource, source: Source) -> list[SourceEvent]:
    running = next((suspension for suspension in source.suspensions if suspension.until is None), None)
    if isinstance(command, SuspendSource):
        if running is not None:
            raise Refused(
                "source-suspended",
                f"{source.name!r} has been suspended since {running.since.isoformat()}",
                "nothing is left to do",
                where="path name",
                status=409,
            )
        return [SourceSuspended(source=source.name, suspended_at=command.at, because=command.because)]
    if running is None:
        raise Refused("source-not-suspended", f"{source.name!r} is not suspended", "nothing is left to do", where="path name", status=409)
    return [SourceReinstated(source=source.name, reinstated_at=command.at, because=command.because)]


def _token(command: IssueToken | RevokeToken, source: Source) -> list[SourceEvent]:
    held = [name for name, _ in source.tokens]
    if isinstance(command, RevokeToken):
        if command.token not in held:
            known = ", ".join(held) or "none"
            raise Refused(
                "no-such-token",
                f"{source.name!r} has no token {command.token!r}; its tokens: {known}",
                "name one of them",
                "path token",
                404,
            )
        return [SourceTokenRevoked(source=source.name, token=command.token, because=command.because)]
    if command.token in held or command.token in source.spent:
        raise Refused(
            "token-exists", f"{source.name!r} has, or had, a token {command.token!r}", "give it another name", where="token", status=409
        )
    if len(held) >= MOST_TOKENS:
        raise Refused("too-many-tokens", f"{source.name!r} has {MOST_TOKENS} tokens, which is the most", "revoke one first", where="token")
    return [SourceTokenIssued(source=source.name, token=command.token, digest=command.digest, because=command.because)]


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
