"""The two times of a question, as conditions on rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, or_

from entente_contracts.refused import Refused


@dataclass(frozen=True, slots=True)
class Moment:
    """The day asked about, and the day by whose end (UTC) it was to be known."""

    on: date
    known_on: date

    @property
    def known_before(self) -> datetime:
        """The first moment at which it was too late to be known."""
        return datetime.combine(self.known_on + timedelta(days=1), time(), UTC)


def by_now(today: date) -> Moment:
    """Today, by all that was ever written down."""
    return Moment(today, date(9000, 1, 1))


EARLIEST, LATEST = date(1600, 1, 1), date(2400, 1, 1)


def moment_of(today: date, on: date | None, known_on: date | None) -> Moment:
    """The moment asked about: today where nothing is said. A day to come may be asked about; what will be known may not."""
    moment = Moment(today if on is None else on, today if known_on is None else known_on)
    for name, day in (("on", moment.on), ("known_on", moment.known_on)):
        if not EARLIEST <= day <= LATEST:
            raise Refused(
                "beyond-all-records",
                f"{day} is beyond all records",
                mend=f"ask about a day from {EARLIEST} to {LATEST}",
                where=f"query {name}",
            )
    if moment.known_on > today:
        raise Refused(
            "in-the-future",
            f"nobody knows what will be known on {moment.known_on}; here it is {today}",
            mend=f"ask by what was known on a day up to {today}",
            where="query known_on",
            also={"today": today.isoformat()},
        )
    return moment


def known(row: Any, moment: Moment) -> Sequence[ColumnElement[bool]]:
    """Rows as they were known at the end of the day."""
    before = moment.known_before
    return [col(row.known) < before, or_(col(row.gone).is_(None), col(row.gone) >= before)]


def holding(row: Any, day: date) -> Sequence[ColumnElement[bool]]:
    """Rows that hold on a day."""
    return [col(row.first) <= day, or_(col(row.until).is_(None), col(row.until) > day)]
