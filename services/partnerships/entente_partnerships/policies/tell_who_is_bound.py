"""Tells who is bound, whenever something recorded changes it and on each day on which it changes by itself.

A mark of `who_is_bound` names an agreement, one of `who_belongs` a body, whose agreements bind its members. What is told follows from the
rows alone, so telling again says nothing new; and the first day on which something else will hold is put down as a due.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from sqlmodel import col

from entente_eventkit.acting.declare import Deed, Do, Duty, Schedule, Worker
from entente_eventkit.projecting.ask import Ask
from entente_partnerships import deciders
from entente_partnerships.domain.telling import Tell, next_change
from entente_partnerships.projections.who_belongs import who_belongs
from entente_partnerships.projections.who_is_bound import BoundRow, who_is_bound
from entente_partnerships.questions.moments import by_now
from entente_partnerships.questions.pieces import force_of, of_agreement, titles

DUTY = "tell-who-is-bound"


def tell(ask: Ask, agreement: str, today: date) -> Iterable[Deed]:
    """The telling of an agreement as it stands today, and the due of its next change."""
    moment = by_now(today)
    said = Tell(
        agreement,
        titles(ask, [agreement]).get(agreement, agreement),
        today,
        force_of(ask, agreement, moment),
        of_agreement(ask, agreement, moment),
    )
    yield Do(deciders.binding, said)
    day = next_change(said)
    if day is not None:
        yield Schedule(DUTY, agreement, datetime.combine(day, time(), UTC))


def _of_an_agreement(what: str, _: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:
    yield from tell(ask, what, now.astimezone(UTC).date())


def _of_a_body(what: str, _: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:
    for agreement in dict.fromkeys(row.agreement for row in ask.all(BoundRow, col(BoundRow.party) == what)):
        yield from tell(ask, agreement, now.astimezone(UTC).date())


def _on_the_day(subject: str, at: datetime, ask: Ask) -> Iterable[Deed]:
    yield from tell(ask, subject, at.astimezone(UTC).date())


tell_of_agreements = Worker("tell-who-is-bound-by-acts", marks=who_is_bound, work=_of_an_agreement)
tell_of_members = Worker("tell-who-is-bound-as-member", marks=who_belongs, work=_of_a_body)
tell_on_the_day = Duty(DUTY, _on_the_day)
