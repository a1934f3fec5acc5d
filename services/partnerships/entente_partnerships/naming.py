"""How parties are called, and whether there are such."""

from entente_contracts.refused import Refused
from entente_eventkit.projecting.ask import Ask
from entente_partnerships.projections.who_belongs import BodySoFarRow
from entente_partnerships.states import is_state, name_of


def must_be_party(ask: Ask, party: str, where: str) -> str:
    """The party's name for people; refuses what is neither a state nor a registered body."""
    body = ask.one(BodySoFarRow, party)
    if body is not None:
        return str(body.name)
    if is_state(party):
        return name_of(party)
    raise Refused(
        "unknown-party",
        f"{party!r} is no state of ISO 3166-1 or 3166-3, and no body of that name is registered",
        mend="send a state's alpha-3 code, such as FRA, or a body's short name as GET /partnerships/bodies lists it",
        where=where,
        status=404,
    )
