"""What became of a line of somebody's file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
"""An agreement or a body as `POST /partnerships/agreements/import` and `/partnerships/bodies/import` take it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Lines that became an agreement or a body; `notes`: what of them could not be taken."""

    line: int
    item: Item
    notes: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The id of the agreement, or the short name of the body."""
        return str(self.item.get("agreement") or self.item["body"])


@dataclass(frozen=True, slots=True)
class Left:
    """A line that was left: a reason in a word, what was wrong and where, and how to mend it."""

    line: int
    reason: str
    why: str
    mend: str


Line = Taken | Left


class NotThatLayout(ValueError):
    """The file is not laid out as was said; the text says what is missing."""


def must_have(columns: Sequence[str], wanted: Sequence[str], layout: str) -> None:
    """Raises `NotThatLayout` where columns are missing."""
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise NotThatLayout(f"it has no column {', '.join(missing)}, which the layout {layout} has; it has {', '.join(columns)[:200]}")
