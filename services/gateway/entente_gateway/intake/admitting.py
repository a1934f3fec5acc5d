"""One transaction for a whole request or batch: each item judged, kept, and recorded as what it was found to be.

Bytes that were refused before and are refused again for the same reason are counted, and recorded no second time: whoever repeats
himself makes the store grow by nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from entente_contracts.events.gateway import EventQuarantined, QuarantineReason, QuarantineReleased
from entente_contracts.receipts import Outcome, Receipt
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded
from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.acting.acting import Acting
from entente_eventkit.storage.database import after_commit
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventDoesNotDecode, EventTooLarge, NewEvent
from entente_eventkit.telemetry import metrics
from entente_gateway.domain.describing import MOST_DETAIL, MOST_MEND, cut
from entente_gateway.domain.examined import LONGEST_CLAIM, Examined
from entente_gateway.domain.grading import graded
from entente_gateway.domain.judging import Admitted, Duplicate, FirstSeen, Quarantined, judge
from entente_gateway.domain.registry import Registry
from entente_gateway.domain.source import Source
from entente_gateway.intake.examining import examine_all
from entente_gateway.intake.keeping import Arrivals
from entente_gateway.intake.once import seen_key, seen_scope
from entente_gateway.intake.registered import Registered
from entente_gateway.intake.request import Item

STRANGER = Actor(AuthType.UNAUTHENTICATED, "anyone")
"""Who acted where nobody vouches for what arrived."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request's items, examined against the registry as it was then; `at`: when they had arrived."""

    items: Sequence[Item]
    examined: Sequence[Examined]
    registry: Registry
    at: datetime
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """An item's receipt, and the name of the source that surely sent it: one of its keys, in force or revoked, made the signature."""

    receipt: Receipt
    sender: str | None


def take_in(acting: Acting, registered: Registered, arrival: Arrival) -> list[Judged]:
    """Judges the items in their order, by the sources as they stand under the store's lock."""
    registry = registered.now(acting)
    examined = arrival.examined
    if registry is not arrival.registry:
        examined = examine_all(arrival.items, arrival.at, registry)
    desk = Desk(acting, registry, Arrivals(acting.connection, arrival.items, arrival.at), arrival.traceparent)
    judged = [desk.receive(item, found) for item, found in zip(arrival.items, examined, strict=True)]
    desk.arrivals.write()
    after_commit(acting.connection, partial(_count_refused, [each.receipt for each in judged]))
    return judged


def _count_refused(receipts: Sequence[Receipt]) -> None:
    for receipt in receipts:
        if receipt.outcome is Outcome.QUARANTINED and receipt.reason is not None:
            metrics.quarantined(receipt.reason)


@dataclass(frozen=True, slots=True)
class Released:
    """Something is judged again: why, by whom, and after which refusal."""

    why: str
    by: Because
    refusal: Recorded[EventQuarantined]

    def because(self, causationid: str, actor: Actor) -> Because:
        """In the chain that began with the first arrival."""
        return Because(causationid=causationid, correlationid=self.refusal.correlationid, actor=actor, traceparent=self.by.traceparent)


@dataclass(slots=True)
class Desk:
    """Where the items of one request are judged, one after the other; `released`: what is judged again, and by whose doing."""

    acting: Acting
    registry: Registry
    arrivals: Arrivals
    traceparent: str | None
    released: Released | None = None

    def receive(self, item: Item, examined: Examined) -> Judged:
        judgement = judge(examined, self.registry, self._seen)
        match judgement:
            case Admitted():
                return self._admit(item, examined, judgement)
            case Duplicate():
                receipt = Receipt(
                    id=examined.id,
                    source=examined.source,
                    outcome=Outcome.DUPLICATE,
                    position=judgement.first.position,
                    event=judgement.first.event,
                    digest=item.digest,
                )
                return Judged(receipt, judgement.source.name)
            case Quarantined():
                return self._quarantine(item, examined, judgement)

    def _seen(self, source: Source, id: str) -> FirstSeen | None:
        known = self.acting.head.answer(seen_scope(source.name), id)
        if known is None:
            return None
        answer = json.loads(known.answer)
        return FirstSeen(known.request_hash, answer["position"], answer["event"])

    def _admit(self, item: Item, examined: Examined, admitted: Admitted) -> Judged:
        source, head = admitted.source, self.acting.head
        origin = Origin(source.uri, admitted.id, item.digest, item.length)
        because = self._because(origin.cause, source)
        data, body = graded(admitted.data, admitted.body, source.rights.grading)
        event = NewEvent(data, examined.time, origin, body=body)
        try:
            (recorded,) = head.append(OBSERVATIONS, f"observation/{source.name}/{admitted.country}", [event], because)
        except (EventTooLarge, EventDoesNotDecode) as error:
            reason = QuarantineReason.TOO_LARGE if isinstance(error, EventTooLarge) else QuarantineReason.INVALID_DATA
            return self._quarantine(item, examined, Quarantined(reason, str(error), "send less, or otherwise, in one event", source))
        position = head.position
        seen = seen_key(source.name, origin.id, admitted.covers, position, recorded.id)
        head.remember(seen.scope, seen.key, seen.request_hash, seen.answer)
        self._settle(item, recorded.id, because)
        self.arrivals.keep(item, head.position, refused=False, came=self.released is None)
        receipt = Receipt(
            id=examined.id, source=examined.source, outcome=Outcome.ADMITTED, position=position, event=recorded.id, digest=item.digest
        )
        return Judged(receipt, source.name)

    def _settle(self, item: Item, admitted: str, because: Because) -> None:
        """Where these bytes had been refused before, says that they have passed now."""
        stream = quarantine_stream(item.digest)
        if self.arrivals.known(item.digest) is None:
            return
        last = self.acting.head.last(GATEWAY, stream)
        if last is not None and isinstance(last.data, EventQuarantined):
            why = "it was sent again, and passed" if self.released is None else self.released.why
            if self.released is not None:
                because = self.released.because(admitted, self.released.by.actor)
            self.acting.head.append(GATEWAY, stream, [QuarantineReleased(digest=item.digest, admitted=admitted, because=why)], because)

    def _quarantine(self, item: Item, examined: Examined, refused: Quarantined) -> Judged:
        refused = replace(refused, detail=cut(refused.detail, MOST_DETAIL), mend=cut(refused.mend, MOST_MEND))
        event = _refusal(item, examined, refused)
        stream, kept, head = quarantine_stream(item.digest), self.arrivals.known(item.digest), self.acting.head
        last = head.last(GATEWAY, stream) if kept is not None else None
        if kept is not None and last is not None and last.data == event:
            position = kept.position
        else:
            cause = f"{event.claimed_source}#{event.claimed_id}" if refused.signed_by is not None else f"arrival/{item.digest}"
            head.append(GATEWAY, stream, [event], self._because(cause, refused.signed_by))
            position = head.position
        self.arrivals.keep(item, position, refused=True, came=self.released is None)
        receipt = Receipt(
            id=examined.id,
            source=examined.source,
            outcome=Outcome.QUARANTINED,
            position=position,
            reason=refused.reason.value,
            detail=refused.detail,
            mend=refused.mend,
            digest=item.digest,
        )
        return Judged(receipt, None if refused.signed_by is None else refused.signed_by.name)

    def _because(self, cause: str, source: Source | None) -> Because:
        actor = STRANGER if source is None else Actor(AuthType.SERVICE_ACCOUNT, source.name, source.party)
        if self.released is not None:
            return self.released.because(self.released.refusal.id, actor)
        return Because(causationid=cause, correlationid=cause, actor=actor, traceparent=self.traceparent)


def _refusal(item: Item, examined: Examined, refused: Quarantined) -> EventQuarantined:
    known_to_operators = "" if refused.for_operators is None else f"; {refused.for_operators}"
    return EventQuarantined(
        reason=refused.reason.value,
        detail=cut(refused.detail + known_to_operators, MOST_DETAIL),
        mend=refused.mend,
        digest=item.digest,
        length=item.length,
        claimed_source=None if examined.source is None else examined.source[:LONGEST_CLAIM],
        claimed_id=None if examined.id is None else examined.id[:LONGEST_CLAIM],
        signed_by=None if refused.signed_by is None else refused.signed_by.name,
    )


def quarantine_stream(digest: str) -> str:
    """Where what is said of these bytes is written."""
    return f"quarantine/{digest}"
