"""Spans as a chain along the causes. Off unless an exporter is set, and then free: one name is looked at."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import context, trace
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind, Status, StatusCode, Tracer

from entente_eventkit.telemetry import names, traceparent

_tracer: Tracer | None = None
_OFF: AbstractContextManager[str | None] = nullcontext(None)


def record(tracer: Tracer | None) -> None:
    """Sends spans to `tracer` from now on; None switches recording off. Called by `telemetry.configure` and `telemetry.off`."""
    global _tracer  # noqa: PLW0603 - the one switch of this module; off() sets it back
    _tracer = tracer


def enabled() -> bool:
    """Whether anybody records spans."""
    return _tracer is not None


def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    *,
    parent: str | None = None,
    links: Sequence[str] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> AbstractContextManager[str | None]:
    """A span around a block; gives its `traceparent` (None when off). `parent` and `links` are traceparents; without `parent` it
    hangs under the current span, if any. An exception that leaves the block is recorded on it: its type, never its text, which may
    quote what was sent."""
    tracer = _tracer
    return _OFF if tracer is None else _recorded(tracer, name, kind, parent, links, attributes)


@contextmanager
def _recorded(
    tracer: Tracer, name: str, kind: SpanKind, parent: str | None, links: Sequence[str], attributes: Mapping[str, str | int] | None
) -> Iterator[str | None]:
    above = traceparent.read(parent)
    under = context.get_current() if above is None else trace.set_span_in_context(NonRecordingSpan(above))
    linked = [Link(found) for link in links if (found := traceparent.read(link)) is not None]
    with tracer.start_as_current_span(
        name, under, kind, attributes, linked, record_exception=False, set_status_on_exception=False
    ) as started:
        try:
            yield traceparent.write(started.get_span_context())
        except BaseException as error:
            started.set_attribute(names.ERROR_TYPE, type(error).__name__)
            started.set_status(Status(StatusCode.ERROR))
            raise


def note(attributes: Mapping[str, str | int]) -> None:
    """Adds attributes to the current span, if one is recorded."""
    if _tracer is not None:
        trace.get_current_span().set_attributes(attributes)


def rename(name: str) -> None:
    """Gives the current span another name, once it is known."""
    if _tracer is not None:
        trace.get_current_span().update_name(name)


def failed(kind: str) -> None:
    """Marks the current span as failed, where no exception leaves it; `kind` is a stable name of the error."""
    if _tracer is not None:
        now = trace.get_current_span()
        now.set_attribute(names.ERROR_TYPE, kind)
        now.set_status(Status(StatusCode.ERROR))


def current() -> str | None:
    """The `traceparent` of the current span; None when off or outside of every span."""
    if _tracer is None:
        return None
    now = trace.get_current_span().get_span_context()
    return traceparent.write(now) if now.is_valid else None
