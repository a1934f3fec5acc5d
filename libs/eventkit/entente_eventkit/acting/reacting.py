"""A policy as an instance: it reacts to each event once, within the transaction that counts the event as applied."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Policy
from entente_eventkit.acting.deeds import actor_of, do_once
from entente_eventkit.clock import Clock
from entente_eventkit.projecting.applier import POLICY, Part
from entente_eventkit.projecting.incoming import Incoming
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore
from entente_eventkit.telemetry import names, tracing

EVENTS_A_TRANSACTION = 50
"""While a policy decides, the head is locked and every other append waits."""


def scope_of(policy: str) -> str:
    """The scope of the keys under which a policy's decisions are kept, one an event."""
    return f"policy/{policy}"


class Reacting:
    """Reacts to events. Lock order: the instance was locked before, the head is locked here.

    Events recorded before the policy was `born` only count: a new policy does not act on old history.
    """

    def __init__(self, policy: Policy, store: EventStore, clock: Clock, connection: Connection, born: datetime) -> None:
        self._policy, self._store, self._clock, self._connection, self._born = policy, store, clock, connection, born

    def preload(self, events: Sequence[Incoming]) -> None:
        """Nothing: what a policy decides on is read under the head's lock."""

    def apply(self, incoming: Incoming) -> None:
        if incoming.written_before(self._born):
            return
        event = incoming.recorded()
        actor = actor_of(self._store.service, self._policy.name)
        with tracing.span(f"react {self._policy.name}", parent=_parent(event), attributes={names.POLICY: self._policy.name}) as traceparent:
            because = Because(
                causationid=event.id,
                correlationid=event.correlationid,
                actor=actor,
                traceparent=traceparent or event.traceparent,
            )
            with self._store.head(self._connection) as head:
                acting = Acting(self._connection, head, self._clock)
                do_once(acting, scope_of(self._policy.name), event.id, self._policy.react(event, acting.ask), because)

    def flush(self) -> None:
        """Nothing: appends are written where they are decided."""

    def forget_all(self) -> None:
        """Nothing: no state is kept between events."""


def _parent(event: Recorded[Event]) -> str | None:
    """The event's own span, unless the current one is in its trace already: a batch of one event hangs under that event."""
    current = tracing.current()
    same = current is not None and event.traceparent is not None and current.split("-")[1] == event.traceparent.split("-")[1]
    return None if same else event.traceparent


def part_of(policy: Policy, store: EventStore, clock: Clock) -> Part:
    """A policy, as its instance sees it."""
    return Part(
        policy.name,
        POLICY,
        policy.code,
        tuple(policy.reads),
        frozenset(event.event_name for event in policy.on),
        lambda connection, _instance, _topic, born: Reacting(policy, store, clock, connection, born),
        records_a_batch=EVENTS_A_TRANSACTION,
        savepoints=True,
    )
