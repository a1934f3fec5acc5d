"""Examples for the API page: a source's registration, and an event that its key really signed (`examples.json`)."""

import json
from importlib.resources import files
from typing import Any

from fastapi import Body

from entente_gateway.intake.request import MOST_ITEMS

_EXAMPLES: dict[str, Any] = json.loads(files("entente_gateway").joinpath("examples.json").read_text("utf-8"))

SIGNED_EVENT: dict[str, Any] = _EXAMPLES["event"]
"""A signed event in structured mode."""

KEY = {"keyid": "observers-2023", "algorithm": "ed25519", "pem": _EXAMPLES["public_key"]}
RIGHTS = {"types": ["entente.observations.reported", "entente.observations.revised"], "countries": ["SDN", "SSD"]}

REGISTRATION = Body(
    examples=[
        {
            "name": "observers",
            "uri": SIGNED_EVENT["source"],
            "party": None,
            "title": "Field observers of an example",
            "rights": RIGHTS,
            "keys": [KEY],
            "because": "agreed in the exchange of notes of 1 September 2023",
        }
    ]
)
ADDED_KEY = Body(examples=[{"key": KEY, "because": "the yearly rotation"}])

_TEXT = {"type": "string", "minLength": 1}
_EVENT_SCHEMA = {
    "type": "object",
    "description": "A CloudEvent 1.0. `dssematerial`: the signature, by the CloudEvents verifiability extension.",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _TEXT,
        "source": _TEXT,
        "type": _TEXT,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dssematerial": {"type": "string", "contentEncoding": "base64"},
        "data": {"type": "object"},
    },
}

EVENTS_BODY: dict[str, Any] = {
    "required": True,
    "description": "Signed events in one of the three modes of CloudEvents over HTTP.",
    "content": {
        "application/cloudevents-batch+json": {
            "schema": {"type": "array", "maxItems": MOST_ITEMS, "items": _EVENT_SCHEMA},
            "examples": {"signed": {"summary": "A batch of one signed event", "value": [SIGNED_EVENT]}},
        },
        "application/cloudevents+json": {
            "schema": _EVENT_SCHEMA,
            "examples": {"signed": {"summary": "A signed event", "value": SIGNED_EVENT}},
        },
        "application/json": {
            "schema": {"type": "object", "description": "Binary mode: the data alone, the event's attributes in `ce-` headers."},
            "examples": {"signed": {"summary": "The data of a signed event", "value": SIGNED_EVENT["data"]}},
        },
    },
}

EVENTS_HEADERS: list[dict[str, Any]] = [
    {
        "in": "header",
        "name": f"ce-{name}",
        "required": False,
        "description": f"binary mode: the event's `{name}`",
        "schema": {"type": "string"},
        "example": SIGNED_EVENT[name],
    }
    for name in ("specversion", "id", "source", "type", "time", "dssematerial")
]
