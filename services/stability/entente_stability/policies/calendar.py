"""Days of the clock, all in UTC."""

from datetime import UTC, date, datetime, time, timedelta

ONE_DAY = timedelta(days=1)


def end_of(day: date) -> datetime:
    """The moment at which a day is over: the next day's midnight in UTC."""
    return datetime.combine(day + ONE_DAY, time(), UTC)


def day_before(moment: datetime) -> date:
    """The day that ended at or last before a moment."""
    return moment.astimezone(UTC).date() - ONE_DAY
