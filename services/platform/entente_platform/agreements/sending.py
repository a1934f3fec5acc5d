"""Sends what was read to the registry, batch by batch; sending it again sends nothing new."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from entente_platform.agreements.lines import Taken

ITEMS = 100
BYTES = 1_000_000
"""What one request holds at most."""


class Registry(Protocol):
    """Somebody who takes a request: the platform as the command reaches it."""

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON answer to a posted JSON body."""
        ...


def send(registry: Registry, lines: Sequence[Taken], because: str, sent: Callable[[int], None]) -> Iterator[tuple[Taken, dict[str, Any]]]:
    """Bodies first, then agreements; each with what became of it. `sent` is told how many more were."""
    for kind, path in (("bodies", "/partnerships/bodies/import"), ("agreements", "/partnerships/agreements/import")):
        of_kind = [line for line in lines if ("body" in line.item) == (kind == "bodies")]
        for batch in batches(of_kind):
            answer = registry.post(path, {"because": because, kind: [line.item for line in batch]})
            yield from zip(batch, answer["results"], strict=True)
            sent(len(batch))


def batches(lines: Sequence[Taken]) -> Iterator[list[Taken]]:
    """Lines in batches of at most `ITEMS` and about `BYTES`."""
    batch: list[Taken] = []
    size = 0
    for line in lines:
        length = len(json.dumps(line.item))
        if batch and (len(batch) == ITEMS or size + length > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += length
    if batch:
        yield batch
