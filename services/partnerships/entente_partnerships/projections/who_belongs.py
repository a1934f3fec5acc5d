"""Who belongs to which body on any day, as what, by what was known on any day; and each body's own rule about whom it binds."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.bindings import Ground
from entente_contracts.events.partnerships.bodies import BodyRegistered
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.membership import BodyEvent, belongings, member_words, that_count
from entente_partnerships.projections import kept
from entente_partnerships.projections.knowing import Known, know
from entente_partnerships.projections.treaty_events import BODY_EVENTS
from entente_partnerships.projections.who_is_bound import until_of
from entente_partnerships.tables import Row


class BodySoFar(SQLModel):
    """A body as it was registered, and everything written down of its members."""

    body: str = Field(primary_key=True)
    name: str
    kind: str
    binds: str
    founded: date | None
    source: str | None
    version: int
    steps: str
    held: str


class Belongs(Known):
    """From `first` up to `until` (none: it goes on) a member belongs to a body."""

    by: ClassVar[tuple[str, ...]] = ("body", "member", "first")

    body: str = Field(primary_key=True)
    member: str = Field(primary_key=True)
    first: date = Field(primary_key=True)
    step: int = Field(primary_key=True)
    until: date | None
    standing: str
    suspended: bool
    because: str
    ended_by: str


class BodySoFarRow(Row, BodySoFar, table=True):
    __tablename__ = "who_belongs_body"


class BelongsRow(Row, Belongs, table=True):
    __tablename__ = "who_belongs"
    __table_args__ = (Index("ix_who_belongs_member", "instance", "member"),)


who_belongs = Projection("who_belongs", BodySoFarRow, BelongsRow, code=1, reads=[PARTNERSHIPS])


def _touches(e: Recorded[BodyEvent]) -> Touched:
    yield BodySoFar, (e.data.body,)


def _fold(rows: Rows, e: Recorded[BodyEvent]) -> None:
    body = rows.get(BodySoFar, e.data.body)
    if isinstance(e.data, BodyRegistered):
        body = BodySoFar(
            body=e.data.body,
            name=e.data.name,
            kind=e.data.kind.value,
            binds=kept.text(e.data.binds.model_dump(mode="json")),
            founded=e.data.founded,
            source=e.data.source,
            version=e.sequence,
            steps="[]" if body is None else body.steps,
            held="[]" if body is None else body.held,
        )
    if body is None:
        raise LookupError(f"{e.data.event_type()} comes before {e.data.body} was registered")
    body.steps = kept.with_step(body.steps, e)
    body.version = e.sequence
    body.held = know(rows, body.held, list(_belongs(body, e)), e)
    rows.put(body)
    rows.mark(body.body)


def _belongs(body: BodySoFar, e: Recorded[BodyEvent]) -> Iterator[Belongs]:
    steps = kept.steps(body.steps)
    numbered = [(step.step, step.what) for step in steps]
    events = {step.step: step.event for step in steps}
    grounds = {each.step: Ground(event=events[each.step], what=member_words(each.what), on=each.on) for each in that_count(numbered)}
    for member, spans in belongings(numbered).items():
        for each in spans:
            yield Belongs(
                body=body.body,
                member=member,
                first=each.span.first,
                step=e.sequence,
                until=until_of(each.span.until),
                standing=each.standing.value,
                suspended=each.suspended,
                because=kept.grounds_text(grounds[step] for step in each.span.because),
                ended_by=kept.grounds_text(grounds[step] for step in each.span.ended_by),
                known=e.recordedtime,
            )


for _event in BODY_EVENTS:
    who_belongs.on(_event, touches=_touches)(_fold)
