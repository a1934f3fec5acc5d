"""Engagements, and the commitments made there, on any day."""

import json

from sqlmodel import col

from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell import kinds
from entente_eventkit.shell.paging import Page
from entente_eventkit.shell.problems import Problem
from entente_partnerships.answers.partners import CommitmentAnswer, EngagementAnswer, EngagementItem, EngagementsAnswer
from entente_partnerships.domain.engagement import Promise
from entente_partnerships.projections.commitments_due import CommitmentOf, CommitmentRow
from entente_partnerships.projections.what_is_planned import EngagementNow, EngagementNowRow
from entente_partnerships.questions.moments import Moment

KEPT_LATE = "kept_late"


def engagements(ask: Ask, page: Page) -> EngagementsAnswer:
    """Every engagement by name."""
    where = []
    match page.after:
        case None:
            pass
        case (str(last),):
            where.append(col(EngagementNowRow.engagement) > last)
        case _:
            raise Problem(kinds.BAD_CURSOR, "the cursor is of another listing", where="query after")
    rows = page.cut(ask.all(EngagementNowRow, *where, limit=page.limit + 1), lambda row: (row.engagement,))
    return EngagementsAnswer(items=[EngagementItem(**_fields(row)) for row in rows])


def engagement(ask: Ask, name: str, moment: Moment) -> EngagementAnswer:
    """One engagement with its commitments."""
    row = ask.one(EngagementNowRow, name)
    if row is None:
        raise Refused(
            "no-such-engagement",
            f"no engagement {name!r} was planned",
            mend="GET /partnerships/engagements lists them; plan it first",
            where="path engagement",
            status=404,
        )
    of_it = [each for each in commitments(ask, moment) if each.engagement == name]
    return EngagementAnswer(**_fields(row), commitments=of_it)


def commitments(ask: Ask, moment: Moment) -> list[CommitmentAnswer]:
    """Every commitment that was known, the soonest due first, as it stood on the day."""
    rows = ask.all(CommitmentRow, col(CommitmentRow.known) < moment.known_before)
    found = [_commitment(row, moment) for row in rows]
    return sorted(found, key=lambda each: (each.due, each.engagement, each.commitment))


def _commitment(row: CommitmentOf, moment: Moment) -> CommitmentAnswer:
    ended = row.ended_known is not None and row.ended_known < moment.known_before and row.ended_on is not None and row.ended_on <= moment.on
    until = row.ended_on if ended and row.ended_on is not None else moment.on
    late = max(0, (until - row.due).days)
    if not ended:
        state = Promise.PAST_DUE.value if late else Promise.OPEN.value
    elif row.ended == Promise.KEPT.value and late:
        state = KEPT_LATE
    else:
        state = row.ended or Promise.OPEN.value
    fell_due = row.fell_due if state == Promise.PAST_DUE.value else None
    return CommitmentAnswer(
        engagement=row.engagement,
        commitment=row.commitment,
        owner=row.owner,
        what=row.what,
        due=row.due,
        state=state,
        days_late=0 if state == Promise.RELEASED.value else late,
        ended_on=row.ended_on if ended else None,
        says=row.ended_says if ended else None,
        event=(row.ended_by if ended else fell_due) or row.made,
    )


def _fields(row: EngagementNow) -> dict[str, object]:
    said = row.model_dump()
    said["parties"] = json.loads(row.parties)
    del said["event"]
    return said
