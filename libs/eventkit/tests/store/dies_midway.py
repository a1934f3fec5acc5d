"""A process that appends to the store at `argv[1]`, says where it stands, and waits to be killed.

`argv[2]`: `acknowledged` (after the commit) or `uncommitted` (between the insert and the commit).
"""

import sys
from datetime import UTC, datetime

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.store.because import Because
from entente_eventkit.store.store import EventStore

url, where = sys.argv[1:]
database = Database(url)
store = EventStore(database, SetClock(datetime(2023, 10, 1, tzinfo=UTC)), "gateway")
because = Because(causationid="request/1", correlationid="chain/1", actor=Actor(AuthType.SYSTEM, "test"))


def stand(at: str) -> None:
    if at == where:
        sys.stdout.write(f"{at}\n")
        sys.stdout.flush()
        sys.stdin.read()


with database.writing() as connection:
    with store.head(connection) as head:
        head.append(OBSERVATIONS, "s", [ObservationRetracted(observation="o1", country="SDN", because="x")], because)
        head.remember("client", "k1", "aa", b"{}")
    stand("uncommitted")
stand("acknowledged")
