"""Assesses a country anew on the days that something learnt of it changes.

A mark `<ISO3>/<day>` says that something was learnt of a country on that day. What is known at a later day's end includes it, so every day
from there on is assessed: all days that are over, and the clock's own day where anything was heard on it. Which days are assessed, and what
their latest assessments say, is therefore the same however late a mark is worked off and however often.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from entente_eventkit.acting.declare import Deed, Do, Schedule, Worker
from entente_eventkit.projecting.ask import Ask
from entente_stability import deciders
from entente_stability.domain.assessment import RecordAssessment
from entente_stability.policies.calendar import ONE_DAY, end_of
from entente_stability.projections.observed import observed
from entente_stability.queries import anything_heard_on, assess_country
from entente_stability.weights import weights_in_force


def work(what: str, _: Sequence[str], ask: Ask, now: datetime) -> Iterable[Deed]:
    """The assessments that a mark calls for; and the country is watched from now on."""
    country, _, day = what.partition("/")
    known = date.fromisoformat(day)
    for on in days_to_assess(known, now.date(), heard_today=anything_heard_on(ask, country, now.date())):
        yield from record(ask, country, on)
    yield Schedule("assess-daily", country, end_of(known))


def days_to_assess(known: date, today: date, *, heard_today: bool) -> list[date]:
    """From the day on which something was learnt: every day that is over, and today where anything was heard today."""
    last = max(known, today if heard_today else today - ONE_DAY)
    return [known + timedelta(days=n) for n in range((last - known).days + 1)]


def record(ask: Ask, country: str, on: date) -> Iterable[Do]:
    """The command that writes a country's assessment down, where anybody watches the country."""
    assessed = assess_country(ask, country, on=on)
    if assessed is not None:
        yield Do(deciders.assessment, RecordAssessment(country, assessed, weights_in_force().version))


assess_what_changed = Worker("assess-what-changed", marks=observed, work=work)
