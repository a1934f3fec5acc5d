"""All that can be found out about an item without deciding anything: done before the store is locked, since it is most of the work."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from entente_contracts import registry as event_types
from entente_contracts import rfc3339, signature, strict_json
from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.codec import http
from entente_contracts.codec.json_format import holds_json
from entente_contracts.event import Event
from entente_contracts.events.gateway import QuarantineReason
from entente_contracts.events.observation_reported_v1 import ObservationReportedV1
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.events.threats import CyberOperation, MisinformationCampaign, Threat, UnconventionalWarfare
from entente_contracts.strict_json import Flaw
from entente_contracts.topics import OBSERVATIONS
from entente_contracts.validation import FieldError, InvalidData, validate
from entente_gateway.countries import COUNTRIES
from entente_gateway.domain.examined import ITEM_LIMIT, LONGEST_CLAIM, Examined, Reading, Signature
from entente_gateway.domain.registry import Registry
from entente_gateway.intake import record
from entente_gateway.intake.request import Item, Mode

ALPHA_3 = "write the country's alpha-3 code"


def examine_all(items: Sequence[Item], arrived: datetime, registry: Registry) -> list[Examined]:
    """Examines a request's items, which had all arrived at this time."""
    return [examine(item, arrived, registry) for item in items]


def examine(item: Item, arrived: datetime, registry: Registry) -> Examined:
    """Reads an item and checks its signature against every key registered under the ids that it names.

    The data is read only where one of these keys made the signature.
    """
    if item.length > ITEM_LIMIT:
        return _claims(item, Examined(item.length, arrived))
    try:
        event = _decode(item)
    except NotACloudEvent as error:
        return _claims(item, Examined(item.length, arrived, unreadable=str(error), unreadable_as=_reason(error.flaw)))
    attributes = event.attributes
    signed = check_signature(event, registry)
    return Examined(
        item.length,
        arrived,
        source=attributes["source"],
        id=attributes["id"],
        type=attributes["type"],
        time=rfc3339.from_text(rfc3339.zulu(attributes["time"])) if "time" in attributes else None,
        signature=signed,
        reading=read_data(event) if signed is not None and signed.made_by else None,
    )


def check_signature(event: CloudEvent, registry: Registry) -> Signature | None:
    """What the event's signature shows; None where it has none."""
    try:
        sealed = signature.sealed(event)
    except signature.Unsigned:
        return None
    except signature.BadSignature as error:
        return Signature(flaw=str(error))
    keys = {held.key for _, held in registry.candidates(sealed.keyids)}
    return Signature(sealed.material.hex(), keyids=sealed.keyids, made_by=frozenset(key for key in keys if sealed.made_by(key)))


def read_data(event: CloudEvent) -> Reading:
    """The event's data as its type reads it, with everything that is wrong with it."""
    name, data = event.attributes["type"], event.data
    try:
        model = event_types.model_of(name)
    except event_types.UnknownVersion:
        return _other_version(name)
    except event_types.UnknownType:
        return Reading(None)
    if model.event_topic != OBSERVATIONS:
        return Reading(None)
    errors = _envelope_errors(event)
    if data is None:
        return Reading(
            model.event_name, errors=(*errors, FieldError("$", "there is no data", "send the data that the type's schema asks for"))
        )
    try:
        body = validate(name, data)
    except InvalidData as error:
        flaw = None if error.flaw in {None, Flaw.NOT_JSON} else _reason(error.flaw)
        return Reading(model.event_name, errors=(*errors, *error.errors), flaw=flaw)
    named = countries(body)
    errors += tuple(FieldError(path, f"{code!r} is no country of ISO 3166-1", ALPHA_3) for path, code in named if code not in COUNTRIES)
    return Reading(model.event_name, named[0][1], errors, data=body, body=strict_json.canonical(strict_json.read(data)))


def _other_version(type: str) -> Reading:
    name = type.rpartition(".v")[0]
    if event_types.current_of(name).event_topic != OBSERVATIONS:
        return Reading(None)
    known = (each.event_version for each in event_types.EVENTS if each.event_name == name)
    return Reading(name, versions=", ".join(f"v{version}" for version in sorted(known)))


def _reason(flaw: Flaw | None) -> QuarantineReason:
    return _REASONS.get(flaw, QuarantineReason.NOT_CLOUDEVENT)


_REASONS: Mapping[Flaw | None, QuarantineReason] = {
    Flaw.NOT_UTF8: QuarantineReason.NOT_UTF8,
    Flaw.DUPLICATE_KEYS: QuarantineReason.DUPLICATE_KEYS,
    Flaw.TOO_DEEP: QuarantineReason.TOO_DEEP,
}


def countries(body: Event) -> list[tuple[str, str]]:
    """Every country that an observation names, by its path in the data; first the one that it is about."""
    if isinstance(body, ObservationRetracted):
        return [("$.country", body.country)]
    if isinstance(body, ObservationReported | ObservationReportedV1 | ObservationRevised):
        who = [(f"$.who[{number}].country", one.country) for number, one in enumerate(body.who) if one.country is not None]
        return [("$.where.country", body.where.country), *who, *_countries_of_threat(getattr(body, "threat", None))]
    raise TypeError(f"{body.event_type()} is no observation that is about a country")


def _countries_of_threat(threat: Threat | None) -> list[tuple[str, str]]:
    match threat:
        case CyberOperation(attributed_to=str(code)):
            return [("$.threat.attributed_to", code)]
        case UnconventionalWarfare(sponsor=str(code)):
            return [("$.threat.sponsor", code)]
        case MisinformationCampaign():
            return [(f"$.threat.audiences[{number}]", code) for number, code in enumerate(threat.audiences)]
        case _:
            return []


def _envelope_errors(event: CloudEvent) -> tuple[FieldError, ...]:
    errors = []
    media_type = event.attributes.get("datacontenttype")
    if not holds_json(media_type):
        errors.append(FieldError("datacontenttype", f"{(media_type or '')[:100]!r} is not JSON", "send the data as application/json"))
    if len(event.attributes["id"]) > LONGEST_CLAIM:
        errors.append(FieldError("id", f"it has more than {LONGEST_CLAIM} characters", "give the event a shorter id"))
    return tuple(errors)


def _decode(item: Item) -> CloudEvent:
    if item.mode is Mode.RECORD:
        return record.decode(item)
    if item.mode is Mode.BINARY:
        names = [name for name, _ in item.headers]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise NotACloudEvent(f"header {twice.decode('latin-1')[:80]} stands twice; send it once")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in item.headers}
    else:
        headers = {"content-type": http.STRUCTURED + ";" + (item.content_type or "").partition(";")[2]}
    (found,) = http.parse(headers, item.body)
    if isinstance(found.event, NotACloudEvent):
        raise found.event
    return found.event


def _claims(item: Item, examined: Examined) -> Examined:
    """What an item that is no event says of itself, as far as it can be told; cut, and cleaned of what no text may hold."""
    if item.mode is Mode.RECORD:
        said: Mapping[str, Any] = record.claims(item)
    elif item.mode is Mode.BINARY:
        said = {name.decode("latin-1").removeprefix("ce-"): value.decode("latin-1") for name, value in item.headers}
    else:
        try:
            said = json.loads(item.body)
        except (ValueError, RecursionError):
            return examined
    if not isinstance(said, dict):
        return examined
    return replace(examined, source=_claim(said.get("source")), id=_claim(said.get("id")))


def _claim(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in value[:LONGEST_CLAIM]) or None
