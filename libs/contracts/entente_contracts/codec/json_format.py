"""The JSON format of CloudEvents 1.0: one event as one JSON object."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from entente_contracts import attributes as rules
from entente_contracts import strict_json
from entente_contracts.cloudevent import CloudEvent, NotACloudEvent

_INTEGERS = range(-(2**31), 2**31)
_JSON_TYPE = re.compile(r"[^/;]+/(?:[^;]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.ASCII)


def holds_json(datacontenttype: str | None) -> bool:
    """Whether data of this media type is JSON; where none is given, it is."""
    return datacontenttype is None or _JSON_TYPE.fullmatch(datacontenttype) is not None


def write(event: CloudEvent) -> bytes:
    """The event as a JSON object in canonical form. JSON data becomes `data`, all other bytes `data_base64`."""
    return strict_json.canonical({**event.attributes, **_data_member(event)})


def read(raw: bytes) -> CloudEvent:
    """The event that a JSON object holds; raises `NotACloudEvent`, whatever the bytes are."""
    try:
        members = strict_json.read(raw)
        if not isinstance(members, dict):
            raise NotACloudEvent("a CloudEvent in structured mode is one JSON object; send { ... }")
        found = {name: _text(name, value) for name, value in members.items() if name not in {"data", "data_base64"} and value is not None}
        rules.check(found)
        return CloudEvent(found, _data(members, found.get("datacontenttype")))
    except strict_json.NotJson as error:
        raise NotACloudEvent(f"not JSON: {error}", error.flaw) from error


def _text(name: str, value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() if value in _INTEGERS:
            return str(value)
        case _:
            raise NotACloudEvent(
                f"attribute {name[:80]!r} is neither text, nor true or false, nor a whole number of 32 bits; write it as text"
            )


def _data(members: Mapping[str, Any], datacontenttype: str | None) -> bytes | None:
    data, encoded = members.get("data"), members.get("data_base64")
    if data is not None and encoded is not None:
        raise NotACloudEvent("both data and data_base64 are there; send one of them")
    if encoded is not None:
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise NotACloudEvent("data_base64 is not Base64 text (RFC 4648); encode the data's bytes with it") from error
    if data is None:
        return None
    if isinstance(data, str) and not holds_json(datacontenttype):
        return data.encode("utf-8")
    return strict_json.canonical(data)


def _data_member(event: CloudEvent) -> dict[str, Any]:
    if event.data is None:
        return {}
    if holds_json(event.attributes.get("datacontenttype")):
        try:
            value = json.loads(event.data)
        except (ValueError, RecursionError):
            value = None
        if value is not None and strict_json.is_canonical(event.data, value):
            return {"data": value}
    return {"data_base64": base64.b64encode(event.data).decode("ascii")}
