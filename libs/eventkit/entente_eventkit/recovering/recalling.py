"""Which keys a store used when it appended events that it now takes over: so that nothing of them is done a second time."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from entente_contracts.event import Event
from entente_contracts.recorded import AuthType, Recorded
from entente_eventkit.acting.duties import key_of as key_of_due
from entente_eventkit.acting.duties import scope_of as scope_of_duty
from entente_eventkit.acting.reacting import scope_of as scope_of_policy
from entente_eventkit.recovering.judging import Missing
from entente_eventkit.service import Service
from entente_eventkit.store.recall import RecalledKey, answer_of


def recalled_keys(service: Service, events: Sequence[Missing]) -> list[RecalledKey]:
    """Those of its policies (one an event that they reacted to), of its duties and of the service itself. A decision that made no event
    left nothing to recall it by; clients' idempotency keys are in no event."""
    made: dict[tuple[str, str], list[str]] = {}
    own: dict[tuple[str, str], RecalledKey] = {}
    for one in events:
        for used in _decisions(service, one.recorded):
            made.setdefault(used, []).append(one.stored.id)
        for recalled in service.recall(one.stored, one.recorded):
            own.setdefault((recalled.scope, recalled.key), recalled)
    decided = [RecalledKey(scope, key, sha256(key.encode()).hexdigest(), answer_of(ids)) for (scope, key), ids in made.items()]
    return [*decided, *own.values()]


def acted(service: Service, event: Recorded[Event]) -> str | None:
    """The name of the service's own policy, worker or duty that made the event; None where somebody asked for it."""
    prefix = f"{service.name}/"
    return event.actor.id.removeprefix(prefix) if event.actor.type is AuthType.SYSTEM and event.actor.id.startswith(prefix) else None


def _decisions(service: Service, event: Recorded[Event]) -> Iterable[tuple[str, str]]:
    name = acted(service, event)
    for policy in service.policies:
        if policy.name == name:
            yield scope_of_policy(name), event.causationid
    for duty in service.duties:
        if duty.name == name:
            for subject, at in duty.recall(event):
                yield scope_of_duty(name), key_of_due(subject, at)
