"""Another process of the specimen: does what `argv[1]` says on the database that ENTENTE_TEST_DATABASE names.

It says `ready` and waits for a line before it begins, says where it stands, and tells what came of it, a line each.
"""

import json
import os
import sys
from collections.abc import Callable
from time import sleep

from sqlalchemy import Connection

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Key, execute
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventStore
from entente_testkit.history import START, batches_of, stream_of
from entente_testkit.specimen import counting, report

BECAUSE = Because(causationid="request/1", correlationid="chain/1", actor=Actor(AuthType.SYSTEM, "another"))
RETRACTION: Decider[ObservationRetracted, int] = Decider(
    "retraction", OBSERVATIONS, lambda command: command.country, lambda command, _: [command], lambda before, _: (before or 0) + 1
)

database = Database(os.environ["ENTENTE_TEST_DATABASE"])
store = EventStore(database, SetClock(START), "specimen")


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def wait(at: str) -> None:
    say(at)
    sys.stdin.readline()


def persist(work: Callable[[], None]) -> None:
    """Repeats what passes by itself, as every part of the kernel does."""
    while True:
        try:
            return work()
        except Exception as error:
            if not is_transient(error):
                raise
            say(f"again {type(getattr(error, 'orig', error)).__name__}")
            sleep(0.05)


def command(connection: Connection, key: str, stand: bool) -> str:  # noqa: FBT001 - a script's own
    with store.head(connection) as head:
        asked = ObservationRetracted(observation=key, country="SDN", because="counted twice")
        answer = execute(head, RETRACTION, asked, BECAUSE, key=Key("client", key, "same"))
        if stand:
            wait("standing")
    return json.dumps({"key": key, "version": answer.version, "events": answer.events, "repeated": answer.repeated})


def commands(keys: list[str], *, stand: bool = False) -> None:
    """Each key in a transaction of its own; an answer is told only once it is committed."""
    first = [stand]

    def once(key: str) -> None:
        with database.writing() as connection:
            said = command(connection, key, first and first.pop())
        say(f"acknowledged {said}")

    for key in keys:
        persist(lambda key=key: once(key))


def feed(code: int, stream: str, partition: int, events: int, at: str | None = None) -> None:
    """Feeds one partition, a record a batch; stands still where it first comes by a step."""
    first = [at]

    def stand(step: str, instance: str) -> None:
        if first and first[0] == step:
            first.clear()
            wait("standing")

    instances = Instances(database, store, store.clock, [counting(code)], [], at=stand)
    persist(lambda: [None, instances.begin()][0])
    for batch in batches_of(stream_of(stream, *(report(number) for number in range(1, events + 1))), 1, partition=partition):
        persist(lambda batch=batch: [None, instances.feed(batch)][0])


what, *given = sys.argv[1:]
wait("ready")
match what:
    case "commands":
        commands(given)
    case "stand-in-append":
        commands(given, stand=True)
    case "feed":
        feed(int(given[0]), given[1], int(given[2]), int(given[3]), *given[4:])
say("done")
database.close()
