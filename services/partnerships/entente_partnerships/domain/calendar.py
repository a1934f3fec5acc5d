"""Days of the calendar: a treaty counts in days without a time zone."""

import calendar
from datetime import date, timedelta

from entente_contracts.events.partnerships.parts import Delay

FOREVER = date.max
"""The end of what has none."""


def after(day: date, delay: Delay) -> date:
    """The day on which a delay that runs from `day` is over: months first, then days, then on to the first of the next month.

    31 January and a month is the last day of February: a day that a month lacks becomes its last. Beyond year 9999: `FOREVER`.
    """
    try:
        return _to_month(_months(day, delay.months) + timedelta(days=delay.days)) if delay.to_month else _days(day, delay)
    except OverflowError:
        return FOREVER


def _days(day: date, delay: Delay) -> date:
    return _months(day, delay.months) + timedelta(days=delay.days)


def _months(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    if year > date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _to_month(day: date) -> date:
    return _months(day.replace(day=1), 1)


def in_words(delay: Delay) -> str:
    """A delay as one would say it: `3 months`, `30 days`, `at once`."""
    parts = [f"{count} {name}{'s' if count > 1 else ''}" for count, name in ((delay.months, "month"), (delay.days, "day")) if count]
    if delay.to_month:
        parts.append("to the first of the next month" if parts else "on the first of the next month")
    return " and ".join(parts) or "at once"
