"""What binds a party on a day."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import col

from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.agreements import BindingAnswer
from entente_partnerships.answers.common import grounds_answer
from entente_partnerships.domain.telling import Tell, binding_on
from entente_partnerships.projections.who_is_bound import BoundRow
from entente_partnerships.questions import pieces
from entente_partnerships.questions.moments import Moment, holding, known


def bound(ask: Ask, party: str, moment: Moment) -> list[BindingAnswer]:
    """Every agreement that binds a party on the day, by id; by its own acts or through a body."""
    found = {
        agreement: binding_on(Tell(agreement, agreement, moment.on, None, {party: some}), party)
        for agreement, some in pieces.of_party(ask, party, moment).items()
    }
    now = {agreement: told for agreement, told in found.items() if told.bound}
    names, others = pieces.titles(ask, now), parties_on(ask, now, moment)
    return [
        BindingAnswer(
            agreement=agreement,
            title=names[agreement],
            how=told.how.value,
            since=told.since,
            ends=told.ends,
            through=told.through,
            gives=told.gives,
            with_=[other for other in others[agreement] if other != party],
            why=grounds_answer(told.why),
        )
        for agreement, told in sorted(now.items())
        if told.how is not None and told.since is not None
    ]


def parties_on(ask: Ask, agreements: Iterable[str], moment: Moment) -> dict[str, list[str]]:
    """The parties that each agreement binds by their own acts on the day."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = sorted(agreements)
    for begin in range(0, len(wanted), A_STATEMENT):
        some = wanted[begin : begin + A_STATEMENT]
        rows = ask.all(BoundRow, col(BoundRow.agreement).in_(some), *holding(BoundRow, moment.on), *known(BoundRow, moment))
        for row in rows:
            found[row.agreement].append(row.party)
    return found


A_STATEMENT = 500
"""How many agreements are named in one statement."""
