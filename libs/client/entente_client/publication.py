"""What a publisher sends: an event with the id and the time that its source gave it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Self

from entente_contracts.event import Event
from entente_contracts.events.observations import ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.recording import body_of


@dataclass(frozen=True, slots=True)
class Publication:
    """An event to be published. `id` must be the same whenever the same is published again: then a repetition is a duplicate, never new.

    `time` is when it happened, aware. `subject` is free; the gateway files the event under a stream of its own.
    """

    id: str
    time: datetime
    data: Event
    subject: str | None = None

    @classmethod
    def reporting(cls, observation: ObservationReported) -> Self:
        """A first report; its id is made from the source's own, its time is the last day observed."""
        return cls(f"reported-{observation.observation}", _last_day(observation), observation)

    @classmethod
    def revising(cls, revision: ObservationRevised) -> Self:
        """A revision; each different content has an id of its own."""
        return cls(f"revised-{revision.observation}-{_mark_of(revision)}", _last_day(revision), revision)

    @classmethod
    def retracting(cls, retraction: ObservationRetracted, time: datetime) -> Self:
        """A retraction, made at `time`."""
        return cls(f"retracted-{retraction.observation}-{_mark_of(retraction)}", time, retraction)


def _last_day(observation: ObservationReported | ObservationRevised) -> datetime:
    return datetime.combine(observation.when.last, time(), UTC)


def _mark_of(event: Event) -> str:
    return hashlib.sha256(body_of(event)).hexdigest()[:16]
