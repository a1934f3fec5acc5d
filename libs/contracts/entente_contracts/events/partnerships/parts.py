"""What the events of partnerships are made of: parties, delays, rules of treaties, provisions."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from entente_contracts.events.observations import LongText, Part, ShortText

PartyId = Annotated[
    str,
    Field(
        pattern=r"^[A-Z][A-Z0-9-]{1,15}$", description="a state (ISO 3166-1 alpha-3, also of one that is no more) or a body's short name"
    ),
]
AgreementId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$", description="short name of an agreement, as in its streams")]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$", description="short name within its agreement")]
Step = Annotated[int, Field(ge=1, le=1_000_000, description="number of the event in its stream, from 1")]
On = Annotated[date, Field(description="the calendar day on which it took effect")]
Because = Annotated[LongText, Field(description="the reason given")]
Source = Annotated[LongText, Field(description="where this can be looked up")]
Parties = Annotated[tuple[PartyId, ...], Field(max_length=400)]


class Delay(Part):
    """A span of the calendar, counted from a day: first months, then days; `to_month` moves on to the first day of the next month."""

    months: Annotated[int, Field(ge=0, le=1_200, description="calendar months; a day that a month lacks becomes its last")] = 0
    days: Annotated[int, Field(ge=0, le=36_525, description="days")] = 0
    to_month: Annotated[bool, Field(description="then on to the first day of the following month")] = False


class Entry(StrEnum):
    """What an agreement's entry into force depends on."""

    SIGNATURE = "signature"
    DEPOSITS = "deposits"
    NOTES = "notes"
    DATE = "date"
    UNKNOWN = "unknown"


class EntryRule(Part):
    """When an agreement enters into force, as it says itself.

    `signature`: once all who negotiated it have signed. `deposits`: with the n-th consent. `notes`: once all who negotiated it notified
    each other. `date`: on a day. `unknown`: nobody recorded it, so it is never computed.
    """

    by: Annotated[Entry, Field(description="what it depends on")]
    deposits: Annotated[int | None, Field(ge=1, le=400, description="how many consents; null: of all who negotiated it")] = None
    required: Annotated[Parties, Field(description="parties whose consent must be among them")] = ()
    on: Annotated[date | None, Field(description="the day, where it is by date")] = None
    delay: Annotated[Delay, Field(description="from the last act that was needed")] = Delay()
    later: Annotated[Delay | None, Field(description="from the own consent of whoever consents afterwards; null: the same delay")] = None
    citation: Annotated[ShortText | None, Field(description="article that says so")] = None


class ExitRule(Part):
    """How a party may leave."""

    notice: Annotated[Delay, Field(description="from the notice until it takes effect")]
    not_before: Annotated[Delay | None, Field(description="earliest notice, from entry into force; null: at any time")] = None
    citation: Annotated[ShortText | None, Field(description="article that says so")] = None


class Renewal(StrEnum):
    """What happens when an agreement's term is over."""

    NONE = "none"
    TACIT = "tacit"
    AGREED = "agreed"


class TermRule(Part):
    """How long an agreement lasts from its entry into force, and what then. `tacit`: it goes on by itself, term after term."""

    lasts: Annotated[Delay, Field(description="from entry into force; the day after it is the first without the agreement")]
    renewal: Annotated[Renewal, Field(description="what happens at its end")] = Renewal.NONE
    by: Annotated[Delay | None, Field(description="length of each further term; null: as the first")] = None
    citation: Annotated[ShortText | None, Field(description="article that says so")] = None


class Reservations(StrEnum):
    """Whether an agreement lets parties make reservations."""

    ALLOWED = "allowed"
    PROHIBITED = "prohibited"


class Gives(StrEnum):
    """What a provision gives the parties, or asks of them."""

    SHARING = "sharing"
    EXERCISES = "exercises"
    HOTLINE = "hotline"
    NOTIFICATION = "notification"
    MUTUAL_DEFENCE = "mutual_defence"
    NON_AGGRESSION = "non_aggression"
    CONSULTATION = "consultation"
    CAPACITY_BUILDING = "capacity_building"
    STATUS_OF_FORCES = "status_of_forces"
    COOPERATION = "cooperation"


class SharingLevel(StrEnum):
    """Up to which level information may be shared, in rising order."""

    UNCLASSIFIED = "unclassified"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105 - a level
    TOP_SECRET = "top_secret"  # noqa: S105 - a level


class Provision(Part):
    """One thing that an agreement gives. `level` and `topics` say how far sharing goes."""

    key: Annotated[Key, Field(description="name within the agreement, such as art-5")]
    gives: Annotated[Gives, Field(description="what it gives")]
    level: Annotated[SharingLevel | None, Field(description="up to which level, where it is about sharing")] = None
    topics: Annotated[tuple[ShortText, ...], Field(max_length=50, description="about what; empty: not limited")] = ()
    says: Annotated[LongText | None, Field(description="what it says, in a sentence")] = None


class Terms(Part):
    """What an agreement is and by which rules it lives. `negotiated_by`: those who made it, whose acts its entry into force waits for."""

    title: Annotated[ShortText, Field(description="its name for people")]
    negotiated_by: Annotated[Parties, Field(description="those who made it; empty: many, not listed")] = ()
    open_to: Annotated[Parties | None, Field(description="who may become a party; null: whoever wants to")] = None
    entry: Annotated[EntryRule, Field(description="when it enters into force")]
    exit: Annotated[ExitRule | None, Field(description="how a party leaves; null: it does not say")] = None
    term: Annotated[TermRule | None, Field(description="how long it lasts; null: without end")] = None
    reservations: Annotated[Reservations, Field(description="whether reservations may be made")] = Reservations.ALLOWED
    provisions: Annotated[tuple[Provision, ...], Field(max_length=100, description="what it gives")] = ()
    source: Annotated[Source | None, Field(description="where its text or record can be looked up")] = None
