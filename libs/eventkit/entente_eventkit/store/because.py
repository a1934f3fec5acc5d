"""Why something is done: what every append must be able to say."""

from dataclasses import dataclass
from typing import Self

from entente_contracts.event import Event
from entente_contracts.recorded import Actor, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """The cause of an append: `causationid` the event or request that led to it, `correlationid` the chain that both belong to."""

    causationid: str
    correlationid: str
    actor: Actor
    traceparent: str | None = None

    @classmethod
    def of(cls, event: Recorded[Event], actor: Actor) -> Self:
        """Because of an event, in its chain."""
        return cls(causationid=event.id, correlationid=event.correlationid, actor=actor, traceparent=event.traceparent)
