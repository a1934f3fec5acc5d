"""An intake, as a service declares it: what it makes of the records of an exchange."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from entente_contracts.topics import Exchange
from entente_eventkit.acting.acting import Acting
from entente_eventkit.log.port import Record


@dataclass(frozen=True, slots=True)
class Received:
    """A record with its place in the exchange."""

    partition: int
    record: Record


@dataclass(frozen=True, slots=True)
class Reply:
    """What one sender, and nobody else, is told: a record of the exchange `to`."""

    to: Exchange
    key: bytes
    headers: dict[str, str]
    value: bytes


Decide = Callable[[Acting], Sequence[Reply]]
"""One transaction: decides everything that was examined, and gives what is to be replied once it is durable."""

Examine = Callable[[Sequence[Received], datetime], Decide]
"""Finds out all that can be told without deciding, before the store is locked; the time is when the records were read."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in an exchange as a member of `group`. `begin` makes what examines, once a process; it may remember what it likes.

    A batch is decided in one transaction, then the replies are sent and acknowledged, then the place in the exchange moves: what is decided
    must bear being decided again.
    """

    name: str
    reads: Exchange
    group: str
    begin: Callable[[], Examine]
