"""What an operator sees of a service's instances."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPEN_GAP_AFTER = timedelta(seconds=60)
"""How long an event may wait for the one before it until that is an alarm."""


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that an instance could not apply (`cause`), or that waits for an earlier one (`cause` None)."""

    topic: str
    stream: str
    version: int
    cause: str | None
    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class OpenGap:
    """A stream that waits for an event which has not come for longer than `OPEN_GAP_AFTER`.

    What is missing: the versions from `missing_from` up to below `before`.
    """

    topic: str
    stream: str
    missing_from: int
    before: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an instance has read one partition: `next` is the offset that it takes next."""

    topic: str
    generation: str
    partition: int
    next: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an instance is: events applied, of those that the furthest instance of the same projection has applied or parked."""

    applied: int
    total: int


@dataclass(frozen=True, slots=True)
class InstanceStatus:
    """One instance: `kind` is projection or policy, `state` building or live; `current` says whether this process's code writes it.

    `parked` holds at most as many events as were asked for, `parked_total` counts them all.
    """

    name: str
    projection: str
    kind: str
    code: int
    state: str
    active: bool
    current: bool
    born: datetime
    progress: Progress
    checkpoints: tuple[Checkpoint, ...]
    parked: tuple[ParkedEvent, ...]
    parked_total: int
    open_gaps: tuple[OpenGap, ...]
    marks: int
