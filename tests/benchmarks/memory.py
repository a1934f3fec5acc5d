"""What a rebuild keeps in memory, while it reads ever more."""

import asyncio
import multiprocessing
import resource
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.benchmarks import events

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit import collector
from entente_eventkit.clock import SetClock
from entente_eventkit.reading.catch_up import CatchUp
from entente_eventkit.reading.feeding import Feeding
from entente_eventkit.reading.history import FromStores
from entente_eventkit.storage.database import Database
from entente_eventkit.store.store import EventStore


@dataclass(frozen=True, slots=True)
class Kept:
    """The most that the process has ever held after so many events, in MiB."""

    events: int
    mebibytes: float


def run(counts: tuple[int, ...] = (20_000, 200_000)) -> list[Kept]:
    """A rebuild from the store for each count, each in a process of its own; the store is filled by another one."""
    return [_measure(count) for count in counts]


def _measure(count: int) -> Kept:
    with events.store() as store:
        events.fill(store, count)
        url = store.database.url
        store.database.close()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            return apart.submit(_rebuild, url, count).result()


def _rebuild(url: str, count: int) -> Kept:
    collector.settle()
    database = Database(url)
    store = EventStore(database, SetClock(events.NOON), "gateway")
    instances = events.tallies(store)
    read = asyncio.run(CatchUp(FromStores({OBSERVATIONS.name: store}), Feeding(instances)).run("tally@1", [OBSERVATIONS]))
    database.close()
    if read != count:
        raise AssertionError(f"{read} of {count} events were read")
    return Kept(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
