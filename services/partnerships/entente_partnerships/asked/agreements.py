"""What is sent about agreements."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from entente_contracts.events.partnerships.agreements import AgreementOpened
from entente_contracts.events.partnerships.parts import AgreementId, Because, On, Terms
from entente_partnerships.asked.acts import Asked, TreatyAct

MOST_AT_ONCE = 100
MOST_ACTS = 2_000


class Opening(Asked):
    """An agreement whose text stands."""

    agreement: AgreementId
    terms: Annotated[Terms, Field(description="what it is and by which rules it lives")]
    on: Annotated[On, Field(description="the day on which it was opened for signature, or adopted")]

    def event(self) -> AgreementOpened:
        """The first step of its stream."""
        return AgreementOpened(agreement=self.agreement, terms=self.terms, on=self.on)


class Recorded(Opening):
    """An agreement with its life as far as somebody recorded it."""

    acts: Annotated[tuple[TreatyAct, ...], Field(max_length=MOST_ACTS, description="its acts, in the order in which they happened")] = ()


class AgreementsToTakeOver(Asked):
    """Agreements with their lives. One that is registered already gets the acts that it lacks."""

    because: Because
    agreements: Annotated[list[Recorded], Field(min_length=1, max_length=MOST_AT_ONCE)]


def named_in_terms(terms: Terms, where: str) -> Iterator[tuple[str, str]]:
    """(place in the request, party) of every party that terms name."""
    for name, parties in (
        ("negotiated_by", terms.negotiated_by),
        ("open_to", terms.open_to or ()),
        ("entry.required", terms.entry.required),
    ):
        yield from ((f"{where}.{name}[{number}]", party) for number, party in enumerate(parties))


def named_in_act(act: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """(place in the request, party) of every party that an act names."""
    for name in ("party", "member"):
        if (party := getattr(act, name, None)) is not None:
            yield f"{where}{name}", party
    for name in ("parties", "binds"):
        for number, party in enumerate(getattr(act, name, None) or ()):
            yield f"{where}{name}[{number}]", party
