"""What is sent about bodies."""

from datetime import date
from typing import Annotated

from pydantic import Field

from entente_contracts.events.observations import ShortText
from entente_contracts.events.partnerships.bodies import BindingRule, BodyId, BodyKind, BodyRegistered
from entente_contracts.events.partnerships.parts import Because, Source
from entente_partnerships.asked.acts import Asked, MemberAct
from entente_partnerships.asked.agreements import MOST_ACTS, MOST_AT_ONCE


class NewBody(Asked):
    """A body to be known from now on."""

    body: BodyId
    name: Annotated[ShortText, Field(description="its name for people")]
    kind: Annotated[BodyKind, Field(description="what sort of body it is")]
    binds: Annotated[BindingRule, Field(description="which members its agreements bind")]
    founded: Annotated[date | None, Field(description="the day from which it exists")] = None
    source: Source | None = None

    def event(self) -> BodyRegistered:
        """The first step of its stream."""
        return BodyRegistered(body=self.body, name=self.name, kind=self.kind, binds=self.binds, founded=self.founded, source=self.source)


class RecordedBody(NewBody):
    """A body with its memberships as far as somebody recorded them."""

    acts: Annotated[
        tuple[MemberAct, ...], Field(max_length=MOST_ACTS, description="its memberships' steps, in the order in which they happened")
    ] = ()


class BodiesToTakeOver(Asked):
    """Bodies with their memberships. One that is registered already gets the steps that it lacks."""

    because: Because
    bodies: Annotated[list[RecordedBody], Field(min_length=1, max_length=MOST_AT_ONCE)]
