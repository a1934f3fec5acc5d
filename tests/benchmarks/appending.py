"""Appends with optimistic concurrency, against the `eventsourcing` library on the same kind of SQLite file."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from tests.benchmarks import events
from tests.benchmarks.interleaved import Compared, compare

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.store.store import EventStore

ONE_BY_ONE = 500
CONCURRENT = 2_000
TOGETHER = 100
"""Decisions that one transaction of ours takes, where many come at once."""


class Sighting(Aggregate):
    """The other library's stream."""

    @event("Seen")
    def __init__(self, note: str) -> None:
        self.note = note


def run() -> list[Compared]:
    """The table's rows."""
    with events.store() as store, _library() as library:
        return [
            compare("one durable append after another / eventsourcing 9.5", lambda: _one_by_one(store), lambda: _saves(library), ">= 1.4"),
            compare(
                "many durable appends at once, in one transaction / eventsourcing 9.5, threads",
                lambda: _together(store),
                lambda: _threads(library),
                ">= 10",
            ),
        ]


def _one_by_one(store: EventStore) -> int:
    run_of = uuid4().hex
    for number in range(ONE_BY_ONE):
        with store.database.writing() as connection, store.head(connection) as head:
            head.append(OBSERVATIONS, f"{run_of}/{number}", [events.observation(number)], events.BECAUSE, expected=0)
    return ONE_BY_ONE


def _together(store: EventStore) -> int:
    run_of = uuid4().hex
    for begin in range(0, CONCURRENT, TOGETHER):
        with store.database.writing() as connection, store.head(connection) as head:
            for number in range(begin, begin + TOGETHER):
                head.append(OBSERVATIONS, f"{run_of}/{number}", [events.observation(number)], events.BECAUSE, expected=0)
    return CONCURRENT


def _saves(library: Application) -> int:
    for number in range(ONE_BY_ONE):
        library.save(Sighting(note=events.observation(number).model_dump_json()))
    return ONE_BY_ONE


def _threads(library: Application) -> int:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: library.save(Sighting(note=events.observation(number).model_dump_json())), range(CONCURRENT)))
    return CONCURRENT


@contextmanager
def _library() -> Iterator[Application]:
    with TemporaryDirectory() as folder:
        library = Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(Path(folder) / "other.sqlite")})
        try:
            yield library
        finally:
            library.close()
