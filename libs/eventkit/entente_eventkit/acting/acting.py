"""One writing transaction of a service, as routes, policies, workers and duties use it."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from entente_eventkit.clock import Clock
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.store import duties
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Answer, Key, execute
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import Head

C = TypeVar("C")
S = TypeVar("S")


class Acting:
    """Deciding under the head's lock. Made within `EventStore.head`; gone with its transaction."""

    def __init__(self, connection: Connection, head: Head, clock: Clock) -> None:
        self.connection, self.head, self.clock, self.ask = connection, head, clock, Ask(connection)

    def execute(
        self, decider: Decider[C, S], command: C, because: Because, *, key: Key | None = None, expected: int | None = None
    ) -> Answer:
        """Decides one command; see `store.commands.execute`."""
        return execute(self.head, decider, command, because, key=key, expected=expected)

    def schedule(self, duty: str, subject: str, at: datetime, because: Because) -> None:
        """Puts a due into the table; the same again changes nothing."""
        duties.schedule(self.connection, duty, subject, at, because)
