"""Answers about agreements: what was done, what is on record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from entente_contracts.events.partnerships.parts import Provision, Terms
from entente_eventkit.store.commands import Answer as Effect
from entente_partnerships.answers.common import Answer, GroundAnswer, TakenAnswer


class AgreementChanged(Answer):
    """A command took effect: where the agreement stands now, and the events that it made."""

    agreement: str
    version: int
    events: Sequence[str]

    @classmethod
    def of(cls, agreement: str, effect: Effect) -> "AgreementChanged":
        """From the effective answer of a command."""
        return cls(agreement=agreement, version=effect.version, events=effect.events)


class AgreementTaken(TakenAnswer):
    """What became of one agreement."""

    agreement: str


class AgreementsTaken(Answer):
    """What became of each, in the order sent."""

    results: Sequence[AgreementTaken]


class AgreementItem(Answer):
    """An agreement in a list."""

    agreement: Annotated[str, Field(examples=["ottawa-1997"])]
    title: str


class AgreementsAnswer(Answer):
    """Agreements by id."""

    items: Sequence[AgreementItem]


class StepAnswer(Answer):
    """A step as it was written down. `on` is the day that counts; `recorded_on` the day first written down, where that was corrected."""

    number: int
    act: Annotated[str, Field(examples=["consented"])]
    says: Annotated[str, Field(examples=["FRA ratified"])]
    on: date | None
    recorded_on: date | None
    counts: Annotated[bool, Field(description="false: annulled later")]
    event: str
    recorded: datetime
    recorded_by: str
    data: dict[str, Any]


class StandingAnswer(Answer):
    """How a party stands to the agreement on the day asked about."""

    party: str
    bound: bool
    how: str | None
    since: date | None
    ends: date | None
    gives: Sequence[str]


class NextAnswer(Answer):
    """The next event; without a day it waits for somebody to act."""

    day: date | None
    says: str


class AgreementAnswer(Answer):
    """An agreement as it was known: what it is, where it stands on the day asked about, and its whole life."""

    agreement: str
    on: date
    known_on: date
    version: int
    title: str
    opened: date
    terms: Terms
    rule: Annotated[str, Field(description="its entry into force in words", examples=["with deposit number 40, 6 months later"])]
    in_force: bool
    in_force_since: date | None
    in_force_until: date | None
    next: NextAnswer | None
    parties: Sequence[StandingAnswer]
    steps: Sequence[StepAnswer]
    says: str


class BindingAnswer(Answer):
    """An agreement that binds the party asked about."""

    agreement: str
    title: str
    how: Annotated[str, Field(description="in_force or provisionally")]
    since: date
    ends: date | None
    through: Annotated[Sequence[str], Field(description="bodies by whose agreement it is bound; empty: by its own acts")]
    gives: Sequence[Provision]
    with_: Annotated[Sequence[str], Field(serialization_alias="with", description="the other parties on that day")]
    why: Sequence[GroundAnswer]


class BoundAnswer(Answer):
    """Everything that binds a party on a day, by what was known at the end of another."""

    of: str
    name: str
    on: date
    known_on: date
    items: Sequence[BindingAnswer]
    says: str


class GivenAnswer(Answer):
    """A provision between two parties, and by which reservations and objections it is limited."""

    provision: Provision
    holds: Annotated[str, Field(description="full, modified or excluded")]
    because: Sequence[GroundAnswer]


class BetweenItem(Answer):
    """What one agreement gives two parties. Without relations it is not in force between them."""

    agreement: str
    title: str
    a_through: str | None
    b_through: str | None
    relations: bool
    gives: Sequence[GivenAnswer]
    why: Sequence[GroundAnswer]


class BetweenAnswer(Answer):
    """What binds two parties to each other on a day, and why."""

    a: str
    b: str
    on: date
    known_on: date
    items: Sequence[BetweenItem]
    says: str


class ChangeAnswer(Answer):
    """Something that changes on a day."""

    day: date
    agreement: str
    title: str
    party: str | None
    what: str
    says: str
    why: Sequence[GroundAnswer]


class ChangesAnswer(Answer):
    """What changes from the day after today on."""

    first: date
    last: date
    items: Sequence[ChangeAnswer]
    says: str


class NetworkNode(Answer):
    """A party, or an agreement with more than two parties."""

    id: str
    kind: Annotated[str, Field(description="state, body or agreement")]
    name: str


class NetworkLink(Answer):
    """Two parties with the agreements that bind just them; or a party and an agreement that binds it among many."""

    source: str
    target: str
    agreements: Sequence[str]
    gives: Sequence[str]


class NetworkAnswer(Answer):
    """The network of a day as node-link JSON, as graph libraries read it."""

    directed: bool = False
    multigraph: bool = False
    graph: dict[str, str]
    nodes: Sequence[NetworkNode]
    links: Sequence[NetworkLink]


class RuleAnswer(Answer):
    """A rule that holds where an agreement does not say otherwise."""

    name: str
    says: str
    citation: str


class RulesAnswer(Answer):
    """The rules that the registry computes by."""

    items: Sequence[RuleAnswer]
