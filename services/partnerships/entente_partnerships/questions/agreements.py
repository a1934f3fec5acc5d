"""Agreements on record: the list, and one with its whole life."""

from datetime import date

from sqlmodel import col

from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell import kinds
from entente_eventkit.shell.paging import Page
from entente_eventkit.shell.problems import Problem
from entente_partnerships.answers.agreements import (
    AgreementAnswer,
    AgreementItem,
    AgreementsAnswer,
    NextAnswer,
    StandingAnswer,
    StepAnswer,
)
from entente_partnerships.asked.acts import ACT_OF
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.telling import Tell, binding_on
from entente_partnerships.domain.treaty.acts import Act
from entente_partnerships.domain.treaty.changes import Next, next_of
from entente_partnerships.domain.treaty.entry import rule_in_words
from entente_partnerships.domain.treaty.life import Life
from entente_partnerships.domain.treaty.words import in_words
from entente_partnerships.projections.what_it_gives import Step
from entente_partnerships.projections.who_is_bound import AgreementSoFarRow, BoundRow
from entente_partnerships.questions import pieces
from entente_partnerships.questions.lives import Known, must_be_known, said
from entente_partnerships.questions.moments import Moment


def agreements(ask: Ask, page: Page, party: str | None) -> AgreementsAnswer:
    """Every agreement by id; with `party` those that ever bound it by its own acts."""
    where = []
    match page.after:
        case None:
            pass
        case (str(last),):
            where.append(col(AgreementSoFarRow.agreement) > last)
        case _:
            raise Problem(kinds.BAD_CURSOR, "the cursor is of another listing", where="query after")
    if party is not None:
        bound = {row.agreement for row in ask.all(BoundRow, col(BoundRow.party) == party)}
        where.append(col(AgreementSoFarRow.agreement).in_(sorted(bound)))
    found = ask.all(AgreementSoFarRow, *where, limit=page.limit + 1)
    rows = page.cut(found, lambda row: (row.agreement,))
    return AgreementsAnswer(items=[AgreementItem(agreement=row.agreement, title=row.title) for row in rows])


def agreement(ask: Ask, id: str, moment: Moment) -> AgreementAnswer:
    """An agreement as it was known, and where it stands on the day."""
    known = must_be_known(ask, id, moment)
    life, window = known.life, known.life.in_force_on(moment.on)
    coming = next_of(life, moment.on)
    return AgreementAnswer(
        agreement=id,
        on=moment.on,
        known_on=moment.known_on,
        version=known.steps[-1].step,
        title=life.terms.title,
        opened=life.acts[0].on,
        terms=life.terms,
        rule=rule_in_words(life.terms),
        in_force=window is not None,
        in_force_since=window.first if window is not None else None,
        in_force_until=window.until if window is not None and window.until != FOREVER else None,
        next=NextAnswer(day=coming.day, says=coming.says) if coming is not None else None,
        parties=_parties(ask, id, moment),
        steps=_steps(known),
        says=_says(life, moment, coming),
    )


def _parties(ask: Ask, id: str, moment: Moment) -> list[StandingAnswer]:
    everybody = pieces.of_agreement(ask, id, moment)
    told = [binding_on(Tell(id, id, moment.on, None, everybody), party) for party in sorted(everybody)]
    return [
        StandingAnswer(
            party=each.party,
            bound=each.bound,
            how=each.how.value if each.how is not None else None,
            since=each.since,
            ends=each.ends,
            gives=[provision.key for provision in each.gives],
        )
        for each in told
        if each.spans
    ]


def _steps(known: Known) -> list[StepAnswer]:
    counting = {act.step: act for act in known.life.acts}
    return [_step(step, counting.get(step.step)) for step in known.steps]


def _step(step: Step, act: Act | None) -> StepAnswer:
    what = said(step)
    name = ACT_OF.get(step.name, "opened")
    correction = name in {"corrected", "annulled"}
    return StepAnswer(
        number=step.step,
        act=name,
        says=in_words(act.what) if act is not None else f"step {getattr(what, 'step', step.step)} {name}" if correction else name,
        on=act.on if act is not None else step.on,
        recorded_on=step.on,
        counts=act is not None or correction,
        event=step.event,
        recorded=step.known,
        recorded_by=step.recorded_by,
        data=what.model_dump(mode="json"),
    )


def _says(life: Life, moment: Moment, coming: Next | None) -> str:
    day = "" if coming is None or coming.day is None else f" on {coming.day}"
    then = "" if coming is None else f" Next{day}: {coming.says}."
    return f"By what was known on {moment.known_on}, {life.terms.title} {_state(life, moment.on)}.{then}"


def _state(life: Life, day: date) -> str:
    now = life.in_force_on(day)
    if now is not None:
        return f"was in force on {day}, since {now.first}"
    before = [window for window in life.force if window.until <= day]
    if not before:
        return f"was not in force on {day}"
    how = f" ({life.ceased.value})" if life.ceased is not None and before[-1] == life.force[-1] else ""
    return f"was no longer in force on {day}; it was from {before[-1].first} up to {before[-1].until}{how}"
