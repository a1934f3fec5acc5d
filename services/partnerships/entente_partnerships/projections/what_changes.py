"""What changes on which day, as far as it is known by now: who becomes bound, who no longer is, what runs out, what renews itself."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from entente_contracts.events.partnerships.bindings import Ground
from entente_contracts.events.partnerships.parts import Renewal
from entente_contracts.recorded import Recorded
from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_partnerships.domain.treaty.acts import TreatyEvent
from entente_partnerships.domain.treaty.changes import Coming, changes_of
from entente_partnerships.domain.treaty.entry import Entered
from entente_partnerships.domain.treaty.life import Life, life_of
from entente_partnerships.domain.treaty.words import in_words
from entente_partnerships.projections import kept
from entente_partnerships.projections.treaty_events import TREATY_EVENTS
from entente_partnerships.projections.who_is_bound import until_of
from entente_partnerships.states import former
from entente_partnerships.tables import Row


class ChangesSoFar(SQLModel):
    """Everything written down of an agreement, for the fold; and of one that renews itself the rule, while it is in force."""

    agreement: str = Field(primary_key=True)
    title: str
    steps: str
    days: str
    renews: str | None
    entered: date | None
    until: date | None


class Change(SQLModel):
    """Something that changes on a day, for a party or (empty) for the agreement; `place` tells apart what changes for one on one day."""

    agreement: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    party: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    what: str
    says: str
    because: str


class ChangesSoFarRow(Row, ChangesSoFar, table=True):
    __tablename__ = "what_changes_so_far"


class ChangeRow(Row, Change, table=True):
    __tablename__ = "what_changes"
    __table_args__ = (Index("ix_what_changes_day", "instance", "day"),)


what_changes = Projection("what_changes", ChangesSoFarRow, ChangeRow, code=1, reads=[PARTNERSHIPS])


def _touches(e: Recorded[TreatyEvent]) -> Touched:
    yield ChangesSoFar, (e.data.agreement,)


def _fold(rows: Rows, e: Recorded[TreatyEvent]) -> None:
    agreement = e.data.agreement
    so_far = rows.get(ChangesSoFar, agreement) or ChangesSoFar(
        agreement=agreement, title="", steps="[]", days="[]", renews=None, entered=None, until=None
    )
    so_far.steps = kept.with_step(so_far.steps, e)
    steps = kept.steps(so_far.steps)
    life = life_of(((step.step, step.what) for step in steps), former())
    if life is None:
        raise LookupError(f"{e.data.event_type()} comes before {agreement} was opened")
    before = {(date.fromisoformat(day), party, place) for day, party, place in kept.loads(so_far.days)}
    now = {(row.day, row.party, row.place): row for row in _rows(agreement, life, {step.step: step.event for step in steps})}
    for key in before - set(now):
        rows.delete(Change, agreement, *key)
    for row in now.values():
        rows.put(row)
    so_far.days = kept.text([[day.isoformat(), party, place] for day, party, place in sorted(now)])
    so_far.title = life.terms.title
    _keep_renewal(so_far, life)
    rows.put(so_far)


def _rows(agreement: str, life: Life, events: dict[int, str]) -> Iterator[Change]:
    grounds = {act.step: Ground(event=events[act.step], what=in_words(act.what), on=act.on) for act in life.acts}
    places: dict[tuple[date, str], int] = {}
    for each in changes_of(life):
        at = (each.day, each.party or "")
        places[at] = places.get(at, 0) + 1
        yield _row(agreement, each, places[at], [grounds[step] for step in each.because])


def _row(agreement: str, each: Coming, place: int, grounds: list[Ground]) -> Change:
    return Change(
        agreement=agreement,
        day=each.day,
        party=each.party or "",
        place=place,
        what=each.what.value,
        says=each.says,
        because=kept.grounds_text(grounds),
    )


def _keep_renewal(so_far: ChangesSoFar, life: Life) -> None:
    term = life.terms.term
    renews = term is not None and term.renewal is Renewal.TACIT and isinstance(life.entry, Entered) and bool(life.force)
    so_far.renews = kept.text(term.model_dump(mode="json")) if renews and term is not None else None
    so_far.entered = life.entry.on if renews and isinstance(life.entry, Entered) else None
    so_far.until = until_of(life.force[-1].until) if renews else None


for _event in TREATY_EVENTS:
    what_changes.on(_event, touches=_touches)(_fold)
