"""Given/when/then for deciders: tests that are sentences.

given = deciding.about(sources)

def test_a_registered_source_is_not_registered_again():
    given(SourceRegistered(...)).when(RegisterSource(...)).refuses("source-exists")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from entente_contracts.event import Event
from entente_contracts.refused import Refused
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import NewEvent

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a command: the events decided, or the refusal."""

    events: Sequence[Event]
    refusal: Refused | None

    def then(self, *events: Event) -> None:
        """Exactly these events follow, in this order; none: the command changes nothing."""
        assert self.refusal is None, f"refused with {self.refusal}"
        assert list(self.events) == list(events)

    def refuses(self, code: str) -> Refused:
        """The domain refuses with this code, and says how to mend it; gives the refusal to look at."""
        assert self.refusal is not None, f"decided {list(self.events)} where a refusal was expected"
        assert self.refusal.code == code, f"refused with {self.refusal}"
        assert self.refusal.detail, f"{code} does not say what is wrong"
        assert self.refusal.mend, f"{code} does not say how to mend it"
        return self.refusal


@dataclass(frozen=True, slots=True)
class Given(Generic[C, S]):
    """A stream's history."""

    decider: Decider[C, S]
    history: Sequence[Event]

    @property
    def state(self) -> S | None:
        """What the history folds to."""
        state: S | None = None
        for event in self.history:
            state = self.decider.evolve(state, event)
        return state

    def when(self, command: C) -> Decided:
        """Decides a command; each event it makes can be folded, too."""
        state = self.state
        try:
            decided = self.decider.decide(command, state)
        except Refused as refused:
            return Decided((), refused)
        events = [event.data if isinstance(event, NewEvent) else event for event in decided]
        for event in events:
            assert event.event_topic == self.decider.topic, f"{event.event_name} does not belong into {self.decider.topic.name}"
            state = self.decider.evolve(state, event)
        return Decided(events, None)


def about(decider: Decider[C, S]) -> Callable[..., Given[C, S]]:
    """`given(*events)` of one decider."""

    def given(*events: Event) -> Given[C, Any]:
        return Given(decider, events)

    return given
