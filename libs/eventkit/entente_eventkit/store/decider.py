"""A decider: the pure heart of a stream, as the kernel runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from entente_contracts.event import Event
from entente_contracts.refused import Refused
from entente_contracts.topics import Topic

__all__ = ["Decider", "Refused"]

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True)
class Decider(Generic[C, S]):
    """`decide(command, state)` gives the events that follow, or raises `Refused`; `evolve(state, event)` gives the next state.

    `stream(command)` names the stream decided on; the state is None before its first event. `remembers_only_last` says that
    `evolve` needs no more than the last event, so that long streams need not be read.
    """

    name: str
    topic: Topic
    stream: Callable[[C], str]
    decide: Callable[[C, S | None], Sequence[Event]]
    evolve: Callable[[S | None, Any], S]
    remembers_only_last: bool = False
