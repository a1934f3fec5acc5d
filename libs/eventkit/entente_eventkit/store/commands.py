"""Commands: the algorithm `append` of the protocol, from the key to the answer."""

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson

from entente_eventkit.store.because import Because
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.errors import KeyReused, VersionConflict
from entente_eventkit.store.head import Head

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key: `scope` is who used it (a client, a policy), `request_hash` the SHA-256 of what was asked, in hex."""

    scope: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The effective answer of a command: where its stream stands now and which events it made. Stored with the key as JSON."""

    topic: str
    stream: str
    version: int
    events: tuple[str, ...]
    repeated: bool = False

    def to_json(self) -> bytes:
        """As it is kept with its key; that it was repeated is not kept."""
        return orjson.dumps({"topic": self.topic, "stream": self.stream, "version": self.version, "events": self.events})

    @classmethod
    def from_json(cls, kept: bytes) -> "Answer":
        """As it was kept with its key."""
        value: dict[str, Any] = orjson.loads(kept)
        return cls(value["topic"], value["stream"], value["version"], tuple(value["events"]))


def load(head: Head, decider: Decider[C, S], stream: str) -> S | None:
    """The state that a stream's events fold to. Within one transaction each event is folded once."""
    topic, at = decider.topic, (decider.name, stream)
    version: int
    state: S | None
    version, state = head.states.get(at, (0, None))
    current = head.version(topic, stream)
    if version == current:
        return state
    if decider.remembers_only_last:
        last = head.last(topic, stream)
        state = state if last is None else decider.evolve(None, last.data)
    else:
        for event in head.stream(topic, stream, after=version):
            state = decider.evolve(state, event.data)
    head.states[at] = (current, state)
    return state


def execute(
    head: Head,
    decider: Decider[C, S],
    command: C,
    because: Because,
    *,
    key: Key | None = None,
    expected: int | None = None,
) -> Answer:
    """Decides one command under the head's lock: key known -> its answer (`KeyReused` where the request differs); expected version
    -> `VersionConflict`; the domain -> `Refused`; else append, remember, answer. The caller's transaction must roll back on an exception
    only where nothing else was decided in it: an exception here has written nothing."""
    if key is not None:
        known = head.answer(key.scope, key.key)
        if known is not None:
            if known.request_hash != key.request_hash:
                raise KeyReused(key.scope, key.key)
            return replace(Answer.from_json(known.answer), repeated=True)
    topic, stream = decider.topic, decider.stream(command)
    version = head.version(topic, stream)
    if expected is not None and expected != version:
        raise VersionConflict(stream, expected, version)
    events = decider.decide(command, load(head, decider, stream))
    appended = head.append(topic, stream, events, because)
    answer = Answer(topic.name, stream, version + len(appended), tuple(event.id for event in appended))
    if key is not None:
        head.remember(key.scope, key.key, key.request_hash, answer.to_json())
    return answer
