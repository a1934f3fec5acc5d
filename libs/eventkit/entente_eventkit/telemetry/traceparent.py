"""The W3C trace context as one line of text, which is how it lies in events, headers and rows."""

import re

from opentelemetry.trace import SpanContext, TraceFlags

FORM = re.compile(r"(?P<format>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?", re.ASCII)


def write(context: SpanContext) -> str:
    """The context of a span as a `traceparent` of format 00."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def read(text: str | None) -> SpanContext | None:
    """The context that a `traceparent` names; None where the text is none by the W3C's rules (a later format is read as far as 00 goes)."""
    found = FORM.fullmatch(text) if text else None
    if found is None or found["format"] == "ff" or (found["format"] == "00" and found["more"]):
        return None
    context = SpanContext(
        int(found["trace"], 16), int(found["span"], 16), is_remote=True, trace_flags=TraceFlags(int(found["flags"], 16) & 1)
    )
    return context if context.is_valid else None
