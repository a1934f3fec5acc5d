"""Answers about bodies and their members."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from entente_contracts.events.partnerships.bodies import BindingRule
from entente_eventkit.store.commands import Answer as Effect
from entente_partnerships.answers.common import Answer, GroundAnswer, TakenAnswer


class BodyChanged(Answer):
    """A command took effect: where the body stands now, and the events that it made."""

    body: str
    version: int
    events: Sequence[str]

    @classmethod
    def of(cls, body: str, effect: Effect) -> "BodyChanged":
        """From the effective answer of a command."""
        return cls(body=body, version=effect.version, events=effect.events)


class BodyTaken(TakenAnswer):
    """What became of one body."""

    body: str


class BodiesTaken(Answer):
    """What became of each, in the order sent."""

    results: Sequence[BodyTaken]


class BodyItem(Answer):
    """A body in a list."""

    body: Annotated[str, Field(examples=["OSCE"])]
    name: str
    kind: str


class BodiesAnswer(Answer):
    """Bodies by short name."""

    items: Sequence[BodyItem]


class MemberAnswer(Answer):
    """How a member belongs on the day asked about, and whether the body's agreements bind it then."""

    member: str
    name: str
    standing: str
    suspended: bool
    bound: bool
    since: date
    until: date | None
    why: Sequence[GroundAnswer]


class BodyAnswer(Answer):
    """A body with its members on a day, by what was known at the end of another."""

    body: str
    on: date
    known_on: date
    version: int
    name: str
    kind: str
    binds: BindingRule
    founded: date | None
    source: str | None
    members: Sequence[MemberAnswer]
    says: str
