"""Finished spans as who hangs under whom and who points to whom: what a test of a trace asserts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

ELSEWHERE = "(elsewhere)"
"""The name of a span that was not recorded here: a caller's, or one that has not ended."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One span: the name of the span that it hangs under (None: it begins a trace), and of those that it links to."""

    name: str
    parent: str | None
    links: tuple[str, ...] = ()


def chain(spans: "Sequence[ReadableSpan]") -> list[Seen]:
    """The spans in the order in which they began, by name."""
    names = {span.context.span_id: span.name for span in spans if span.context is not None}
    return [
        Seen(
            span.name,
            None if span.parent is None else names.get(span.parent.span_id, ELSEWHERE),
            tuple(names.get(link.context.span_id, ELSEWHERE) for link in span.links),
        )
        for span in sorted(spans, key=lambda span: span.start_time or 0)
    ]
