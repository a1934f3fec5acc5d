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
    ObservationId,
    Part,
    Participant,
    What,
    Where,
)
from entente_contracts.topics import OBSERVATIONS


class WhenV1(Part):
    """The first and the last day of what was observed, both included, with no word on how exactly they are known."""

    first: Annotated[date, Field(description="first day, local calendar")]
    last: Annotated[date, Field(description="last day, not before the first")]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"last day {self.last} is before the first {self.first}; give them in order")
        return self


class ObservationReportedV1(Event, name="entente.observations.reported", version=1, topic=OBSERVATIONS):
    """A source reported an occurrence. Superseded by version 2, which says how exactly the dates are known."""

    observation: ObservationId
    kind: Annotated[Kind, Field(description="quad class")]
    what: Annotated[What, Field(description="kind of event, by a published code")]
    who: Annotated[tuple[Participant, ...], Field(max_length=20, description="participants in the order of the source")] = ()
    where: Annotated[Where, Field(description="place")]
    when: Annotated[WhenV1, Field(description="days")]
    deaths: Annotated[Deaths | None, Field(description="people killed; null where the source does not say")] = None
    grading: Annotated[Grading | None, Field(description="Admiralty grading; null where not graded")] = None
    summary: Annotated[LongText | None, Field(description="what happened, in a few sentences")] = None
    taken_from: Annotated[LongText | None, Field(description="publication, or its own sources, that the source took it from")] = None
