"""What a service does by itself: policies (event -> commands), workers (marks -> commands) and duties (the clock -> commands)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.store.decider import Decider


@dataclass(frozen=True, slots=True)
class Do:
    """A command to be decided by a decider of this service."""

    decider: Decider[Any, Any]
    command: Any


@dataclass(frozen=True, slots=True)
class Schedule:
    """A duty that falls due for a subject at a moment; scheduling the same again changes nothing."""

    duty: str
    subject: str
    at: datetime


Deed = Do | Schedule


@dataclass(frozen=True, slots=True)
class Policy:
    """Does what `react` says, once an event, never again at a replay. `on`: the event types it reacts to."""

    name: str
    reads: Sequence[Topic]
    on: Sequence[type[Event]]
    react: Callable[[Recorded[Any], Ask], Iterable[Deed]]
    code: int = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """What folds left: the thing, and the last event (id) that asked for it."""

    what: str
    cause: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Works off the marks of a projection's active instance: a mark's deeds and its clearing are one transaction.

    Marks of one `what` from several streams are taken together; the latest cause (by id) becomes the causation. A store restored from a
    backup folds and marks once more what it had folded since, so a work must bear being done again.
    `work(what, causes, ask, now)`: `causes` are the event ids, ascending.
    """

    name: str
    marks: Projection
    work: Callable[[str, Sequence[str], Ask, datetime], Iterable[Deed]]


def _cannot_tell(event: Recorded[Any]) -> Iterable[tuple[str, datetime]]:  # noqa: ARG001 - the signature of `Duty.recall`
    return ()


@dataclass(frozen=True, slots=True)
class Duty:
    """What is done when a due falls: `fulfil(subject, at, ask)`. Key: (duty, subject, at). It may schedule the next.

    `recall(event)`: which dues (subject, at) an event that this duty made was made for. A restored store learns from it what was fulfilled
    after the backup; what it cannot tell is fulfilled again.
    """

    name: str
    fulfil: Callable[[str, datetime, Ask], Iterable[Deed]]
    recall: Callable[[Recorded[Any]], Iterable[tuple[str, datetime]]] = _cannot_tell
