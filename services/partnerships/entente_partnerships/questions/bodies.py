"""Bodies on record: the list, and one with its members."""

from sqlmodel import col

from entente_contracts.events.partnerships.bodies import BindingRule, Standing
from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell import kinds
from entente_eventkit.shell.paging import Page
from entente_eventkit.shell.problems import Problem
from entente_partnerships.answers.bodies import BodiesAnswer, BodyAnswer, BodyItem, MemberAnswer
from entente_partnerships.answers.common import grounds_answer
from entente_partnerships.domain.membership import binds
from entente_partnerships.projections import kept
from entente_partnerships.projections.who_belongs import BelongsRow, BodySoFarRow
from entente_partnerships.questions.moments import Moment, holding, known
from entente_partnerships.states import name_of


def bodies(ask: Ask, page: Page) -> BodiesAnswer:
    """Every body by short name."""
    where = []
    match page.after:
        case None:
            pass
        case (str(last),):
            where.append(col(BodySoFarRow.body) > last)
        case _:
            raise Problem(kinds.BAD_CURSOR, "the cursor is of another listing", where="query after")
    rows = page.cut(ask.all(BodySoFarRow, *where, limit=page.limit + 1), lambda row: (row.body,))
    return BodiesAnswer(items=[BodyItem(body=row.body, name=row.name, kind=row.kind) for row in rows])


def body(ask: Ask, name: str, moment: Moment) -> BodyAnswer:
    """A body with those who belong to it on the day."""
    row = ask.one(BodySoFarRow, name)
    if row is None:
        raise Refused(
            "no-such-body",
            f"no body {name!r} is registered",
            mend="GET /partnerships/bodies lists them; register it first",
            where="path body",
            status=404,
        )
    rule = BindingRule.model_validate_json(row.binds)
    members = [
        MemberAnswer(
            member=each.member,
            name=name_of(each.member),
            standing=each.standing,
            suspended=each.suspended,
            bound=binds(rule, Standing(each.standing), suspended=each.suspended),
            since=each.first,
            until=each.until,
            why=grounds_answer(kept.grounds(each.because)),
        )
        for each in ask.all(BelongsRow, BelongsRow.body == name, *holding(BelongsRow, moment.on), *known(BelongsRow, moment))
    ]
    bound = sum(member.bound for member in members)
    return BodyAnswer(
        body=name,
        on=moment.on,
        known_on=moment.known_on,
        version=row.version,
        name=row.name,
        kind=row.kind,
        binds=rule,
        founded=row.founded,
        source=row.source,
        members=members,
        says=f"By what was known on {moment.known_on}, {len(members)} belonged to {name} on {moment.on}; its agreements bound {bound}.",
    )
