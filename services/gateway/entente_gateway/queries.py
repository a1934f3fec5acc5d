"""The questions behind the reading routes."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import col

from entente_contracts.events.gateway import QuarantineReason
from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.paging import Page
from entente_gateway.answers import QuarantineAnswer, RefusedAnswer, SourceAnswer, SourcesAnswer
from entente_gateway.projections.quarantine import RefusedArrival, RefusedArrivalRow
from entente_gateway.projections.sources import SourceKeyNowRow, SourceNowRow
from entente_gateway.tables import arrival


def list_sources(ask: Ask, page: Page) -> SourcesAnswer:
    """A page of the registered sources, by name."""
    wanted = [] if page.after is None else [col(SourceNowRow.name) > str(page.after[0])]
    found = ask.all(SourceNowRow, *wanted, order_by=[col(SourceNowRow.name)], limit=page.limit + 1)
    shown = page.cut(found, lambda source: (source.name,))
    keys: dict[str, list[Any]] = {source.name: [] for source in shown}
    for key in ask.all(SourceKeyNowRow, col(SourceKeyNowRow.source).in_(list(keys)), order_by=[col(SourceKeyNowRow.added), col(SourceKeyNowRow.keyid)]):
        keys[key.source].append(key)
    return SourcesAnswer(sources=[SourceAnswer.of(source, keys[source.name]) for source in shown])


def show_source(ask: Ask, name: str) -> SourceAnswer:
    """One source; refuses (404) a name that nobody has."""
    source = ask.one(SourceNowRow, name)
    if source is None:
        raise Refused("no-such-source", f"no source is named {name!r}", "see the list of sources", where="path name", status=404)
    keys = ask.all(SourceKeyNowRow, col(SourceKeyNowRow.source) == name, order_by=[col(SourceKeyNowRow.added), col(SourceKeyNowRow.keyid)])
    return SourceAnswer.of(source, keys)


def list_quarantine(ask: Ask, page: Page, reason: QuarantineReason | None, source: str | None) -> QuarantineAnswer:
    """A page of what was refused, the last judged first; of one reason, or signed by one source, where asked."""
    row = RefusedArrivalRow
    wanted = []
    if reason is not None:
        wanted.append(col(row.reason) == reason.value)
    if source is not None:
        wanted.append(col(row.signed_by) == source)
    if page.after is not None:
        last, digest = _cursor(page.after)
        wanted.append(or_(col(row.last_judged) < last, and_(col(row.last_judged) == last, col(row.digest) > digest)))
    found = ask.all(row, *wanted, order_by=[col(row.last_judged).desc(), col(row.digest)], limit=page.limit + 1)
    shown = page.cut(found, lambda refused: (refused.last_judged.isoformat(), refused.digest))
    counted = _counted(ask, shown)
    return QuarantineAnswer(refused=[RefusedAnswer.of(refused, *counted[refused.digest]) for refused in shown])
