"""Between an event as it was written down and a CloudEvent: `decode(encode(recorded)) == recorded` for every type."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pydantic import ValidationError

from entente_contracts import registry, rfc3339, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.event import Event
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded
from entente_contracts.registry import UnknownType, UnknownVersion

__all__ = ["Undecodable", "UnknownType", "UnknownVersion", "body_of", "decode", "encode", "schema_name"]

SCHEMA_URN = "urn:entente:event:"
"""What every event schema's name begins with; the type follows. It names and needs no network."""

SEQUENCE_DIGITS = 20
"""A `sequence` is padded with zeros to this many digits, so that it sorts as text."""


class Undecodable(ValueError):
    """The CloudEvent is of a known type, but its envelope or its data cannot be read; the text says where."""


class _Reader(NamedTuple):
    """How data of one type, as `written`, is read: into which model, and through upcasters from which version, if any."""

    written: str
    model: type[Event]
    upcast_from: int | None


_READERS = {
    model.event_type(): _Reader(
        model.event_type(),
        current := registry.current_of(model.event_name),
        None if model is current else model.event_version,
    )
    for model in registry.EVENTS
}


def schema_name(type: str) -> str:
    """The `$id` of a type's JSON Schema, which its events carry as `dataschema`."""
    return SCHEMA_URN + type


def body_of(event: Event) -> bytes:
    """The event's data as canonical JSON (RFC 8785), so that every content mode has the same bytes."""
    return strict_json.canonical(event.model_dump(mode="json"))


def encode(recorded: Recorded[Event], body: bytes | None = None) -> CloudEvent:
    """The CloudEvent of a recorded event. `body`: the data as it came, where that was of an older version or must keep its bytes."""
    if body is None:
        if recorded.type != recorded.data.event_type():
            raise ValueError(f"{recorded.type} was read as {recorded.data.event_type()}; give the body as it was written")
        body = body_of(recorded.data)
    actor, origin = recorded.actor, recorded.origin
    attributes = {
        "specversion": "1.0",
        "id": recorded.id,
        "source": recorded.source,
        "type": recorded.type,
        "subject": recorded.subject,
        "time": rfc3339.to_text(recorded.time),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA_URN + recorded.type,
        "sequence": str(recorded.sequence).zfill(SEQUENCE_DIGITS),
        "partitionkey": recorded.subject,
        "correlationid": recorded.correlationid,
        "causationid": recorded.causationid,
        "recordedtime": rfc3339.to_text(recorded.recordedtime),
        "authtype": actor.type.value,
        "authid": actor.id,
    }
    if actor.party is not None:
        attributes["authclaims"] = strict_json.canonical({"party": actor.party}).decode()
    if recorded.traceparent is not None:
        attributes["traceparent"] = recorded.traceparent
    if recorded.dataclassification is not None:
        attributes["dataclassification"] = recorded.dataclassification
    if origin is not None:
        attributes |= {"origin": origin.source, "originid": origin.id, "origindigest": origin.digest}
        if origin.length is not None:
            attributes["originlength"] = str(origin.length)
    return CloudEvent(attributes, body)


def _origin(attributes: Mapping[str, str]) -> Origin | None:
    if "origin" not in attributes:
        return None
    length = attributes.get("originlength")
    return Origin(attributes["origin"], attributes["originid"], attributes["origindigest"], None if length is None else int(length))


def decode(event: CloudEvent) -> Recorded[Event]:
    """The recorded event, its data brought to the current version. Added fields and unknown extensions are passed over.

    Raises `UnknownType`, `UnknownVersion` or `Undecodable`.
    """
    attributes = event.attributes
    try:
        reader = _READERS[attributes["type"]]
    except KeyError:
        reader = _reader_of(attributes.get("type", ""))
    try:
        return Recorded(
            id=attributes["id"],
            source=attributes["source"],
            type=attributes["type"],
            subject=attributes["subject"],
            sequence=_sequence(attributes["sequence"]),
            time=rfc3339.from_text(attributes["time"]),
            recordedtime=rfc3339.from_text(attributes["recordedtime"]),
            correlationid=attributes["correlationid"],
            causationid=attributes["causationid"],
            actor=_actor(attributes["authtype"], attributes["authid"], attributes.get("authclaims")),
            data=_data(reader, event.data),
            traceparent=attributes.get("traceparent"),
            dataclassification=attributes.get("dataclassification"),
            origin=_origin(attributes),
        )
    except KeyError as error:
        raise Undecodable(f"{reader.written} lacks the attribute {error}") from error
    except ValidationError as error:
        raise Undecodable(f"{reader.written}: {'; '.join(_faults(error))}") from error
    except (ValueError, OverflowError, TypeError, RecursionError) as error:
        raise Undecodable(f"{reader.written}: {error}") from error


def _reader_of(type: str) -> _Reader:
    return _READERS[registry.model_of(type).event_type()]


def _data(reader: _Reader, data: bytes | None) -> Event:
    if data is None:
        raise ValueError("there is no data")
    if reader.upcast_from is None:
        return reader.model.model_validate_json(data)
    older = json.loads(data)
    try:
        newer = registry.upcast(reader.model.event_name, reader.upcast_from, older)
    except LookupError as error:
        raise ValueError(f"version {reader.upcast_from} cannot be brought to {reader.model.event_version}: no {error}") from error
    return reader.model.model_validate_json(json.dumps(newer))


def _sequence(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= SEQUENCE_DIGITS):
        raise ValueError(f"sequence {text[:40]!r} is no number of at most {SEQUENCE_DIGITS} digits")
    return int(text)


@lru_cache(maxsize=4096)
def _actor(type: str, id: str, claims: str | None) -> Actor:
    party = None
    if claims is not None:
        party = json.loads(claims)["party"]
        if not isinstance(party, str):
            raise ValueError("authclaims names no party as text")
    return Actor(AuthType(type), id, party)


def _faults(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, each['loc'])) or 'data'}: {each['msg']}" for each in error.errors(include_url=False, include_input=False)]
