"""The keys that the gateway uses: each names once and for ever what was claimed or seen."""

import json
from hashlib import sha256

from entente_eventkit.store.recall import RecalledKey

URIS = "source-uri"
"""The scope of the keys that make a source's URI unique: key = URI, answer = the source's name."""


def seen_scope(source: str) -> str:
    """The scope of what was admitted from a source: key = the id it gave."""
    return f"source/{source}"


def uri_key(uri: str, name: str) -> RecalledKey:
    """A source's URI, taken."""
    return RecalledKey(URIS, uri, sha256(name.encode()).hexdigest(), json.dumps({"source": name}).encode())


def seen_key(source: str, id: str, covers: str, position: int, event: str) -> RecalledKey:
    """What a source calls `id`, admitted as `event`."""
    return RecalledKey(seen_scope(source), id, covers, json.dumps({"position": position, "event": event}).encode())
