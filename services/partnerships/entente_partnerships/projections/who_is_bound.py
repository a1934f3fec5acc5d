"""Who is bound by which agreement on any day, by what was known on any day: by the parties' own acts, states and bodies alike.

Whom a body's agreement binds with it follows from `who_belongs`; the two meet in the question, as each row here comes from one stream.
"""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.bindings import Ground
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.treaty.acts import TreatyEvent
from entente_partnerships.domain.treaty.entry import Entered, rule_in_words
from entente_partnerships.domain.treaty.gives import given_to
from entente_partnerships.domain.treaty.life import Life, life_of
from entente_partnerships.domain.treaty.words import in_words
from entente_partnerships.projections import kept
from entente_partnerships.projections.knowing import Known, know
from entente_partnerships.projections.treaty_events import TREATY_EVENTS
from entente_partnerships.states import former
from entente_partnerships.tables import Row


class AgreementSoFar(SQLModel):
    """Everything written down of an agreement, for the fold: its steps, and what the rows say by them."""

    agreement: str = Field(primary_key=True)
    title: str
    steps: str
    held: str


class Bound(Known):
    """From `first` up to `until` (none: it goes on) the agreement binds a party (`how`) and gives it `gives`.

    `because` and `ended_by` are the steps that make it so; `step` is the number of the event that made it known.
    """

    by: ClassVar[tuple[str, ...]] = ("agreement", "party", "first")

    agreement: str = Field(primary_key=True)
    party: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    step: int = Field(primary_key=True)
    until: date | None
    how: str
    gives: str
    because: str
    ended_by: str


class InForce(Known):
    """A window in which the agreement is in force, by which rule and acts, and how it ceases."""

    by: ClassVar[tuple[str, ...]] = ("agreement", "first")

    agreement: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    step: int = Field(primary_key=True)
    until: date | None
    rule: str
    ceased: str | None
    because: str
    ended_by: str


class AgreementSoFarRow(Row, AgreementSoFar, table=True):
    __tablename__ = "who_is_bound_so_far"


class BoundRow(Row, Bound, table=True):
    __tablename__ = "who_is_bound"
    __table_args__ = (Index("ix_who_is_bound_party", "instance", "party"),)


class InForceRow(Row, InForce, table=True):
    __tablename__ = "who_is_bound_in_force"


who_is_bound = Projection("who_is_bound", AgreementSoFarRow, BoundRow, InForceRow, code=1, reads=[PARTNERSHIPS])


def _touches(e: Recorded[TreatyEvent]) -> Touched:
    yield AgreementSoFar, (e.data.agreement,)


def _fold(rows: Rows, e: Recorded[TreatyEvent]) -> None:
    agreement = e.data.agreement
    so_far = rows.get(AgreementSoFar, agreement) or AgreementSoFar(agreement=agreement, title="", steps="[]", held="[]")
    so_far.steps = kept.with_step(so_far.steps, e)
    steps = kept.steps(so_far.steps)
    life = life_of(((step.step, step.what) for step in steps), former())
    if life is None:
        raise LookupError(f"{e.data.event_type()} comes before {agreement} was opened")
    events = {step.step: step.event for step in steps}
    grounds = {act.step: Ground(event=events[act.step], what=in_words(act.what), on=act.on) for act in life.acts}
    so_far.title = life.terms.title
    so_far.held = know(rows, so_far.held, [*_bound(life, grounds, e), *_in_force(life, grounds, e)], e)
    rows.put(so_far)
    rows.mark(agreement)


def _bound(life: Life, grounds: dict[int, Ground], e: Recorded[TreatyEvent]) -> Iterator[Bound]:
    for party in life.bound:
        for given in given_to(life, party):
            yield Bound(
                agreement=e.data.agreement,
                party=party,
                first=given.span.first,
                step=e.sequence,
                until=until_of(given.span.until),
                how=given.bound.how.value,
                gives=kept.provisions_text(given.gives),
                because=_text(given.span.because, grounds),
                ended_by=_text(given.span.ended_by, grounds),
                known=e.recordedtime,
            )


def _in_force(life: Life, grounds: dict[int, Ground], e: Recorded[TreatyEvent]) -> Iterator[InForce]:
    if not isinstance(life.entry, Entered):
        return
    for number, window in enumerate(life.force, 1):
        ceased = life.ceased if number == len(life.force) else None
        yield InForce(
            agreement=e.data.agreement,
            first=window.first,
            step=e.sequence,
            until=until_of(window.until),
            rule=rule_in_words(life.terms),
            ceased=ceased.value if ceased is not None else None,
            because=_text(life.entry.because if number == 1 else window.because, grounds),
            ended_by=_text(window.ended_by, grounds),
            known=e.recordedtime,
        )


def until_of(until: date) -> date | None:
    """An end as it is kept: none where there is none."""
    return None if until == FOREVER else until


def _text(steps: tuple[int, ...], grounds: dict[int, Ground]) -> str:
    return kept.grounds_text(sorted((grounds[step] for step in sorted(steps)), key=lambda ground: ground.on))


for _event in TREATY_EVENTS:
    who_is_bound.on(_event, touches=_touches)(_fold)
