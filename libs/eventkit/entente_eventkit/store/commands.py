"""Commands: the algorithm `append` of the protocol, from the key to the answer."""

from dataclasses import dataclass
from typing import TypeVar

from entente_eventkit.store.because import Because
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import Head

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


def load(head: Head, decider: Decider[C, S], stream: str) -> S | None:
    """The state that a stream's events fold to."""
    raise NotImplementedError


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
    raise NotImplementedError
