"""Acts of a treaty's life in the order in which they took effect, after corrections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    AgreementDenounced,
    AgreementOpened,
    AgreementRenewed,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ConsentExpressed,
    DenunciationWithdrawn,
    ProvisionalApplicationBegan,
    ProvisionalApplicationEnded,
    ReservationMade,
    ReservationObjected,
    ReservationWithdrawn,
    StepAnnulled,
    StepCorrected,
)

Dated = (
    AgreementOpened
    | AgreementSigned
    | ConsentExpressed
    | ProvisionalApplicationBegan
    | ProvisionalApplicationEnded
    | ReservationMade
    | ReservationObjected
    | ReservationWithdrawn
    | AgreementAmended
    | AgreementSuspended
    | AgreementResumed
    | AgreementDenounced
    | DenunciationWithdrawn
    | AgreementRenewed
    | AgreementTerminated
)
"""An act that took effect on a day."""

TreatyEvent = Dated | StepCorrected | StepAnnulled
"""Everything that a stream `agreement/<id>` holds."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act that counts: its number in the stream, and the day on which, by all that is known, it took effect."""

    step: int
    what: Dated
    on: date


A = TypeVar("A", bound=Dated)


def of_kind(acts: Iterable[Act], kind: type[A]) -> list[tuple[Act, A]]:
    """The acts of one kind, each with what it says."""
    return [(act, act.what) for act in acts if isinstance(act.what, kind)]


def that_count(events: Iterable[tuple[int, TreatyEvent]]) -> list[Act]:
    """The acts that count, in order of their day, then of their number: those annulled are left out, those corrected have their new day.

    A correction or an annulment may itself be annulled, by a later one.
    """
    numbered = sorted(events, key=lambda each: each[0])
    gone = annulled(numbered)
    moved = {event.step: event.on for step, event in numbered if isinstance(event, StepCorrected) and step not in gone}
    acts = [
        Act(step, event, moved.get(step, event.on))
        for step, event in numbered
        if step not in gone and not isinstance(event, StepCorrected | StepAnnulled)
    ]
    return sorted(acts, key=lambda act: (act.on, act.step))


def annulled(numbered: Sequence[tuple[int, TreatyEvent]]) -> set[int]:
    """The numbers of the steps that never happened, by what is known: the last word on a step counts."""
    gone: set[int] = set()
    for step, event in reversed(numbered):
        if isinstance(event, StepAnnulled) and step not in gone:
            gone.add(event.step)
    return gone
