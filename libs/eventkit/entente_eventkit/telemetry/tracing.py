"""Spans as a chain along the causes. Off unless an exporter is set, and then free: one flag is looked at."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.trace import SpanKind


def enabled() -> bool:
    """Whether anybody records spans."""
    raise NotImplementedError


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    *,
    parent: str | None = None,
    links: Sequence[str] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[str | None]:
    """A span around a block; yields its `traceparent` (None when off). `parent` and `links` are traceparents; without `parent` it
    hangs under the current span, if any. An exception that leaves the block is recorded on it."""
    raise NotImplementedError


def current() -> str | None:
    """The `traceparent` of the current span."""
    raise NotImplementedError
