"""Keys that an event itself can say were used for it: how a store that lost its last part learns again what was done once."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_eventkit.store.stored import Stored


@dataclass(frozen=True, slots=True)
class RecalledKey:
    """A row of the table `keys`, as it can be made again from the event that was appended with it."""

    scope: str
    key: str
    request_hash: str
    answer: bytes


Recall = Callable[[Stored, Recorded[Event]], Iterable[RecalledKey]]
"""Pure: the keys that a service used when it appended this event, beside those that the kernel recalls by itself."""


def nothing(stored: Stored, event: Recorded[Event]) -> Iterable[RecalledKey]:  # noqa: ARG001 - the signature of `Recall`
    """For services that use no keys of their own."""
    return ()


def answer_of(made: list[str]) -> bytes:
    """The answer of a decision that was recalled: the events that it made. What else it asked for, a due, left no event and is unknown."""
    return json.dumps({"events": made, "recalled": True}).encode()


def is_recalled(answer: bytes) -> bool:
    """Whether the answer was made by `answer_of`."""
    return json.loads(answer).get("recalled", False) is True
