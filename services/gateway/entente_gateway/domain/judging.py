"""What becomes of an arrival: one order of judgements, the same for everybody.

1. `too_large`         it is longer than an item may be
2. `not_cloudevent`    it cannot be read as a CloudEvents 1.0 event; `not_utf8`, `duplicate_keys` or `too_deep` where that is why
3. `unsigned`          it carries no signature
4. `bad_signature`     its signature is unsound in itself, or does not cover what it says
5. `unknown_source`    no key that is registered for its `source` made the signature
   `bad_signature`     ... though a key of another source did
6. `revoked_key`       the key had been revoked when it arrived
7. `suspended_source`  its source was suspended when it arrived
8. duplicate           the same signed content was admitted before; `conflicting_duplicate` where other content was
9. `unknown_type`      its type is none that sources report
10. `unknown_version`  its type is, in other versions
11. `from_the_future`  it says that it happened later than it can have been known
12. `invalid_data`     its data does not fit its type; `not_utf8`, `duplicate_keys` or `too_deep` where its bytes are why (binary mode)
13. `beyond_rights`    its source may not report this type, or this country

A stranger, who holds no registered key, never gets beyond 5 and learns nothing about what is registered there: 1 to 4 are judged by
the arrival alone, and 5 says the same, word for word, of a source that is not registered and of one that is. Whoever gets beyond 5
holds a key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from entente_contracts.event import Event
from entente_contracts.events.gateway import QuarantineReason, Rights
from entente_contracts.strict_json import DEEPEST
from entente_gateway.domain.changing_sources import REPORTABLE
from entente_gateway.domain.describing import describe
from entente_gateway.domain.examined import ITEM_LIMIT, LONGEST_CLAIM, Examined, Reading
from entente_gateway.domain.grading import ungraded
from entente_gateway.domain.registry import Registry
from entente_gateway.domain.source import HeldKey, Source

MOST_AHEAD = timedelta(minutes=5)
"""How far ahead of this clock a sender's may be."""


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
    """What an event says, whoever signed it, however it was wrapped and graded: its type and its data in canonical form without a grading,
    hashed (hex). Never equal to a hash over what is signed."""
    digest = sha256(type.encode() + b"\0" + ungraded(body)).hexdigest()
    return f"content:{digest}"


def judge(arrival: Examined, registry: Registry, seen: Seen) -> Judgement:
    """Judges an arrival by the order above; `seen` gives what was admitted under a verified source's id."""
    identified = _identify(arrival, registry)
    if isinstance(identified, Quarantined):
        return identified
    first = seen(identified.source, identified.id)
    if first is None:
        return _admit(arrival, identified)
    if first.covers == identified.covers or first.covers == content(arrival.type or "", identified.body):
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
    body: bytes


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
    if source.suspended(arrival.arrived):
        return Quarantined(
            QuarantineReason.SUSPENDED_SOURCE,
            f"the source {source.name!r} is suspended; what arrives meanwhile is kept, and refused",
            "ask those who run this platform why, and send it again when they have let you in again",
            source,
        )
    body = arrival.reading.body if arrival.reading is not None else b""
    return _Identified(source, arrival.id, signature.covers, body)


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
        return arrival.unreadable_as, arrival.unreadable, _MEND.get(arrival.unreadable_as, mend)
    if arrival.signature is None:
        mend = "sign it as the CloudEvents verifiability extension says, with a key that is registered here"
        return QuarantineReason.UNSIGNED, "it has no attribute `dssematerial`", mend
    if arrival.signature.flaw is not None:
        return QuarantineReason.BAD_SIGNATURE, arrival.signature.flaw, "sign what you send, and send what you signed, unchanged"
    return None


_MEND = {
    QuarantineReason.NOT_UTF8: "send its text in UTF-8",
    QuarantineReason.DUPLICATE_KEYS: "send each name once in an object, with the value that is meant",
    QuarantineReason.TOO_DEEP: f"nest objects and arrays at most {DEEPEST} levels deep",
}
"""What to do about bytes that are no JSON which everybody reads alike."""


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
            f"{_cut(arrival.type)} is no type that sources report",
            f"use a type `<name>.v<version>` whose name is one of {', '.join(REPORTABLE)}",
            source,
        )
    out_of_time = _out_of_time(arrival, reading)
    if out_of_time is not None:
        return Quarantined(*out_of_time, source)
    if reading.errors or reading.data is None or reading.country is None:
        detail, mend = describe(reading.errors)
        reason = reading.flaw or QuarantineReason.INVALID_DATA
        return Quarantined(reason, detail, mend if reading.flaw is None else f"{_MEND[reading.flaw]}; then sign it anew", source)
    beyond = _beyond(source.rights, reading.name, reading.country)
    if beyond is not None:
        return Quarantined(
            QuarantineReason.BEYOND_RIGHTS,
            f"the source {source.name!r} may not report {beyond}",
            "have the right added, or send only what you may",
            source,
        )
    return Admitted(source, identified.id, reading.country, reading.data, reading.body, identified.covers)


def _out_of_time(arrival: Examined, reading: Reading) -> tuple[QuarantineReason, str, str] | None:
    """What is wrong with its version and its time: reason, detail, mend."""
    if reading.versions is not None:
        return (
            QuarantineReason.UNKNOWN_VERSION,
            f"{_cut(arrival.type)} is no version of {reading.name} that is known here; known: {reading.versions}",
            "send one of these, or wait until this platform knows yours",
        )
    now = arrival.judged or arrival.arrived
    if arrival.time is not None and arrival.time > now + MOST_AHEAD:
        return (
            QuarantineReason.FROM_THE_FUTURE,
            f"its time {arrival.time.isoformat()} is more than {MOST_AHEAD // timedelta(minutes=1)} minutes after now, {now.isoformat()}",
            "set your clock, sign it anew with the right time and send it again",
        )
    return None


def _beyond(rights: Rights, name: str, country: str) -> str | None:
    if name not in rights.types:
        return f"`{name}`; it may report {', '.join(rights.types)}"
    if rights.countries is not None and country not in rights.countries:
        return f"of {country}; it may report of {', '.join(rights.countries) or 'no country'}"
    return None


def _cut(text: str | None) -> str:
    return repr(text if text is None or len(text) <= LONGEST_CLAIM else text[:LONGEST_CLAIM] + "...")
