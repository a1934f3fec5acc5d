"""One run: a world, a load, one fault, rest, and what the history checker says."""

import asyncio
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.faults import POISON, Fault
from tests.chaos.load import Size, observed_in_the_middle
from tests.chaos.processes import until
from tests.chaos.world import SERVICES, Backends, World, world

from entente_contracts.topics import TOPICS
from entente_eventkit.log.kafka import KafkaLog
from entente_testkit.history_checker.gathering import log_of, store_of
from entente_testkit.history_checker.rules import Breach, check
from entente_testkit.history_checker.seen import History

REST_WITHIN = 180.0
STRIKES_AT = 0.3


@dataclass
class Outcome:
    """What a run showed. Times in seconds, from when mending began: until what was stored then was everywhere (`recovered`), until all
    was at rest (`rest`); `standstill`: the longest in which nothing moved. `failed`: why the run could not be carried through."""

    fault: str
    nodes: int
    breaches: list[Breach] = field(default_factory=list)
    recovered: float | None = None
    rest: float | None = None
    standstill: float | None = None
    counts: dict[str, int] = field(default_factory=dict)
    unclean: list[str] = field(default_factory=list)
    failed: str = ""
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        """Whether every rule held."""
        return not self.breaches and not self.failed and not self.unclean


def carry_out(
    fault: Fault,
    folder: Path,
    *,
    nodes: int,
    seed: int,
    size: Size,
    backends: Backends,
    tell: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """One fault in a world of its own, which stays in the folder."""
    outcome = Outcome(fault.name, nodes)
    begun = time.monotonic()
    try:
        tell("starting the brokers and the databases")
        with world(folder, nodes, seed, size, backends) as made:
            _carry_out(fault, made, outcome, tell)
    except Exception:  # noqa: BLE001 - a run that cannot be carried through is an outcome too
        outcome.failed = traceback.format_exc()
    outcome.seconds = time.monotonic() - begun
    return outcome


def _carry_out(fault: Fault, made: World, outcome: Outcome, tell: Callable[[str], None]) -> None:
    tell("starting the services")
    poison = observed_in_the_middle(made.seed, "acled", made.size.items)
    for name in fault.members:
        made.process(name).start(*(poison if flag == POISON else flag for flag in fault.flags.get(name, ())))
    for name in fault.members:
        made.process(name).wait_ready()
    made.watch.start()
    made.clients.begin()
    until(lambda: made.clients.reached(STRIKES_AT) or not made.all_alive, "a third of the load is acknowledged, or a fault point is met")
    tell("the fault")
    fault.inject(made)
    tell("waiting for rest")
    made.clients.finish()
    try:
        until(made.watch.at_rest, "everything is at rest", REST_WITHIN, every=0.3)
    except AssertionError:
        outcome.failed = f"not at rest within {REST_WITHIN:.0f} s after the last answer: {made.watch.state()}"
    rest = made.watch.now()
    made.watch.stop()
    assert made.healed_at is not None
    assert made.struck_at is not None
    recovered = made.watch.recovered_at()
    outcome.recovered = None if recovered is None else max(recovered - made.healed_at, 0.0)
    outcome.rest = rest - made.healed_at
    outcome.standstill = made.watch.longest_standstill(made.struck_at)
    tell("checking")
    outcome.unclean = made.end()
    history = gathered(made)
    outcome.breaches = check(history)
    outcome.counts = {
        "sent": len(history.sent),
        "answers": len(history.receipts),
        "commands": len(history.commands),
        "events": len(history.events),
        "records": sum(len(one.records) for one in history.log),
        "tries again": made.journal.tries,
        "generations": sum(history.newest.values()),
    } | made.journal.outcomes


def gathered(made: World) -> History:
    """The history of a world whose services have ended."""

    async def log() -> Any:
        kafka = KafkaLog(made.cluster.bootstrap, replicas=made.nodes)
        try:
            return await log_of(kafka, made.cluster.bootstrap, TOPICS)
        finally:
            await kafka.stop()

    stores = tuple(store_of(service, made.databases[name], made.watch.looks[-1].moment) for name, service in SERVICES.items())
    journal = made.journal
    return History(stores, asyncio.run(log()), tuple(journal.sent.values()), tuple(journal.receipts), tuple(journal.commands))
