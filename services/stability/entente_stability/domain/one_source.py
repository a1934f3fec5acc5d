"""The score takes one source a day, place and channel, never the sum: two reports of one occurrence are not two occurrences.

The rule: the source that reported the largest amount; of equals, the first in the alphabet. Under-reporting is the common error, so the
larger report is the safer one, and the rule is monotone: no report of anybody can make the amount taken smaller. What it does not stop is a
source that exaggerates; whose reports are counted at all is decided by who is registered, and every answer names the source taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from entente_stability.domain.buckets import Days
from entente_stability.domain.channels import Amounts, Channel

RULE = "of each day and channel, the source that reported the largest amount; of equals, the first in the alphabet"


@dataclass(frozen=True, slots=True)
class Taken:
    """What is counted of one day in one channel, and from whom."""

    day: date
    source: str
    amount: int


def take_one(reports: Mapping[str, Amounts], channel: Channel) -> tuple[str, int] | None:
    """The source taken of a day's reports and its amount; None where nobody reported anything in the channel."""
    taken = min(((-amounts.of(channel), source) for source, amounts in reports.items()), default=(0, ""))
    return (taken[1], -taken[0]) if taken[0] < 0 else None


def taken_of(days: Days, channel: Channel) -> tuple[Taken, ...]:
    """What is counted in a channel, day by day in ascending order."""
    chosen = ((day, take_one(days[day], channel)) for day in sorted(days))
    return tuple(Taken(day, source=pick[0], amount=pick[1]) for day, pick in chosen if pick is not None)
