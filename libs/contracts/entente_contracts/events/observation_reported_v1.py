"""Version 1 of `ObservationReported`, frozen as it was: sources may still send it, and the store keeps it as sent."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from entente_contracts.event import Event
from entente_contracts.events.observations import (
    Deaths,
    Grading,
    Kind,
    LongText,
    Part,
    Participant,
    ShortText,
    What,
    Where,
)
from entente_contracts.topics import OBSERVATIONS


class WhenV1(Part):
    """The first and the last day of what was observed, both included, with no word on how exactly they are known."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last day {self.last} is before the first {self.first}; give them in order")
        return self


class ObservationReportedV1(Event, name="entente.observations.reported", version=1, topic=OBSERVATIONS):
    """A source reported an occurrence. Superseded by version 2, which says how exactly the dates are known."""

    observation: ShortText
    kind: Kind
    what: What
    who: Annotated[tuple[Participant, ...], Field(max_length=20)] = ()
    where: Where
    when: WhenV1
    deaths: Deaths | None = None
    grading: Grading | None = None
    summary: LongText | None = None
    taken_from: LongText | None = None
