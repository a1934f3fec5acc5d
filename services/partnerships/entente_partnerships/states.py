"""Which states there are and were: ISO 3166-1, the withdrawn codes of ISO 3166-3, and Kosovo's user-assigned code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import iso3166

from entente_partnerships.domain.treaty.standing import Gone

USER_ASSIGNED = {"XKX": "Kosovo"}


@dataclass(frozen=True, slots=True)
class FormerState:
    """A state that is no more: `until` is the first day without it; `continued_by` went on as the same party to its treaties."""

    code: str
    name: str
    until: date
    successors: tuple[str, ...]
    source: str
    since: date | None = None
    continued_by: str | None = None


@cache
def former_states() -> Mapping[str, FormerState]:
    """The states that are no more, by code."""
    table = tomllib.loads(files("entente_partnerships").joinpath("former_states.toml").read_text("utf-8"))
    return {code: FormerState(code, **{**said, "successors": tuple(said["successors"])}) for code, said in table.items()}


def is_state(code: str) -> bool:
    """Whether a state has, or had, this code."""
    return code in iso3166.countries_by_alpha3 or code in USER_ASSIGNED or code in former_states()


def name_of(code: str) -> str:
    """A state's English short name; the code itself where no state has it."""
    if code in former_states():
        return former_states()[code].name
    country = iso3166.countries_by_alpha3.get(code)
    return country.name if country is not None else USER_ASSIGNED.get(code, code)


def existed_on(code: str, day: date) -> bool:
    """Whether a state that is no more was there on a day; of one that is there today its beginning is not recorded here."""
    former = former_states().get(code)
    return former is None or ((former.since is None or former.since <= day) and day < former.until)


@cache
def former() -> Mapping[str, Gone]:
    """The states that are no more, as the law of treaties asks of them."""
    return {code: Gone(state.until, state.continued_by) for code, state in former_states().items()}
