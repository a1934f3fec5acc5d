"""Batches: as many events as one request may carry."""

from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from entente_client.errors import EventTooLarge

MAX_ITEMS = 500
"""The most events of one request."""
MAX_EVENT_BYTES = 256 * 1024
"""The most bytes of one event in its structured form."""
MAX_BATCH_BYTES = 4 * 1024 * 1024
"""The most bytes of one request that the client makes; the gateway may take more."""

T = TypeVar("T")


def check_size(id: str, encoded: Sized) -> None:
    """Raises `EventTooLarge` where an event has more bytes than the gateway takes."""
    if len(encoded) > MAX_EVENT_BYTES:
        raise EventTooLarge(
            f"event {id}: {len(encoded):,} bytes are more than {MAX_EVENT_BYTES:,}; shorten its texts or report it in parts"
        )


def batched(
    items: Iterable[tuple[T, bytes]], max_items: int = MAX_ITEMS, max_bytes: int = MAX_BATCH_BYTES
) -> Iterator[list[tuple[T, bytes]]]:
    """Groups items with their encoded form, in order: no batch has more items or, with brackets and commas, more bytes than allowed."""
    batch: list[tuple[T, bytes]] = []
    size = 2
    for item in items:
        length = len(item[1]) + 1
        if batch and (len(batch) == max_items or size + length > max_bytes):
            yield batch
            batch, size = [], 2
        batch.append(item)
        size += length
    if batch:
        yield batch
