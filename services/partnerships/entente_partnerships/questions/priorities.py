"""What parties want, and where two of them pull apart, on any day."""

import json

from sqlmodel import col

from entente_contracts.events.partnerships.priorities import PrioritiesDeclared
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.answers.partners import ApartAnswer, MisalignmentAnswer, PrioritiesAnswer
from entente_partnerships.projections.misalignments import Misalignment, MisalignmentRow
from entente_partnerships.projections.what_is_wanted import WantedRow
from entente_partnerships.questions.moments import Moment


def priorities(ask: Ask, party: str, moment: Moment) -> PrioritiesAnswer:
    """The declaration that was in force on the day."""
    rows = ask.all(WantedRow, col(WantedRow.party) == party, col(WantedRow.known) < moment.known_before)
    by_then = sorted((row for row in rows if row.on <= moment.on), key=lambda row: (row.on, row.step))
    now = by_then[-1] if by_then else None
    said = PrioritiesDeclared.model_validate_json(now.data) if now is not None else None
    return PrioritiesAnswer(
        party=party,
        on=moment.on,
        known_on=moment.known_on,
        version=max((row.step for row in rows), default=0),
        declared=now.on if now is not None else None,
        event=now.event if now is not None else None,
        source=said.source if said is not None else None,
        priorities=said.priorities if said is not None else (),
        says=f"By what was known on {moment.known_on}, {party} had declared {f'its priorities on {now.on}' if now else 'nothing'}.",
    )


def misalignments(ask: Ask, moment: Moment, of: str | None, agreement: str | None) -> list[MisalignmentAnswer]:
    """Those that stood on the day, the strongest first."""
    where = [col(MisalignmentRow.known) < moment.known_before, col(MisalignmentRow.on) <= moment.on]
    if agreement is not None:
        where.append(col(MisalignmentRow.agreement) == agreement)
    last: dict[tuple[str, str, str], Misalignment] = {}
    for row in ask.all(MisalignmentRow, *where):
        if of is None or of in {row.a, row.b}:
            last[row.a, row.b, row.agreement] = row
    standing = [_answer(row) for row in last.values() if row.raised]
    return sorted(standing, key=lambda each: (-each.strength, each.a, each.b, each.agreement))


def _answer(row: Misalignment) -> MisalignmentAnswer:
    apart = [ApartAnswer(**theme) for theme in json.loads(row.apart)]
    themes = ", ".join(theme.theme for theme in apart)
    since = min(theme.since for theme in apart)
    return MisalignmentAnswer(
        a=row.a,
        b=row.b,
        agreement=row.agreement,
        strength=row.strength,
        since=since,
        raised=row.on,
        apart=apart,
        rule=row.rule,
        event=row.event,
        recorded=row.known,
        says=f"{row.a} and {row.b}, both bound by {row.agreement}, pull apart on {themes} since {since}, strength {row.strength}.",
    )
