"""The year 2025 of one convention: what was on record when it began, and what its depositary was told in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from entente_platform.agreements.catalogue import items_of

FIRST = date(2025, 1, 1)
"""When the play begins."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the depositary is told on a day: in words, and as the act to be recorded."""

    day: date
    note: str
    act: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Year:
    """`before`: the agreement with its acts before the year; `told`: what came then, in order."""

    before: Mapping[str, Any]
    told: Sequence[Told]

    @property
    def agreement(self) -> str:
        """Its id."""
        return str(self.before["agreement"])

    @property
    def title(self) -> str:
        """Its name for people."""
        return str(self.before["terms"]["title"])


@cache
def year_2025() -> Year:
    """The Mine Ban Convention's, from the annotated file that is shipped."""
    (item,) = items_of(files("entente_platform").joinpath("data/treaty_year_2025.toml").read_text("utf-8"))
    told = [
        Told(date.fromisoformat(act["on"]), act["note"], {name: value for name, value in act.items() if name != "note"})
        for act in item["acts"]
        if "note" in act
    ]
    return Year({**item, "acts": [act for act in item["acts"] if "note" not in act]}, told)
