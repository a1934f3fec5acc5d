"""Where two parties of one agreement pull apart, since when and how strongly; and for the worker, who declared what and who is bound.

Each row comes from one stream: a declaration from its party's, a binding from its agreement's, a misalignment from its pair's.
"""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.bindings import BindingChanged
from entente_contracts.events.partnerships.priorities import MisalignmentLifted, MisalignmentRaised, PrioritiesDeclared
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.projections.kept import text
from entente_partnerships.tables import Row


class DeclaredOf(SQLModel):
    """A declaration of a party."""

    party: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    event: str
    data: str


class BoundNow(SQLModel):
    """Whether an agreement binds a party by now."""

    agreement: str = Field(primary_key=True)
    party: str = Field(primary_key=True)
    bound: bool


class Misalignment(SQLModel):
    """What was said of two parties and an agreement: raised (with its themes) or lifted (without)."""

    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    agreement: str
    raised: bool
    strength: int
    apart: str
    rule: str
    on: date
    event: str
    known: datetime


class DeclaredOfRow(Row, DeclaredOf, table=True):
    __tablename__ = "misalignments_declared"


class BoundNowRow(Row, BoundNow, table=True):
    __tablename__ = "misalignments_bound"
    __table_args__ = (Index("ix_misalignments_bound_party", "instance", "party"),)


class MisalignmentRow(Row, Misalignment, table=True):
    __tablename__ = "misalignments"


misalignments = Projection("misalignments", MisalignmentRow, DeclaredOfRow, BoundNowRow, code=1, reads=[PARTNERSHIPS])


@misalignments.on(PrioritiesDeclared)
def _declared(rows: Rows, e: Recorded[PrioritiesDeclared]) -> None:
    rows.put(DeclaredOf(party=e.data.party, step=e.sequence, event=e.id, data=text(e.data.model_dump(mode="json"))))
    rows.mark(f"party/{e.data.party}")


def _touches(e: Recorded[BindingChanged]) -> Touched:
    yield BoundNow, (e.data.agreement, e.data.party)


@misalignments.on(BindingChanged, touches=_touches)
def _bound(rows: Rows, e: Recorded[BindingChanged]) -> None:
    before = rows.get(BoundNow, e.data.agreement, e.data.party)
    if before is None or before.bound is not e.data.bound:
        rows.put(BoundNow(agreement=e.data.agreement, party=e.data.party, bound=e.data.bound))
        rows.mark(f"bound/{e.data.agreement}/{e.data.party}")


@misalignments.on(MisalignmentRaised)
def _raised(rows: Rows, e: Recorded[MisalignmentRaised]) -> None:
    _said(rows, e, [theme.model_dump(mode="json") for theme in e.data.apart])


@misalignments.on(MisalignmentLifted)
def _lifted(rows: Rows, e: Recorded[MisalignmentLifted]) -> None:
    _said(rows, e, [])


def _said(rows: Rows, e: Recorded[MisalignmentRaised] | Recorded[MisalignmentLifted], apart: list[object]) -> None:
    rows.put(
        Misalignment(
            a=e.data.a,
            b=e.data.b,
            step=e.sequence,
            agreement=e.data.agreement,
            raised=isinstance(e.data, MisalignmentRaised),
            strength=e.data.strength,
            apart=text(apart),
            rule=e.data.rule,
            on=e.data.on,
            event=e.id,
            known=e.recordedtime,
        )
    )
