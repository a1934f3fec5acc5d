"""Who is bound, told so that a reader needs no law of treaties. Stream: `binding/<agreement>`.

Each event says what holds by now, after everything recorded so far: the last `BindingChanged` of an agreement and a party answers for every
day that has come. It is told on the day on which it takes effect, or as soon as it is recorded where that is later.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.event import Event
from entente_contracts.events.observations import Part, ShortText
from entente_contracts.events.partnerships.parts import AgreementId, On, Parties, PartyId, Provision
from entente_contracts.topics import PARTNERSHIPS


class Ground(Part):
    """One step that a statement rests on."""

    event: Annotated[ShortText, Field(description="id of the event that recorded the step")]
    what: Annotated[ShortText, Field(description="the step in words")]
    on: Annotated[date, Field(description="the day on which it took effect")]


Why = Annotated[tuple[Ground, ...], Field(max_length=500, description="the steps it follows from, in order of their day")]


class BoundSpan(Part):
    """A span of days on which a party is bound."""

    first: Annotated[date, Field(description="first day bound")]
    until: Annotated[date | None, Field(description="first day no longer bound; null: it goes on")] = None


class How(StrEnum):
    """How firmly a party is bound."""

    IN_FORCE = "in_force"
    PROVISIONALLY = "provisionally"


class AgreementEnteredIntoForce(Event, name="entente.partnerships.agreement-entered-into-force", version=1, topic=PARTNERSHIPS):
    """The agreement is in force since `on`, by its own rule. `instead_of`: the day that was told before, where this one corrects it."""

    agreement: AgreementId
    title: Annotated[ShortText, Field(description="its name for people")]
    on: On
    rule: Annotated[ShortText, Field(description="the rule in words")]
    instead_of: Annotated[date | None, Field(description="the day told before; null: told for the first time")] = None
    why: Why


class Ceased(StrEnum):
    """Why an agreement is not in force any more."""

    EXPIRED = "expired"
    TERMINATED = "terminated"
    LEFT = "left"
    CORRECTED = "corrected"


class AgreementCeasedToBeInForce(Event, name="entente.partnerships.agreement-ceased-to-be-in-force", version=1, topic=PARTNERSHIPS):
    """The agreement is in force no more: it ran out, was ended, lost its last parties, or, by a correction, was never in force."""

    agreement: AgreementId
    title: Annotated[ShortText, Field(description="its name for people")]
    on: On
    how: Annotated[Ceased, Field(description="why")]
    why: Why


class BindingChanged(Event, name="entente.partnerships.binding-changed", version=1, topic=PARTNERSHIPS):
    """Whether the agreement binds a party by now, since when, until when, and what it gives it.

    `bound` is the answer for `on`; `spans` answers for every day up to then, and replaces all that was told before. `ends` is a
    day that is already known to be the first without, for whoever plans ahead.
    """

    agreement: AgreementId
    title: Annotated[ShortText, Field(description="its name for people")]
    party: PartyId
    on: Annotated[date, Field(description="the day for which `bound` is said")]
    bound: Annotated[bool, Field(description="whether the party is bound on that day")]
    how: Annotated[How | None, Field(description="how firmly; null: not bound")] = None
    since: Annotated[date | None, Field(description="first day of the present span; null: not bound")] = None
    ends: Annotated[date | None, Field(description="foreseen first day no longer bound; null: none is foreseen")] = None
    through: Annotated[Parties, Field(description="bodies by whose agreement it is bound as their member; empty: by its own acts")] = ()
    gives: Annotated[tuple[Provision, ...], Field(max_length=100, description="what it gives the party on that day")] = ()
    spans: Annotated[tuple[BoundSpan, ...], Field(max_length=400, description="all spans that have begun, in order")] = ()
    why: Why
