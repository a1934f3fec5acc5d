"""What the gateway's own events say of the keys they were made with: which URI is whose, and what was admitted under which id."""

from collections.abc import Iterable

from entente_contracts.event import Event
from entente_contracts.events.gateway import SourceRegistered
from entente_contracts.recorded import Recorded
from entente_eventkit.store.recall import RecalledKey
from entente_eventkit.store.stored import Stored
from entente_gateway.domain.judging import content
from entente_gateway.intake.once import seen_key, uri_key


def recall(stored: Stored, event: Recorded[Event]) -> Iterable[RecalledKey]:
    """The keys of a registered source and of an admitted event. What was signed is in no event, so that what comes again is compared by
    its type and data."""
    if isinstance(event.data, SourceRegistered):
        yield uri_key(event.data.uri, event.data.source)
    if event.origin is not None:
        yield seen_key(event.actor.id, event.origin.id, content(event.type, stored.body or b""), stored.position, event.id)
