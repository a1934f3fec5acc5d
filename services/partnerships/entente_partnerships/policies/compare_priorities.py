"""Compares the priorities of parties whom an agreement binds both, whenever one of them declares or becomes bound or free.

A mark `party/<party>` says that a party declared, `bound/<agreement>/<party>` that an agreement binds it now or no more. Only parties that
declared anything are compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, or_

from entente_contracts.events.partnerships.priorities import PrioritiesDeclared
from entente_eventkit.acting.declare import Deed, Do, Worker
from entente_eventkit.projecting.ask import Ask
from entente_partnerships import deciders
from entente_partnerships.domain.misalignment import Compare, Declaration
from entente_partnerships.projections.misalignments import BoundNowRow, DeclaredOfRow, MisalignmentRow, misalignments
from entente_partnerships.vocabulary import vocabulary


def _work(what: str, _: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:
    party = what.rpartition("/")[2]
    declared = declarations(ask)
    if party in declared:
        yield from _compare(ask, party, declared, now.astimezone(UTC).date())


def _compare(ask: Ask, party: str, declared: dict[str, tuple[Declaration, ...]], today: date) -> Iterator[Deed]:
    in_common: dict[str, list[str]] = defaultdict(list)
    mine = [row.agreement for row in ask.all(BoundNowRow, col(BoundNowRow.party) == party, col(BoundNowRow.bound).is_(True))]
    for other in sorted(set(declared) - {party}):
        rows = ask.all(BoundNowRow, col(BoundNowRow.party) == other, col(BoundNowRow.bound).is_(True))
        in_common[other] = sorted({row.agreement for row in rows} & set(mine))
    said_before = {row.b if row.a == party else row.a for row in ask.all(MisalignmentRow, _about(party))}
    for other, agreements in in_common.items():
        if agreements or other in said_before:
            a, b = sorted((party, other))
            yield Do(deciders.misalignment, Compare(a, b, declared[a], declared[b], tuple(agreements), today, vocabulary().rule))


def _about(party: str) -> ColumnElement[bool]:
    return or_(col(MisalignmentRow.a) == party, col(MisalignmentRow.b) == party)


def declarations(ask: Ask) -> dict[str, tuple[Declaration, ...]]:
    """All declarations, by party, in the order in which they were written down."""
    found: dict[str, tuple[Declaration, ...]] = defaultdict(tuple)
    for row in ask.all(DeclaredOfRow):
        found[row.party] = (*found[row.party], Declaration(row.event, PrioritiesDeclared.model_validate_json(row.data)))
    return dict(found)


compare_priorities = Worker("compare-priorities", marks=misalignments, work=_work)
