"""The published vocabulary of priorities, from `priorities.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from entente_partnerships.domain.misalignment import Rule


@dataclass(frozen=True, slots=True)
class ThemeOf:
    """A theme: what it is about, the two ends of its scale, and how much opposite stances matter."""

    kind: str
    about: str
    low: str
    high: str
    factor: int


@dataclass(frozen=True, slots=True)
class VocabularyOf:
    """The themes by name, and the rule that compares stances on them."""

    themes: Mapping[str, ThemeOf]
    rule: Rule
    why: str


@cache
def vocabulary() -> VocabularyOf:
    """The vocabulary as shipped."""
    table = tomllib.loads(files("entente_partnerships").joinpath("priorities.toml").read_text("utf-8"))
    themes = {name: ThemeOf(**said) for name, said in table["themes"].items()}
    factors = {name: theme.factor for name, theme in themes.items()}
    return VocabularyOf(themes, Rule(table["version"], factors, table["gap"], table["enter"], table["leave"]), table["why"])
