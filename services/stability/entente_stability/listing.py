"""Lists that are read as they were published, page by page; nothing is computed anew."""

from datetime import date, timedelta

from sqlmodel import and_, col, or_

from entente_contracts.events.stability import WarningLevel
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell import kinds
from entente_eventkit.shell.paging import Page
from entente_eventkit.shell.problems import Problem
from entente_stability.answers import (
    ChangeAnswer,
    CountriesAnswer,
    CountryItem,
    HistoryAnswer,
    StandingAnswer,
    WarningChangeAnswer,
    WarningsAnswer,
)
from entente_stability.explaining import assessment_answer, said
from entente_stability.places import name_of
from entente_stability.projections.assessments import DayAssessmentRow, LatestAssessment, LatestAssessmentRow
from entente_stability.projections.warnings import StandingWarningRow, WarningChangeRow

CHANGE_OVER = timedelta(days=30)
WORST_FIRST = {level.value: rank for rank, level in enumerate(reversed(WarningLevel))}


def countries(ask: Ask, page: Page, *, least_stable_first: bool) -> CountriesAnswer:
    """The latest assessment of each country."""
    stability, code = col(LatestAssessmentRow.stability), col(LatestAssessmentRow.country)
    match page.after:
        case None:
            where = []
        case (int(points), str(last)) if least_stable_first:
            where = [or_(stability > points, and_(stability == points, code > last))]
        case (str(last),) if not least_stable_first:
            where = [code > last]
        case _:
            raise _other_listing()
    order = (stability, code) if least_stable_first else (code,)
    found = ask.all(LatestAssessmentRow, *where, order_by=order, limit=page.limit + 1)
    rows = page.cut(found, lambda row: (row.stability, row.country) if least_stable_first else (row.country,))
    standing = {row.country: WarningLevel(row.level) for row in ask.all(StandingWarningRow)}
    return CountriesAnswer(items=[_item(ask, row, standing.get(row.country)) for row in rows])


def history(ask: Ask, page: Page, country: str, *, since: date | None) -> HistoryAnswer:
    """The latest assessment of each day of a country, in order."""
    day = col(DayAssessmentRow.day)
    where = [col(DayAssessmentRow.country) == country]
    if since is not None:
        where.append(day >= since)
    match page.after:
        case None:
            pass
        case (str(last),):
            where.append(day > _day(last))
        case _:
            raise _other_listing()
    rows = page.cut(ask.all(DayAssessmentRow, *where, order_by=(day,), limit=page.limit + 1), lambda row: (row.day.isoformat(),))
    return HistoryAnswer(country=country, items=[assessment_answer(row, country, row.day) for row in rows])


def warnings(ask: Ask, page: Page, *, since: date | None) -> WarningsAnswer:
    """The warnings that stand, and a page of the changes since a day."""
    standing = [
        StandingAnswer(
            country=row.country,
            name=name_of(row.country),
            level=WarningLevel(row.level),
            since=row.since,
            stability=row.stability,
            event=row.event,
            assessment=row.assessment,
        )
        for row in sorted(ask.all(StandingWarningRow), key=lambda row: (WORST_FIRST[row.level], row.stability, row.country))
    ]
    return WarningsAnswer(standing=standing, changes=_changes(ask, page, since) if since is not None else [])


def _changes(ask: Ask, page: Page, since: date) -> list[WarningChangeAnswer]:
    day, code, sequence = col(WarningChangeRow.day), col(WarningChangeRow.country), col(WarningChangeRow.sequence)
    where = [day >= since]
    match page.after:
        case None:
            pass
        case (str(last), str(country), int(number)):
            on = _day(last)
            where.append(or_(day > on, and_(day == on, or_(code > country, and_(code == country, sequence > number)))))
        case _:
            raise _other_listing()
    found = ask.all(WarningChangeRow, *where, order_by=(day, code, sequence), limit=page.limit + 1)
    return [
        WarningChangeAnswer(
            country=row.country,
            name=name_of(row.country),
            day=row.day,
            level=WarningLevel(row.level) if row.level else None,
            before=WarningLevel(row.before) if row.before else None,
            stability=row.stability,
            event=row.event,
            assessment=row.assessment,
        )
        for row in page.cut(found, lambda row: (row.day.isoformat(), row.country, row.sequence))
    ]


def _item(ask: Ask, row: LatestAssessment, warning: WarningLevel | None) -> CountryItem:
    country, day = col(DayAssessmentRow.country), col(DayAssessmentRow.day)
    earlier = ask.all(DayAssessmentRow, country == row.country, day >= row.day - CHANGE_OVER, day < row.day, order_by=(day,), limit=1)
    change = ChangeAnswer(since=earlier[0].day, points=row.stability - earlier[0].stability) if earlier else None
    return CountryItem(**said(row, row.country, row.day), name=name_of(row.country), change=change, warning=warning)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _other_listing() from None


def _other_listing() -> Problem:
    return Problem(kinds.BAD_CURSOR, "the cursor was given out by another listing or order", where="query after")
