"""What becomes of an arrival: one order of judgements, the same for everybody.

1. `too_large`        it is longer than an item may be
2. `not_cloudevent`   it cannot be read as a CloudEvents 1.0 event
3. `unsigned`         it carries no signature
4. `bad_signature`    its signature is unsound in itself, or does not cover what it says
5. `unknown_source`   no key that is registered for its `source` made the signature
   `bad_signature`    ... though a key of another source did
6. `revoked_key`      the key had been revoked when it arrived
7. duplicate          the same signed content was admitted before; `conflicting_duplicate` where other content was
8. `unknown_type`     its type is none that sources report
9. `invalid_data`     its data does not fit its type
10. `beyond_rights`   its source may not report this type, or this country

A stranger, who holds no registered key, never gets beyond 5 and learns nothing about what is registered there: 1 to 4 are judged by
the arrival alone, and 5 says the same, word for word, of a source that is not registered and of one that is. Whoever gets beyond 5
holds a key.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from entente_contracts.event import Event
from entente_contracts.events.gateway import PublicKey, QuarantineReason, Rights
from entente_contracts.topics import EVENT_LIMIT
from entente_contracts.validation import FieldError
from entente_gateway.domain.source import REPORTABLE, HeldKey, Source

ITEM_LIMIT = EVENT_LIMIT
"""The most bytes that one item may have: as many as an event may in the log."""

LONGEST_CLAIM = 200
"""Characters that are told of what an arrival says of itself; also the most that the id of an admitted event may have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The data of an event as its type reads it.

    `name` without version, None where no source reports such a type; the `country` it is about; the `errors` in it. Where there are none:
    the `data` as read, and its `body` in canonical form (RFC 8785).
    """

    name: str | None
    country: str | None = None
    errors: tuple[FieldError, ...] = ()
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

    `length` in bytes; `unreadable` says why it is no event. `time`: when it happened, as its sender says.
    """

    length: int
    arrived: datetime
    unreadable: str | None = None
    source: str | None = None
    id: str | None = None
    type: str | None = None
    time: datetime | None = None
    signature: Signature | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """What was admitted under a source's id: the hash over what was signed, its position, and the id it was given.

    A store that took its own events over from the log knows no longer what was signed, but what was admitted: `covers` is `content` then.
    """

    covers: str
    position: int
    event: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """It comes in: what `source` calls `id`, about `country`.

    `body` is its data in canonical form, `covers` the hash over what was signed.
    """

    source: Source
    id: str
    country: str
    data: Event
    body: bytes
    covers: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It came in before."""

    source: Source
    first: FirstSeen


@dataclass(frozen=True, slots=True)
class Quarantined:
    """It stays out. `signed_by` is the source that surely sent it, None where nobody vouches.

    `for_operators`: what a stranger must not learn.
    """

    reason: QuarantineReason
    detail: str
    mend: str
    signed_by: Source | None = None
    for_operators: str | None = None


Judgement = Admitted | Duplicate | Quarantined
Seen = Callable[[Source, str], FirstSeen | None]


def content(type: str, body: bytes) -> str:
    """What an event says, whoever signed it and however it was wrapped: its type and its data in canonical form, hashed (hex). Never equal
    to a hash over what is signed."""
    digest = sha256(type.encode() + b"\0" + body).hexdigest()
    return f"content:{digest}"


class Registry:
    """The registered sources, by what an arrival names: its `source` and the id of its key."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources: Mapping[str, Source] = {source.uri: source for source in sources}
        self.keys: dict[str, list[tuple[Source, HeldKey]]] = {}
        for source in self.sources.values():
            for held in source.keys:
                self.keys.setdefault(held.key.keyid, []).append((source, held))

    def candidates(self, keyids: Iterable[str]) -> list[tuple[Source, HeldKey]]:
        """The keys registered under these ids, each with the source that holds it."""
        return [owned for keyid in keyids for owned in self.keys.get(keyid, ())]

    def makers(self, signature: Signature) -> list[tuple[Source, HeldKey]]:
        """The keys that made this signature, each with the source that holds it."""
        return [(source, held) for source, held in self.candidates(signature.keyids) if held.key in signature.made_by]


def judge(arrival: Examined, registry: Registry, seen: Seen) -> Judgement:
    """Judges an arrival by the order above; `seen` gives what was admitted under a verified source's id."""
    identified = _identify(arrival, registry)
    if isinstance(identified, Quarantined):
        return identified
    first = seen(identified.source, identified.id)
    if first is None:
        return _admit(arrival, identified)
    if first.covers in {identified.covers, identified.content}:
        return Duplicate(identified.source, first)
    return Quarantined(
        QuarantineReason.CONFLICTING_DUPLICATE,
        f"{_cut(identified.id)} of {identified.source.uri!r} was admitted before with other content, at position {first.position}",
        "send a correction under an id of its own; what was admitted is never replaced",
        identified.source,
    )


class _Identified(NamedTuple):
    source: Source
    id: str
    covers: str
    content: str


def _identify(arrival: Examined, registry: Registry) -> _Identified | Quarantined:
    """Who sent it: the judgements that a stranger can meet, and `revoked_key`."""
    unsound = _unsound(arrival)
    if unsound is not None:
        return Quarantined(*unsound)
    if arrival.source is None or arrival.id is None or arrival.signature is None:
        raise ValueError("what can be read has a source and an id, and what is signed has a signature")
    signature = arrival.signature
    makers = registry.makers(signature)
    own = [(source, held) for source, held in makers if source.uri == arrival.source]
    if not own:
        return _nobody(arrival.source, registry.sources.get(arrival.source), makers)
    source, held = next(((source, held) for source, held in own if not held.revoked(arrival.arrived)), own[0])
    if held.revoked(arrival.arrived):
        return Quarantined(
            QuarantineReason.REVOKED_KEY,
            f"the key {held.key.keyid!r} was revoked; what arrives under it is refused since",
            "sign with a key that is in force, or have a new one added",
            source,
        )
    body = arrival.reading.body if arrival.reading is not None else b""
    return _Identified(source, arrival.id, signature.covers, content(arrival.type or "", body))


def _unsound(arrival: Examined) -> tuple[QuarantineReason, str, str] | None:
    """What is wrong with the arrival by itself: reason, detail, mend."""
    if arrival.length > ITEM_LIMIT:
        return (
            QuarantineReason.TOO_LARGE,
            f"it has {arrival.length} bytes, and an item may have {ITEM_LIMIT}",
            "send less in one event; of this one its hash and its beginning were kept",
        )
    if arrival.unreadable is not None:
        mend = "send a CloudEvents 1.0 event with specversion, id, source, type, dssematerial and data"
        return QuarantineReason.NOT_CLOUDEVENT, arrival.unreadable, mend
    if arrival.signature is None:
        mend = "sign it as the CloudEvents verifiability extension says, with a key that is registered here"
        return QuarantineReason.UNSIGNED, "it has no attribute `dssematerial`", mend
    if arrival.signature.flaw is not None:
        return QuarantineReason.BAD_SIGNATURE, arrival.signature.flaw, "sign what you send, and send what you signed, unchanged"
    return None


def _nobody(uri: str, registered: Source | None, makers: list[tuple[Source, HeldKey]]) -> Quarantined:
    return Quarantined(
        QuarantineReason.BAD_SIGNATURE if makers else QuarantineReason.UNKNOWN_SOURCE,
        f"no key registered for the source {_cut(uri)} made this signature",
        "check that `source` is the URI you were registered under, that the `keyid` is as registered, and that the key pair is "
        "the same; else have yourself registered",
        for_operators=_why_nobody(uri, registered, makers),
    )


def _why_nobody(uri: str, registered: Source | None, makers: list[tuple[Source, HeldKey]]) -> str:
    if makers:
        others = ", ".join(f"{maker.name} (key {held.key.keyid})" for maker, held in makers)
        return f"it was signed by {others} but says that it comes from {_cut(uri)}"
    if registered is None:
        return f"no source is registered as {_cut(uri)}"
    held = ", ".join(held.key.keyid for held in registered.keys) or "none"
    return f"{registered.name} is registered under it, but none of its keys made the signature; its keys: {held}"


def _admit(arrival: Examined, identified: _Identified) -> Admitted | Quarantined:
    source, reading = identified.source, arrival.reading
    if reading is None or reading.name is None:
        return Quarantined(
            QuarantineReason.UNKNOWN_TYPE,
            f"{_cut(arrival.type)} is no type, in a known version, that sources report",
            f"use a type `<name>.v<version>` whose name is one of {', '.join(REPORTABLE)}",
            source,
        )
    if reading.errors or reading.data is None or reading.country is None:
        detail, mend = describe(reading.errors)
        return Quarantined(QuarantineReason.INVALID_DATA, detail, mend, source)
    beyond = _beyond(source.rights, reading.name, reading.country)
    if beyond is not None:
        return Quarantined(
            QuarantineReason.BEYOND_RIGHTS,
            f"the source {source.name!r} may not report {beyond}",
            "have the right added, or send only what you may",
            source,
        )
    return Admitted(source, identified.id, reading.country, reading.data, reading.body, identified.covers)


def _beyond(rights: Rights, name: str, country: str) -> str | None:
    if name not in rights.types:
        return f"`{name}`; it may report {', '.join(rights.types)}"
    if rights.countries is not None and country not in rights.countries:
        return f"of {country}; it may report of {', '.join(rights.countries) or 'no country'}"
    return None


LONGEST_DETAIL = 7_000
LONGEST_MEND = 1_800
"""Characters of the two texts, well within what the event of the refusal may hold."""


def describe(errors: Iterable[FieldError]) -> tuple[str, str]:
    """All that is wrong with the data, path first, and what to do about each; where that grows too long, how many more there are."""
    found = list(errors)
    detail = _joined([f"{error.path}: {error.text}" for error in found], LONGEST_DETAIL)
    mend = _joined([f"{error.path}: {error.mend}" for error in found], LONGEST_MEND)
    return detail, f"{mend}; then sign it anew and send it again"


def _joined(lines: list[str], most: int) -> str:
    told: list[str] = []
    length = 0
    for number, line in enumerate(lines):
        length += len(line[:600]) + 2
        if length > most and told:
            return "; ".join([*told, f"and {len(lines) - number} more"])
        told.append(line[:600])
    return "; ".join(told)


def _cut(text: str | None) -> str:
    return repr(text if text is None or len(text) <= LONGEST_CLAIM else text[:LONGEST_CLAIM] + "...")
