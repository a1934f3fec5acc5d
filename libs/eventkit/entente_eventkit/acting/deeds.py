"""Doing what a policy, worker or duty asked for: commands decided one by one, dues put down."""

import hashlib
import json
import logging
from collections.abc import Iterable

from entente_contracts.recorded import Actor, AuthType
from entente_contracts.refused import Refused
from entente_eventkit.acting.acting import Acting
from entente_eventkit.acting.declare import Deed, Schedule
from entente_eventkit.store.because import Because
from entente_eventkit.store.recall import is_recalled
from entente_eventkit.telemetry import metrics

log = logging.getLogger(__name__)


def actor_of(service: str, name: str) -> Actor:
    """Who acts when nobody asked: the service's own policy, worker or duty."""
    return Actor(AuthType.SYSTEM, f"{service}/{name}")


def do(acting: Acting, deeds: Iterable[Deed], because: Because) -> list[str]:
    """Does all deeds in order; gives the ids of the events they made.

    A refusal by the domain is an outcome: it is counted and the other deeds go on. Any other exception leaves through here, and the
    caller rolls back.
    """
    made: list[str] = []
    for deed in list(deeds):
        if isinstance(deed, Schedule):
            acting.schedule(deed.duty, deed.subject, deed.at, because)
            continue
        try:
            made.extend(acting.execute(deed.decider, deed.command, because).events)
        except Refused as refused:
            metrics.refused(refused.code)
            log.info("%s was refused to %s: %s", deed.decider.name, because.actor.id, refused.code)
    return made


def do_once(acting: Acting, scope: str, key: str, deeds: Iterable[Deed], because: Because) -> bool:
    """Does all deeds under one key, once for ever; False where that was done before.

    `deeds` may be a generator: it is run only if needed. Of a decision that a restored store only recalls from its events, the dues are put
    down again: they were lost with the table, and the same due twice is one.
    """
    known = acting.head.answer(scope, key)
    if known is not None:
        if is_recalled(known.answer):
            do(acting, (deed for deed in deeds if isinstance(deed, Schedule)), because)
        return False
    made = do(acting, deeds, because)
    acting.head.remember(scope, key, hashlib.sha256(key.encode()).hexdigest(), json.dumps({"events": made}).encode())
    return True
