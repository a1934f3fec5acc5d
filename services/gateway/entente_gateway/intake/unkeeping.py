"""From bytes as they are kept back to the item that they were."""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from entente_gateway.intake.request import Item, Mode

_ESCAPED = re.compile(rb"%([0-9A-F]{2})")


def item_of(row: Row[Any]) -> Item:
    """The item that a row of `arrival` keeps whole."""
    mode, kept = Mode(row.mode), bytes(row.bytes)
    if mode is Mode.BINARY:
        lines, body_at = _head(kept)
        headers = tuple((name, value) for name, _, value in (line.partition(b": ") for line in lines))
        return Item(mode, row.content_type, row.digest, row.length, kept, headers, body_at)
    if mode is Mode.RECORD:
        lines, body_at = _head(kept)
        return Item(mode, row.content_type, row.digest, row.length, kept, (), body_at, tuple(_record_headers(lines)))
    return Item(mode, row.content_type, row.digest, row.length, kept)


def _head(kept: bytes) -> tuple[list[bytes], int]:
    """The lines before the empty one, and where the body begins; a record without a value has no empty line."""
    lines: list[bytes] = []
    at = 0
    while (end := kept.find(b"\r\n", at)) >= 0:
        line, at = kept[at:end], end + 2
        if not line:
            return lines, at
        lines.append(line)
    return lines, len(kept)


def _record_headers(lines: list[bytes]) -> Iterator[tuple[str, bytes | None]]:
    for line in lines:
        name, colon, value = line.partition(b": ")
        yield _plain(name).decode("utf-8", errors="surrogatepass"), _plain(value) if colon else None


def _plain(written: bytes) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), written)
