"""The names that topics have in a broker: the generation is their last part."""

import re
from collections.abc import Sequence

from entente_contracts.topics import Topic

_NAME = re.compile(r"(?P<topic>.+)\.g(?P<generation>[1-9][0-9]*)")


FIXED = "fixed"
"""What stands for the generation of a topic that has none: an exchange, whose name is always the same."""


def generation_of(name: str) -> tuple[str, str]:
    """Topic and generation of a broker's name: `entente.gateway.g3` gives `("entente.gateway", "3")`; raises `ValueError` for others."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no topic of the platform; its name ends in .g and a number")
    return found["topic"], found["generation"]


def pattern_of(topics: Sequence[Topic]) -> str:
    """A regular expression that every generation of these topics matches, and nothing else."""
    return "^(?:" + "|".join(re.escape(topic.name) for topic in topics) + r")\.g[1-9][0-9]*$"


def pattern_of_exchange(name: str) -> str:
    """A regular expression that this exchange's name matches, and nothing else."""
    return f"^{re.escape(name)}$"


def generations_among(names: Sequence[str], topic: Topic) -> tuple[int, ...]:
    """The generations of a topic among a broker's names, ascending."""
    found = (_NAME.fullmatch(name) for name in names)
    return tuple(sorted(int(one["generation"]) for one in found if one is not None and one["topic"] == topic.name))
