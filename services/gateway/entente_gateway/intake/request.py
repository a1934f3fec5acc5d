"""What a request carries: items, each with the very bytes that arrived."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from entente_contracts.cloudevent import NotACloudEvent
from entente_contracts.codec import batch
from entente_contracts.refused import Refused
from entente_gateway.domain.examined import ITEM_LIMIT

MOST_ITEMS = 500
"""Items that one request may carry."""

BATCH_LIMIT = (MOST_ITEMS + 1) * ITEM_LIMIT
"""The most bytes that one request may have: so many items of the largest size, and what stands between them. The route keeps it."""

BEGINNING = 64 * 1024
"""Bytes that are kept of an item which is too large."""

Headers = Sequence[tuple[bytes, bytes]]


class Mode(StrEnum):
    """The ways in which CloudEvents travel: over HTTP, and as records of Kafka, where structured mode is the same."""

    BINARY = "binary"
    STRUCTURED = "structured"
    BATCHED = "batched"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it arrived.

    `kept`: its bytes, or the first 64 KiB where it is too large; `digest` (SHA-256, hex) and `length` are of the whole. In binary mode the
    bytes are the lines of the `ce-` and `content-type` headers (names in lower case, in the order in which they came), an empty line, and
    the body, which begins at `body_at`: what else the request carried, a token for one, is not the event and is not kept. The bytes of a
    record of Kafka are those that `record` says.
    """

    mode: Mode
    content_type: str | None
    digest: str
    length: int
    kept: bytes
    headers: Headers = ()
    body_at: int = 0
    record_headers: Sequence[tuple[str, bytes | None]] = ()

    @property
    def body(self) -> bytes:
        """The body of a binary or structured message."""
        return self.kept[self.body_at :]


def mode_of(headers: Headers) -> Mode:
    """Which mode a request is in; refuses (415) what is in none."""
    media = _content_type(headers).partition(b";")[0].strip().lower()
    if media == b"application/cloudevents-batch+json":
        return Mode.BATCHED
    if media == b"application/cloudevents+json":
        return Mode.STRUCTURED
    if not media.startswith(b"application/cloudevents") and any(name.startswith(b"ce-") for name, _ in headers):
        return Mode.BINARY
    raise Refused(
        "not-cloudevents",
        f"a body of type {media.decode('latin-1')[:100]!r} without `ce-` headers is no CloudEvents message that is read here"
        if media
        else "a body without type and without `ce-` headers is no CloudEvents message",
        "send application/cloudevents+json, application/cloudevents-batch+json, or the event's attributes as `ce-` headers (binary mode)",
        where="header content-type",
        status=415,
    )


async def read(headers: Headers, chunks: AsyncIterator[bytes]) -> list[Item]:
    """Takes a request apart; refuses (413) one with too many items. A batch that is no JSON array is one item."""
    mode = mode_of(headers)
    content_type = _content_type(headers).decode("latin-1") or None
    if mode is Mode.BATCHED:
        return await asyncio.to_thread(_taken_apart, mode, content_type, await _whole(chunks))
    if mode is Mode.STRUCTURED:
        return [await _stream(mode, content_type, (), b"", chunks)]
    own = tuple((name, value) for name, value in headers if name.startswith(b"ce-") or name == b"content-type")
    head = b"".join(name + b": " + value + b"\r\n" for name, value in own) + b"\r\n"
    return [await _stream(mode, content_type, own, head, chunks)]


def _taken_apart(mode: Mode, content_type: str | None, body: bytes) -> list[Item]:
    """The items of a batch. Beside the event loop, since a long body takes long."""
    try:
        parts = batch.elements(body, MOST_ITEMS)
    except NotACloudEvent:
        return [an_item(mode, content_type, body)]
    if len(parts) > MOST_ITEMS:
        raise Refused(
            "too-many-items",
            f"the batch has more than {MOST_ITEMS} items",
            f"send at most {MOST_ITEMS} in one request; of this one nothing was taken",
            where="body",
            status=413,
        )
    return [an_item(mode, content_type, part) for part in parts]


def _content_type(headers: Headers) -> bytes:
    return next((value for name, value in headers if name == b"content-type"), b"")


def an_item(mode: Mode, content_type: str | None, body: bytes) -> Item:
    """An item from all of its bytes."""
    kept = body if len(body) <= ITEM_LIMIT else body[:BEGINNING]
    return Item(mode, content_type, hashlib.sha256(body).hexdigest(), len(body), kept)


async def _whole(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
    return bytes(body)


async def _stream(mode: Mode, content_type: str | None, headers: Headers, head: bytes, chunks: AsyncIterator[bytes]) -> Item:
    """Reads one item, hashing it to its end but holding no more of it than is kept."""
    kept, digest, length = bytearray(head), hashlib.sha256(head), len(head)
    async for chunk in chunks:
        digest.update(chunk)
        length += len(chunk)
        kept += chunk
        if length > ITEM_LIMIT:
            del kept[BEGINNING:]
    return Item(mode, content_type, digest.hexdigest(), length, bytes(kept), headers, len(head))
