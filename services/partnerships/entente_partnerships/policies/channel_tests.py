"""Sees to it that channels are tested: once a period, counted from the day on which the channel was established, a test falls due.

The due of a midnight asks for the period that has just ended. Of a channel from long ago the first due is that of the period in which it
was recorded: nobody can test the past.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col

from entente_contracts.events.partnerships.channels import ChannelClosed, ChannelEstablished
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.acting.declare import Deed, Do, Duty, Policy, Schedule
from entente_eventkit.projecting.ask import Ask
from entente_partnerships import deciders
from entente_partnerships.domain.channel import MissTest, next_due
from entente_partnerships.projections.crisis_channels import ChannelStepRow

DUTY = "miss-channel-test"
ONE_DAY = timedelta(days=1)


def subject_of(channel: str, every: int) -> str:
    """What a due is about: the channel and the length of its period."""
    return f"{channel}/{every}"


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return datetime.combine(day + ONE_DAY, time(), UTC)


def _schedule(established: Recorded[ChannelEstablished], _: Ask) -> Iterable[Deed]:
    data = established.data
    if data.test_every is not None:
        recorded = established.recordedtime.astimezone(UTC).date()
        due = next_due(data.on, data.test_every, max(data.on, recorded))
        yield Schedule(DUTY, subject_of(data.channel, data.test_every), end_of(due))


def _miss(subject: str, at: datetime, ask: Ask) -> Iterable[Deed]:
    channel, _, every = subject.rpartition("/")
    yield Do(deciders.channel, MissTest(channel, at.astimezone(UTC).date() - ONE_DAY))
    steps = ask.all(ChannelStepRow, col(ChannelStepRow.channel) == channel)
    if not any(step.name == ChannelClosed.event_name for step in steps):
        yield Schedule(DUTY, subject, at + timedelta(days=int(every)))


schedule_tests = Policy("schedule-channel-tests", reads=[PARTNERSHIPS], on=[ChannelEstablished], react=_schedule)
miss_tests = Duty(DUTY, _miss)
