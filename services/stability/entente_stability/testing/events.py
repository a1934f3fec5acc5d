"""For tests of this service: observations in few words, and their envelopes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from entente_contracts.events.observations import (
    DatePrecision,
    Deaths,
    Kind,
    ObservationReported,
    ObservationRetracted,
    ObservationRevised,
    Participant,
    Vocabulary,
    What,
    When,
    Where,
)
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded

O = TypeVar("O", bound=ObservationReported | ObservationRevised | ObservationRetracted)


def day(number: int) -> date:
    """A day of October 2023."""
    return date(2023, 10, number)


def body(
    observation: str,
    *,
    country: str = "SDN",
    on: date,
    deaths: int | None = None,
    kind: Kind = Kind.MATERIAL_CONFLICT,
    vocabulary: Vocabulary = Vocabulary.UCDP,
    code: str = "1",
    states: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The fields of an observation's body."""
    return {
        "observation": observation,
        "kind": kind,
        "what": What(vocabulary=vocabulary, code=code),
        "who": tuple(Participant(name=f"Government of {state}", country=state) for state in states),
        "where": Where(country=country),
        "when": When(first=on, last=on, precision=DatePrecision.DAY),
        "deaths": Deaths(low=deaths, best=deaths, high=deaths) if deaths is not None else None,
    }


def reported(observation: str, **what: Any) -> ObservationReported:
    """A report."""
    return ObservationReported(**body(observation, **what))


def revised(observation: str, **what: Any) -> ObservationRevised:
    """A correction."""
    return ObservationRevised(**body(observation, **what))


def retracted(observation: str, *, country: str = "SDN") -> ObservationRetracted:
    """A withdrawal."""
    return ObservationRetracted(observation=observation, country=country, because="it was somewhere else")


@dataclass
class Streams:
    """Gives events their envelopes: versions counted a stream, ids in order of writing."""

    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    written: int = 0

    def record(self, event: O, *, known: date, source: str = "ucdp", subject: str | None = None) -> Recorded[O]:
        """The event as the next of its stream, learnt at noon of the day `known`."""
        country = event.country if isinstance(event, ObservationRetracted) else event.where.country
        subject = subject or f"observation/{source}/{country}"
        self.versions[subject] += 1
        self.written += 1
        return Recorded(
            id=f"event-{self.written:06}",
            source="entente/gateway",
            type=event.event_type(),
            subject=subject,
            sequence=self.versions[subject],
            time=datetime.combine(known, time(9), UTC),
            recordedtime=datetime.combine(known, time(12), UTC),
            correlationid=f"https://example.org/{source}#{self.written}",
            causationid=f"https://example.org/{source}#{self.written}",
            actor=Actor(AuthType.SERVICE_ACCOUNT, source),
            data=event,
            origin=Origin(f"https://example.org/{source}", str(self.written), "0" * 64),
        )
