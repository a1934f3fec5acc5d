"""What was refused is judged again, by the same rules and as of when it first arrived, once its cause was mended here."""

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import col

from entente_contracts.events.gateway import EventQuarantined
from entente_contracts.receipts import Receipt
from entente_contracts.recorded import Recorded
from entente_contracts.refused import Refused
from entente_contracts.topics import GATEWAY
from entente_eventkit.acting.acting import Acting
from entente_eventkit.store.because import Because
from entente_gateway.answers import ReleasedAnswer
from entente_gateway.commands import Releases
from entente_gateway.domain.registry import Registry
from entente_gateway.intake.admitting import Desk, Released, quarantine_stream
from entente_gateway.intake.examining import examine
from entente_gateway.intake.keeping import Arrivals
from entente_gateway.intake.registered import Registered
from entente_gateway.intake.unkeeping import item_of
from entente_gateway.projections.quarantine import RefusedArrivalRow
from entente_gateway.tables import arrival


def release(acting: Acting, registered: Registered, digest: str, why: str, by: Because) -> Receipt:
    """Judges one arrival again; refuses what is not there, has passed, or was not kept whole."""
    row = acting.connection.execute(select(arrival).where(arrival.c.digest == digest)).one_or_none()
    refusal = acting.head.last(GATEWAY, quarantine_stream(digest))
    if row is None or refusal is None:
        raise Refused("no-such-arrival", f"nothing was refused under {digest}", "see the list", where="path digest", status=404)
    if not isinstance(refusal.data, EventQuarantined):
        raise Refused("admitted-already", f"{digest} was admitted already", "nothing is left to do", where="path digest", status=409)
    if row.erased is not None:
        raise Refused(
            "kept-no-more", f"the bytes of {digest} went on {row.erased.date()}", "have it sent again", where="path digest", status=410
        )
    if row.length > len(row.bytes):
        raise Refused(
            "kept-in-part", f"of {digest} only {len(row.bytes)} of {row.length} bytes were kept", "have it sent again in smaller events",
            where="path digest", status=409,
        )  # fmt: skip
    return _judged_again(acting, registered.now(acting), row, Released(why, by, cast("Recorded[EventQuarantined]", refusal)))


def release_many(acting: Acting, registered: Registered, asked: Releases, by: Because) -> ReleasedAnswer:
    """Judges a batch again, in order of digest; what was not kept whole, or is written but not yet read here, is left out."""
    where: list[ColumnElement[bool]] = [col(RefusedArrivalRow.admitted).is_(None)]
    if asked.reason is not None:
        where.append(col(RefusedArrivalRow.reason) == asked.reason.value)
    if asked.signed_by is not None:
        where.append(col(RefusedArrivalRow.signed_by) == asked.signed_by)
    if asked.after is not None:
        where.append(col(RefusedArrivalRow.digest) > asked.after)
    digest = col(RefusedArrivalRow.digest)
    waiting = [row.digest for row in acting.ask.all(RefusedArrivalRow, *where, order_by=[digest], limit=asked.limit)]
    receipts = []
    for each in waiting:
        try:
            receipts.append(release(acting, registered, each, asked.because, by))
        except Refused:
            continue
    return ReleasedAnswer(receipts=receipts, last=waiting[-1] if len(waiting) == asked.limit else None)


def _judged_again(acting: Acting, registry: Registry, row: Row[Any], released: Released) -> Receipt:
    item = item_of(row)
    examined = replace(examine(item, row.arrived, registry), judged=acting.clock.now())
    desk = Desk(acting, registry, Arrivals(acting.connection, [item], row.last_arrived), released.by.traceparent, released)
    receipt = desk.receive(item, examined).receipt
    desk.arrivals.write()
    return receipt
