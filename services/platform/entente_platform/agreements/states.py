"""States by the numbers of the Correlates of War project, on a day: `data/cow_states.csv`."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from entente_partnerships.states import former_states


@dataclass(frozen=True, slots=True)
class Numbered:
    """From `since` up to `until` a number stood for the state `code`."""

    code: str
    since: date
    until: date | None


@cache
def numbered() -> Mapping[int, Sequence[Numbered]]:
    """Each number with the states that it stood for."""
    found: dict[int, list[Numbered]] = defaultdict(list)
    with files("entente_platform").joinpath("data/cow_states.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            until = date.fromisoformat(row["until"]) if row["until"] else None
            found[int(row["number"])].append(Numbered(row["code"], date.fromisoformat(row["since"]), until))
    return found


def state_on(number: str, day: date) -> str | None:
    """The state that a number stood for on a day; None where there was none."""
    spans = numbered().get(int(number)) if number.lstrip("-").isdigit() else None
    return next((span.code for span in spans or () if span.since <= day and (span.until is None or day < span.until)), None)


def why_none(number: str, day: date) -> str:
    """Why a number stood for no state on a day, in words."""
    spans = numbered().get(int(number), ()) if number.lstrip("-").isdigit() else ()
    if not spans:
        return f"the number {number!r} stands for no state"
    codes = ", ".join(dict.fromkeys(span.code for span in spans))
    return f"the number {number} ({codes}) stood for no state on {day}"


def successors_note(code: str, day: date) -> str | None:
    """What is to be said of a state that is no more: until when it was, and who came after it."""
    state = former_states().get(code)
    if state is None or day >= state.until:
        return None
    return f"{code} is no more since {state.until}; its successors: {', '.join(state.successors)}"
