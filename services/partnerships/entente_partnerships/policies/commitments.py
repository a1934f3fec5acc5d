"""Shows commitments that are past due: on the midnight after its last day, one that is still open falls past due."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from entente_contracts.events.partnerships.engagements import CommitmentMade
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.acting.declare import Deed, Do, Duty, Policy, Schedule
from entente_eventkit.projecting.ask import Ask
from entente_partnerships import deciders
from entente_partnerships.domain.engagement import LetFallDue

DUTY = "commitment-falls-due"


def _schedule(made: Recorded[CommitmentMade], _: Ask) -> Iterable[Deed]:
    at = datetime.combine(made.data.due + timedelta(days=1), time(), UTC)
    yield Schedule(DUTY, f"{made.data.engagement}/{made.data.commitment}", at)


def _fall_due(subject: str, _: datetime, __: Ask) -> Iterable[Deed]:
    engagement, commitment = subject.rsplit("/", 1)
    yield Do(deciders.engagement, LetFallDue(engagement, commitment))


schedule_dues = Policy("schedule-commitments", reads=[PARTNERSHIPS], on=[CommitmentMade], react=_schedule)
fall_due = Duty(DUTY, _fall_due)
