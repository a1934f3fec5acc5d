"""What changes in the days to come, as far as it is known by now."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlmodel import col

from entente_contracts.events.partnerships.parts import TermRule
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.agreements import ChangeAnswer
from entente_partnerships.answers.common import grounds_answer
from entente_partnerships.domain.treaty.changes import What
from entente_partnerships.domain.treaty.ending import term_running
from entente_partnerships.projections import kept
from entente_partnerships.projections.what_changes import ChangeRow, ChangesSoFarRow
from entente_partnerships.questions.pieces import titles


def changes(ask: Ask, today: date, within: int) -> list[ChangeAnswer]:
    """From tomorrow on, for so many days, in order."""
    last = today + timedelta(days=within)
    rows = ask.all(ChangeRow, col(ChangeRow.day) > today, col(ChangeRow.day) <= last)
    names = titles(ask, {row.agreement for row in rows})
    found = [
        ChangeAnswer(
            day=row.day,
            agreement=row.agreement,
            title=names.get(row.agreement, row.agreement),
            party=row.party or None,
            what=row.what,
            says=f"{names.get(row.agreement, row.agreement)} {row.says}",
            why=grounds_answer(kept.grounds(row.because)),
        )
        for row in rows
    ]
    return sorted([*found, *_renewals(ask, today, last)], key=lambda each: (each.day, each.agreement, each.party or "", each.what))


def _renewals(ask: Ask, today: date, last: date) -> Iterator[ChangeAnswer]:
    for row in ask.all(ChangesSoFarRow, col(ChangesSoFarRow.renews).is_not(None)):
        running = term_running(TermRule.model_validate_json(row.renews or ""), row.entered, today)
        if running is None or not today < running[1] <= last or (row.until is not None and row.until <= running[1]):
            continue
        yield ChangeAnswer(
            day=running[1],
            agreement=row.agreement,
            title=row.title,
            party=None,
            what=What.RENEWS.value,
            says=f"{row.title} renews itself, unless notice is given in time",
            why=[],
        )
