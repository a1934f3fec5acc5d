"""The pieces in which a party is bound: by its own acts, and through the bodies that it belongs to. Here the two read models meet."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import col

from entente_contracts.events.partnerships.bindings import Ceased, How
from entente_contracts.events.partnerships.bodies import BindingRule, Standing
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.membership import binds
from entente_partnerships.domain.telling import Force, Piece
from entente_partnerships.projections import kept
from entente_partnerships.projections.who_belongs import Belongs, BelongsRow, BodySoFarRow
from entente_partnerships.projections.who_is_bound import AgreementSoFarRow, Bound, BoundRow, InForceRow
from entente_partnerships.questions.moments import Moment, known

Pieces = Mapping[str, Sequence[Piece]]


def of_agreement(ask: Ask, agreement: str, moment: Moment) -> Pieces:
    """The pieces of every party of an agreement, by party; members of bodies that are parties among them."""
    found: dict[str, list[Piece]] = defaultdict(list)
    rows = ask.all(BoundRow, BoundRow.agreement == agreement, *known(BoundRow, moment))
    for row in rows:
        found[row.party].append(_own(row))
    bodies = rules(ask, {row.party for row in rows})
    for body, rule in bodies.items():
        for belongs in ask.all(BelongsRow, BelongsRow.body == body, *known(BelongsRow, moment)):
            found[belongs.member] += _through(belongs, rule, (row for row in rows if row.party == body))
    return found


def of_party(ask: Ask, party: str, moment: Moment) -> Pieces:
    """The pieces of a party, by agreement."""
    found: dict[str, list[Piece]] = defaultdict(list)
    for row in ask.all(BoundRow, BoundRow.party == party, *known(BoundRow, moment)):
        found[row.agreement].append(_own(row))
    memberships = ask.all(BelongsRow, BelongsRow.member == party, *known(BelongsRow, moment))
    bodies = rules(ask, {belongs.body for belongs in memberships})
    for body, rule in bodies.items():
        rows = ask.all(BoundRow, BoundRow.party == body, *known(BoundRow, moment))
        for belongs in memberships:
            if belongs.body != body:
                continue
            for row in rows:
                found[row.agreement] += _through(belongs, rule, [row])
    return found


def rules(ask: Ask, parties: Iterable[str]) -> dict[str, BindingRule]:
    """The rules of those of the parties that are registered bodies."""
    bodies = ask.all(BodySoFarRow, col(BodySoFarRow.body).in_(sorted(parties)))
    return {row.body: BindingRule.model_validate_json(row.binds) for row in bodies}


def titles(ask: Ask, agreements: Iterable[str]) -> dict[str, str]:
    """The titles of agreements."""
    return {row.agreement: row.title for row in ask.all(AgreementSoFarRow, col(AgreementSoFarRow.agreement).in_(sorted(agreements)))}


def force_of(ask: Ask, agreement: str, moment: Moment) -> Force | None:
    """Since when an agreement is in force, and until when, by what was known; None where it never was."""
    windows = ask.all(InForceRow, InForceRow.agreement == agreement, *known(InForceRow, moment))
    if not windows:
        return None
    first, last = windows[0], windows[-1]
    return Force(
        on=first.first,
        rule=first.rule,
        why=kept.grounds(first.because),
        until=last.until or FOREVER,
        ceased=Ceased(last.ceased) if last.ceased else None,
        ended_by=kept.grounds(last.ended_by),
    )


def _own(row: Bound) -> Piece:
    return Piece(
        row.first,
        row.until or FOREVER,
        How(row.how),
        None,
        kept.provisions(row.gives),
        kept.grounds(row.because),
        kept.grounds(row.ended_by),
    )


def _through(belongs: Belongs, rule: BindingRule, rows: Iterable[Bound]) -> Iterator[Piece]:
    if not binds(rule, Standing(belongs.standing), suspended=belongs.suspended):
        return
    for row in rows:
        first, until = max(row.first, belongs.first), min(row.until or FOREVER, belongs.until or FOREVER)
        if first < until:
            ended_by = row.ended_by if (row.until or FOREVER) <= (belongs.until or FOREVER) else belongs.ended_by
            why = (*kept.grounds(row.because), *kept.grounds(belongs.because))
            yield Piece(first, until, How(row.how), row.party, kept.provisions(row.gives), why, kept.grounds(ended_by))
