"""Assesses every watched country once a day of the clock, so that a score recovers and a warning is lifted in silence too.

The due of a midnight assesses the day that has just ended, with all that was known at its end, and schedules the next midnight. After an
outage the dues of the days missed are worked off in their order, so no day is left out.
"""

from collections.abc import Iterable
from datetime import datetime

from entente_contracts.events.stability import StabilityAssessed
from entente_contracts.recorded import Recorded
from entente_eventkit.acting.declare import Deed, Duty, Schedule
from entente_eventkit.projecting.ask import Ask
from entente_stability.policies.assess_what_changed import record
from entente_stability.policies.calendar import ONE_DAY, day_before, end_of


def fulfil(country: str, at: datetime, ask: Ask) -> Iterable[Deed]:
    """The assessment of the day that ended at `at`, and the next due."""
    yield from record(ask, country, day_before(at))
    yield Schedule("assess-daily", country, at + ONE_DAY)


def recall(assessed: Recorded[StabilityAssessed]) -> Iterable[tuple[str, datetime]]:
    """The due of the midnight at which the assessed day ended."""
    yield assessed.data.country, end_of(assessed.data.day)


assess_daily = Duty("assess-daily", fulfil, recall)
