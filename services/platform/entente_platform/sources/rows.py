"""A file's rows as they are read: one to publish, or one that could not be, and why."""

from dataclasses import dataclass
from datetime import datetime

from entente_contracts.event import Event


@dataclass(frozen=True, slots=True)
class Publishable:
    """A row as an event: `id` is stable, made from the source's own; `time` is when it happened. `note`: what the mapping had to change."""

    line: int
    id: str
    time: datetime
    data: Event
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A row that cannot be published: which line, what is wrong there and how to mend it."""

    line: int
    what: str
    mend: str


Row = Publishable | Unmapped


class NotThatFormat(ValueError):
    """The file as a whole is not of the format that was named."""
