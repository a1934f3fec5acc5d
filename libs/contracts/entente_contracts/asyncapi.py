"""The AsyncAPI 3 document of the log, from the topics and events: `python -m entente_contracts.asyncapi [FILE]` writes it.

Every service that owns a topic sends its events and any may receive them, so the document has both operations a topic. A channel's
address has the generation as a parameter; a reader subscribes to all of them. Beside these are the exchanges with foreign systems.
"""

import sys
from pathlib import Path
from typing import Any

from entente_contracts import schemas
from entente_contracts.event import Event
from entente_contracts.receipts import RECEIPT_TYPE
from entente_contracts.registry import EVENTS
from entente_contracts.topics import INBOUND, OBSERVATIONS, TOPICS, Exchange, Topic, replies_to

FILE = Path(__file__).parent.parent / "asyncapi.json"
"""Where the document is committed."""

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

_Described = dict[str, tuple[str, dict[str, str]]]
"""Headers with what they mean and what their JSON Schema has beside that they are text."""

_ATTRIBUTES: _Described = {
    "ce_specversion": ("CloudEvents version", {"const": "1.0"}),
    "ce_id": ("UUIDv7, unique within the source", {"format": "uuid"}),
    "ce_source": ("the service that wrote it, `entente/<service>`", {}),
    "ce_type": ("event name and version", {}),
    "ce_subject": ("stream id; also the record's key", {}),
    "ce_time": ("when it happened, RFC 3339 in UTC", {"format": "date-time"}),
    "ce_recordedtime": ("when it was written down, RFC 3339 in UTC", {"format": "date-time"}),
    "ce_dataschema": ("name of the data's JSON Schema", {"format": "uri"}),
    "ce_sequence": ("version in the stream, from 1, 20 digits", {"pattern": "^[0-9]{20}$"}),
    "ce_partitionkey": ("the stream id", {}),
    "ce_correlationid": ("the same along a whole chain of causes", {}),
    "ce_causationid": ("what led to this event", {}),
    "ce_authtype": ("kind of who did it (CloudEvents authentication context)", {}),
    "ce_authid": ("who did it", {}),
    "content-type": ("media type of the value", {"const": "application/json"}),
}
_OPTIONAL_ATTRIBUTES: _Described = {
    "ce_authclaims": ("JSON with the party acted for", {}),
    "ce_traceparent": ("W3C trace context", {}),
    "ce_dataclassification": ("classification of the data", {}),
    "ce_origin": ("source of the foreign event that this was made from", {}),
    "ce_originid": ("its id", {}),
    "ce_origindigest": ("SHA-256 of it as it came, in hex", {"pattern": "^[0-9a-f]{64}$"}),
    "ce_originlength": ("how many bytes it had", {"pattern": "^[0-9]+$"}),
    "ce_position": ("position in the owner's store", {"pattern": "^[0-9]+$"}),
    "ce_chainhash": ("hash of the owner's chain up to this event, in hex", {"pattern": "^[0-9a-f]{64}$"}),
}
_FOREIGN_ATTRIBUTES: _Described = {
    name: _ATTRIBUTES[name] for name in ("ce_specversion", "ce_type", "ce_time", "ce_dataschema", "content-type")
} | {
    "ce_id": ("unique within the source", {}),
    "ce_source": ("the source, as it is registered", {}),
    "ce_dssematerial": ("its signature: a DSSE envelope in base64 (CloudEvents verifiability extension)", {}),
}


_RECEIPT_ATTRIBUTES: _Described = {
    "ce_specversion": ("CloudEvents version", {"const": "1.0"}),
    "ce_id": ("UUIDv7; the same receipt told again has another", {"format": "uuid"}),
    "ce_source": ("the gateway", {"const": "entente/gateway"}),
    "ce_type": ("what this is", {"const": RECEIPT_TYPE}),
    "ce_subject": ("id of the event that was sent; also the record's key", {}),
    "ce_time": ("when it was judged, RFC 3339 in UTC", {"format": "date-time"}),
    "ce_dataschema": ("name of the data's JSON Schema", {"format": "uri"}),
    "ce_inboundpartition": ("partition of entente.inbound that the event lay in", {"pattern": "^[0-9]+$"}),
    "ce_inboundoffset": ("its offset there", {"pattern": "^[0-9]+$"}),
    "content-type": ("media type of the value", {"const": "application/json"}),
}


def document() -> dict[str, Any]:
    """The whole AsyncAPI document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Entente",
            "version": "1",
            "description": "The log of events of a platform for military diplomacy. CloudEvents 1.0, Kafka binary mode.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_key(topic): _channel(topic) for topic in TOPICS} | {"inbound": _inbound(), "replies": _replies()},
        "operations": {f"{action}-{_key(topic)}": _operation(action, topic) for topic in TOPICS for action in ("send", "receive")}
        | {f"{action}-{key}": _exchanged(action, key) for key in ("inbound", "replies") for action in ("send", "receive")},
        "components": {
            "messages": {model.event_type(): _message(model) for model in EVENTS}
            | {_foreign(model): _foreign_message(model) for model in _events(OBSERVATIONS)}
            | {RECEIPT_TYPE: _receipt_message()},
            "messageTraits": {
                "cloudEvent": {"headers": {"schemaFormat": SCHEMA_FORMAT, "schema": _headers(_ATTRIBUTES, _OPTIONAL_ATTRIBUTES)}},
                "foreignCloudEvent": {"headers": {"schemaFormat": SCHEMA_FORMAT, "schema": _headers(_FOREIGN_ATTRIBUTES, {})}},
            },
        },
    }


def _key(topic: Topic) -> str:
    return topic.name.rpartition(".")[2]


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name + ".g{generation}",
        "title": topic.name,
        "description": f"{topic.about}. Written by {topic.owner}; one body is at most {topic.event_limit} bytes.",
        "parameters": {
            "generation": {"description": "Counts the logs of this topic from 1; the highest is current, and holds all history"}
        },
        "messages": {model.event_type(): {"$ref": f"#/components/messages/{model.event_type()}"} for model in _events(topic)},
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _operation(action: str, topic: Topic) -> dict[str, Any]:
    who = f"{topic.owner} writes" if action == "send" else "Any service reads"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{_key(topic)}"},
        "summary": f"{who} {topic.name}",
        "messages": [{"$ref": f"#/channels/{_key(topic)}/messages/{model.event_type()}"} for model in _events(topic)],
    }


def _inbound() -> dict[str, Any]:
    described = _exchange(INBOUND, f"Written by registered foreign systems, read by the {INBOUND.owner} alone")
    return described | {
        "messages": {_foreign(model): {"$ref": f"#/components/messages/{_foreign(model)}"} for model in _events(OBSERVATIONS)}
    }


def _replies() -> dict[str, Any]:
    topic = replies_to("{source}")
    described = _exchange(topic, f"Written by the {topic.owner}, read by that source alone")
    return described | {
        "parameters": {"source": {"description": "The name under which the source is registered"}},
        "messages": {RECEIPT_TYPE: {"$ref": f"#/components/messages/{RECEIPT_TYPE}"}},
    }


def _exchange(topic: Exchange, who: str) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.name,
        "description": f"{topic.about}. {who}; one body is at most {topic.event_limit} bytes, and gone after {topic.kept.days} days.",
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _exchanged(action: str, key: str) -> dict[str, Any]:
    who = {
        ("send", "inbound"): "A registered foreign system writes events",
        ("receive", "inbound"): "The gateway judges them",
        ("send", "replies"): "The gateway tells what became of an event",
        ("receive", "replies"): "The source reads it",
    }
    return {"action": action, "channel": {"$ref": f"#/channels/{key}"}, "summary": who[action, key]}


def _foreign(model: type[Event]) -> str:
    return f"foreign.{model.event_type()}"


def _message(model: type[Event]) -> dict[str, Any]:
    schema = schemas.schema_of(model)
    return {
        "name": model.event_type(),
        "title": model.event_type(),
        "summary": schema["description"].partition("\n")[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string", "description": "stream id"}, "bindingVersion": "0.5.0"}},
    }


def _foreign_message(model: type[Event]) -> dict[str, Any]:
    name = model.event_type()
    return {
        "name": name,
        "title": f"{name}, as its source sent it",
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/foreignCloudEvent"}],
        "payload": {"$ref": f"#/components/messages/{name}/payload"},
    }


def _receipt_message() -> dict[str, Any]:
    schema = schemas.receipt_schema()
    return {
        "name": RECEIPT_TYPE,
        "title": RECEIPT_TYPE,
        "summary": schema["description"].partition("\n")[0],
        "contentType": "application/json",
        "headers": {"schemaFormat": SCHEMA_FORMAT, "schema": _headers(_RECEIPT_ATTRIBUTES, {})},
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string", "description": "id of the event that was sent"}, "bindingVersion": "0.5.0"}},
    }


def _headers(required: _Described, optional: _Described) -> dict[str, Any]:
    described = {name: {"type": "string", "description": about, **more} for name, (about, more) in (required | optional).items()}
    return {"type": "object", "properties": described, "required": list(required)}


def _events(topic: Topic) -> list[type[Event]]:
    return [model for model in EVENTS if model.event_topic == topic]


def main(arguments: list[str]) -> None:
    """Writes the document into the file given, else where it is committed."""
    file = Path(arguments[0]) if arguments else FILE
    file.write_text(schemas.as_text(document()), encoding="utf-8")
    sys.stdout.write(f"AsyncAPI document in {file}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
