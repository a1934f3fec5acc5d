"""The span of a batch on its way into an instance: below its cause where it brings one live event, else linked to all of them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import SpanKind

from entente_eventkit.projecting.batches import Arrival, Delivery
from entente_eventkit.telemetry import names, tracing

MOST_LINKS = 64

_NOTHING: AbstractContextManager[str | None] = nullcontext(None)


def processing(name: str, delivery: Delivery, *, live: bool) -> AbstractContextManager[str | None]:
    """A span around one instance's turn. `live`: whether the batch comes from the live reader; what is read again is no consequence of
    its cause any more, and only points to it. A batch that brings nothing (the log's own records, a mere checkpoint) has none."""
    if not tracing.enabled() or not delivery.arrivals:
        return _NOTHING
    batch, causes = delivery.batch, _traceparents(delivery.arrivals)
    alone = live and len(delivery.arrivals) == 1
    attributes: dict[str, str | int] = {
        names.INSTANCE: name,
        names.MESSAGING_SYSTEM: "kafka",
        names.MESSAGING_OPERATION: "process",
        names.MESSAGING_OPERATION_TYPE: "process",
        names.MESSAGING_DESTINATION: batch.topic,
        names.MESSAGING_PARTITION: str(batch.partition),
        names.MESSAGING_BATCH: len(delivery.arrivals),
        **(_of_one(delivery.arrivals[0]) if alone else {}),
    }
    parent = causes[0] if alone and causes else None
    links = () if alone else causes
    return tracing.span(f"process {batch.topic}", SpanKind.CONSUMER, parent=parent, links=links, attributes=attributes)


def _of_one(arrival: Arrival) -> dict[str, str | int]:
    event = arrival.incoming
    if event is None:
        return {names.MESSAGING_OFFSET: arrival.record.offset}
    return {
        names.MESSAGING_OFFSET: arrival.record.offset,
        names.MESSAGING_ID: event.id,
        names.MESSAGING_CONVERSATION: event.header("ce_correlationid") or "",
        names.STREAM: event.stream,
        names.VERSION: event.version,
    }


def _traceparents(arrivals: Sequence[Arrival]) -> list[str]:
    found: list[str] = []
    for arrival in arrivals:
        if arrival.incoming is not None and (cause := arrival.incoming.header("ce_traceparent")):
            found.append(cause)
            if len(found) == MOST_LINKS:
                break
    return found
