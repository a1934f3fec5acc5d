"""The questions behind the reading routes."""

from base64 import b64encode
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import col

from entente_contracts import rfc3339
from entente_contracts.events.gateway import QuarantineReason
from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell import kinds
from entente_eventkit.shell.paging import Page
from entente_eventkit.shell.problems import Problem
from entente_gateway.answers import KeptAnswer, QuarantineAnswer, RefusedAnswer, SourceAnswer, SourcesAnswer
from entente_gateway.projections.quarantine import RefusedArrivalRow
from entente_gateway.projections.sources import SourceKeyNow, SourceKeyNowRow, SourceNowRow, SourceTokenNow, SourceTokenNowRow
from entente_gateway.tables import arrival


def list_sources(ask: Ask, page: Page) -> SourcesAnswer:
    """A page of the registered sources, by name."""
    match page.after:
        case None:
            where = []
        case (str(last),):
            where = [col(SourceNowRow.name) > last]
        case _:
            raise _other_listing()
    found = ask.all(SourceNowRow, *where, order_by=[col(SourceNowRow.name)], limit=page.limit + 1)
    shown = page.cut(found, lambda source: (source.name,))
    keys = _keys(ask, [source.name for source in shown])
    tokens = _tokens(ask, [source.name for source in shown])
    return SourcesAnswer(items=[SourceAnswer.of(source, keys[source.name], tokens[source.name]) for source in shown])


def show_source(ask: Ask, name: str) -> SourceAnswer:
    """One source; refuses (404) a name that nobody has."""
    source = ask.one(SourceNowRow, name)
    if source is None:
        raise Refused("no-such-source", f"no source is named {name!r}", "see the list of sources", where="path name", status=404)
    return SourceAnswer.of(source, _keys(ask, [name])[name], _tokens(ask, [name])[name])


def list_quarantine(
    ask: Ask, page: Page, *, reason: QuarantineReason | None, signed_by: str | None, waiting: bool = False
) -> QuarantineAnswer:
    """A page of what was refused, the last judged first; of one reason, signed by one source, not admitted since, where asked."""
    judged, digest = col(RefusedArrivalRow.last_judged), col(RefusedArrivalRow.digest)
    where = []
    if reason is not None:
        where.append(col(RefusedArrivalRow.reason) == reason.value)
    if signed_by is not None:
        where.append(col(RefusedArrivalRow.signed_by) == signed_by)
    if waiting:
        where.append(col(RefusedArrivalRow.admitted).is_(None))
    if page.after is not None:
        last, same = _place(page.after)
        where.append(or_(judged < last, and_(judged == last, digest > same)))
    found = ask.all(RefusedArrivalRow, *where, order_by=[judged.desc(), digest], limit=page.limit + 1)
    shown = page.cut(found, lambda refused: (refused.last_judged.isoformat(), refused.digest))
    came = _came(ask, [refused.digest for refused in shown])
    return QuarantineAnswer(items=[RefusedAnswer.of(refused, *came[refused.digest]) for refused in shown])


def show_quarantined(ask: Ask, digest: str, own: str | None) -> KeptAnswer:
    """One arrival with its bytes; refuses (404) what was never refused, and to a source what its keys did not sign."""
    refused = ask.one(RefusedArrivalRow, digest)
    kept = ask.connection.execute(select(arrival).where(arrival.c.digest == digest)).one_or_none()
    if refused is None or kept is None or (own is not None and refused.signed_by != own):
        raise Refused("no-such-arrival", f"nothing was refused under {digest}", "see the list", where="path digest", status=404)
    return KeptAnswer(
        **RefusedAnswer.of(refused, kept.times, kept.last_arrived).model_dump(),
        mode=kept.mode,
        content_type=kept.content_type,
        bytes=b64encode(kept.bytes).decode() if kept.erased is None else None,
        kept_until=kept.kept_until,
    )


def _keys(ask: Ask, names: list[str]) -> dict[str, list[SourceKeyNow]]:
    keys: dict[str, list[SourceKeyNow]] = {name: [] for name in names}
    order = [col(SourceKeyNowRow.added), col(SourceKeyNowRow.keyid)]
    for key in ask.all(SourceKeyNowRow, col(SourceKeyNowRow.source).in_(names), order_by=order):
        keys[key.source].append(key)
    return keys


def _tokens(ask: Ask, names: list[str]) -> dict[str, list[SourceTokenNow]]:
    tokens: dict[str, list[SourceTokenNow]] = {name: [] for name in names}
    order = [col(SourceTokenNowRow.issued), col(SourceTokenNowRow.token)]
    for token in ask.all(SourceTokenNowRow, col(SourceTokenNowRow.source).in_(names), order_by=order):
        tokens[token.source].append(token)
    return tokens


def _came(ask: Ask, digests: list[str]) -> dict[str, tuple[int, datetime]]:
    """How often each of these came, and when last."""
    found = ask.connection.execute(select(arrival.c.digest, arrival.c.times, arrival.c.last_arrived).where(arrival.c.digest.in_(digests)))
    return {row.digest: (row.times, row.last_arrived) for row in found}


def _place(after: tuple[str | int, ...]) -> tuple[datetime, str]:
    match after:
        case (str(last), str(digest)):
            try:
                return rfc3339.from_text(last), digest
            except ValueError:
                pass
    raise _other_listing()


def _other_listing() -> Problem:
    return Problem(kinds.BAD_CURSOR, "the cursor was given out by another listing", where="query after")
