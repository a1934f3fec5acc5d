"""The channels that observations flow into, and exact amounts in them."""

from enum import StrEnum
from typing import NamedTuple, Self


class Channel(StrEnum):
    """What is counted of a day. Deaths in people (the source's best estimate), all others in observations."""

    DEATHS = "deaths"
    VIOLENT_EVENTS = "violent_events"
    MATERIAL_CONFLICT = "material_conflict"
    VERBAL_CONFLICT = "verbal_conflict"
    COOPERATION = "cooperation"
    EMERGING_THREATS = "emerging_threats"


class Amounts(NamedTuple):
    """Integers in every channel, and in how many observations they were reported. Negative where a change takes away."""

    observations: int = 0
    deaths: int = 0
    violent_events: int = 0
    material_conflict: int = 0
    verbal_conflict: int = 0
    cooperation: int = 0
    emerging_threats: int = 0

    def of(self, channel: Channel) -> int:
        """The amount in one channel."""
        amount: int = getattr(self, channel.value)
        return amount

    def plus(self, other: Self) -> "Amounts":
        """Channel by channel, the sum."""
        return Amounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def negated(self) -> "Amounts":
        """What takes these amounts away again."""
        return Amounts(*(-amount for amount in self))


NOTHING = Amounts()
