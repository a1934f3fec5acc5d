"""What a rebuild keeps in memory, while it reads ever more."""

import asyncio
import resource
from dataclasses import dataclass

from tests.benchmarks import events

from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.reading.catch_up import CatchUp
from entente_eventkit.reading.feeding import Feeding
from entente_eventkit.reading.history import FromStores


@dataclass(frozen=True, slots=True)
class Kept:
    """The most that the process has ever held after so many events, in MiB."""

    events: int
    mebibytes: float


def run(counts: tuple[int, ...] = (50_000, 200_000)) -> list[Kept]:
    """A rebuild from the store for each count, in one process, the smaller first."""
    return [_rebuild(count) for count in counts]


def _rebuild(count: int) -> Kept:
    with events.store() as store:
        events.fill(store, count)
        instances = events.tallies(store)
        history = FromStores({OBSERVATIONS.name: store})
        asyncio.run(CatchUp(history, Feeding(instances)).run("tally@1", [OBSERVATIONS]))
    return Kept(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
