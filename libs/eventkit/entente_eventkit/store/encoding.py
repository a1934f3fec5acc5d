"""From a new event to the bytes that are stored and sent; nothing that the log or a reader would choke on gets past here."""

from dataclasses import dataclass

import orjson

from entente_contracts import attributes as rules
from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.recording import decode, encode
from entente_contracts.topics import Topic
from entente_eventkit.store.errors import EventDoesNotDecode, EventTooLarge

LONGEST_NAME = 400
"""Characters in the name of a stream: it is part of keys, and PostgreSQL takes keys of at most 2,700 bytes."""

LONGEST_CAUSE = 450
"""Characters in the name of a cause or a chain: room for the longest source, the longest id that it may give, and what stands between."""

ATTRIBUTES_LIMIT = 16 * 1024
"""The largest size of an event's attributes together, in bytes: they travel as headers beside the body."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event in its stored form. `recorded` is what a reader makes of it."""

    recorded: Recorded[Event]
    headers: bytes
    body: bytes


def encoded(topic: Topic, recorded: Recorded[Event], body: bytes | None = None) -> Encoded:
    """The stored form; raises `EventTooLarge` or `EventDoesNotDecode`. `body`: the data's bytes, where they are not made from the model."""
    where = f"{recorded.type} number {recorded.sequence} of {recorded.subject!r}"
    try:
        event = encode(recorded, body)
        if not "".join(event.attributes.values()).isprintable():
            rules.check(event.attributes)
        read_back = decode(event)
        headers = orjson.dumps(event.attributes)
    except (ValueError, LookupError, TypeError) as error:
        raise EventDoesNotDecode(f"{where} cannot be read back: {error}; correct what made it") from error
    data = event.data or b""
    _fits(where, topic, recorded, headers, data)
    return Encoded(read_back, headers, data)


def must_be_sendable(stream: str) -> None:
    """Raises `EventDoesNotDecode` for a stream's name that is empty, too long, or holds what cannot be printed: no record could have it as
    key."""
    if not stream or not stream.isprintable():
        raise EventDoesNotDecode(f"the stream {stream[:80]!r} cannot be read back; name it with characters that can be printed")
    if len(stream) > LONGEST_NAME:
        raise EventDoesNotDecode(f"the stream {stream[:80]!r}... has {len(stream)} characters; name it with at most {LONGEST_NAME}")


def _fits(where: str, topic: Topic, recorded: Recorded[Event], headers: bytes, body: bytes) -> None:
    if len(body) > topic.event_limit:
        raise EventTooLarge(f"{where} has {len(body)} bytes; {topic.name} takes at most {topic.event_limit}: say less, or in parts")
    if len(recorded.correlationid) > LONGEST_CAUSE or len(recorded.causationid) > LONGEST_CAUSE:
        raise EventTooLarge(f"{where} names a cause or a chain with more than {LONGEST_CAUSE} characters; shorten its ids")
    if len(headers) > ATTRIBUTES_LIMIT:
        raise EventTooLarge(f"{where} has {len(headers)} bytes of attributes; at most {ATTRIBUTES_LIMIT} travel: shorten its ids")
