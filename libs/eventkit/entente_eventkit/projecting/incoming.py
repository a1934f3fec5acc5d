"""A record on its way into the instances: routed at once, decoded once, however many instances take it."""

import json
from collections.abc import Sequence
from typing import Any

from entente_contracts.cloudevent import NotACloudEvent
from entente_contracts.codec.kafka import from_kafka, routing
from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.recording import decode
from entente_contracts.rfc3339 import from_text
from entente_eventkit.log.port import GENESIS_TYPE, Record
from entente_eventkit.store.encoding import LONGEST_NAME

Headers = Sequence[tuple[str, bytes | None]]

_LARGEST_VERSION = 2**63 - 1
_GENESIS = GENESIS_TYPE.encode()


class Unreadable(ValueError):
    """The record names no stream or version, or its value is no JSON: there is nothing to park it under."""


class Incoming:
    """One event on its way: `name` is its type without the version, `version` its place in `stream`."""

    __slots__ = ("_failure", "_recorded", "body", "headers", "id", "name", "stream", "type", "version")

    def __init__(self, headers: Headers, body: bytes | None) -> None:
        """Raises `Unreadable`."""
        try:
            self.type, self.stream, self.version, self.id = routing(headers)
        except NotACloudEvent as error:
            raise Unreadable(str(error)) from error
        if not 0 < self.version <= _LARGEST_VERSION:
            raise Unreadable(f"header ce_sequence is {self.version}; versions count from 1 to {_LARGEST_VERSION}")
        if not self.stream or "\0" in self.stream or "\0" in self.id:
            raise Unreadable("header ce_subject is empty, or ce_subject or ce_id has a NUL character; name the stream in plain text")
        if len(self.stream) > LONGEST_NAME:
            raise Unreadable(f"header ce_subject has {len(self.stream)} characters; a stream's name has at most {LONGEST_NAME}")
        self.name = self.type.rpartition(".v")[0]
        self.headers, self.body = headers, body
        self._recorded: Recorded[Event] | None = None
        self._failure: Exception | None = None

    def recorded(self) -> Recorded[Event]:
        """The event, upcast to its current version. Decoded at the first call; raises the same exception at each.

        `Unreadable` where the body is no JSON, else what `entente_contracts.recording.decode` raises.
        """
        if self._recorded is not None:
            return self._recorded
        if self._failure is None:
            try:
                self._recorded = decode(from_kafka(self.stream.encode(), self.headers, self.body))
            except Exception as error:  # noqa: BLE001 - whatever decoding or an upcaster raises is this event's poison, not the batch's
                self._failure = error if is_json(self.body) else Unreadable(f"the value is no JSON: {error}")
            else:
                return self._recorded
        raise self._failure

    def header(self, name: str) -> str | None:
        """One header's text."""
        for key, value in self.headers:
            if key == name and value is not None:
                return value.decode("utf-8", "replace")
        return None

    def written_before(self, moment: Any) -> bool:
        """Whether the event was recorded before a moment, as far as its header tells."""
        text = self.header("ce_recordedtime")
        try:
            return text is not None and from_text(text) < moment
        except ValueError:
            return False


def is_genesis(record: Record) -> bool:
    """Whether this is the record that opens a partition."""
    return any(value == _GENESIS and key == "ce_type" for key, value in record.headers)


def is_json(body: bytes | None) -> bool:
    """Whether the bytes are JSON in UTF-8."""
    try:
        json.loads((body or b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True


def pack(headers: Headers) -> bytes:
    """Raw headers as JSON, byte for byte (each byte a character of Latin-1), in their order."""
    return json.dumps([[key, None if value is None else value.decode("latin-1")] for key, value in headers]).encode()


def unpack(packed: bytes) -> Headers:
    """The headers that `pack` packed."""
    return [(key, None if value is None else value.encode("latin-1")) for key, value in json.loads(packed)]
