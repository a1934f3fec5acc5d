"""The catch-up reader: brings one instance to the end of history, from where its own checkpoints stand.

It serves new instances, instances that are being built anew, and live ones that fell behind. Reading beside a live reader is harmless:
the guard of each stream tells what is old.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from entente_contracts.topics import Topic
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.port import Batch
from entente_eventkit.reading.feeding import Feeding
from entente_eventkit.reading.history import FromLog, FromStores, History, Place
from entente_eventkit.threads import in_thread

Progress = Callable[[int, int], None]
"""Told how many records were read, of how many."""


def history_of(log: EmbeddedLog | KafkaLog) -> History:
    """Where the history of what lies in this log is to be read."""
    return FromStores(log.stores) if isinstance(log, EmbeddedLog) else FromLog(log)


@dataclass(frozen=True, slots=True)
class _Of:
    """The positions of one instance."""

    feeding: Feeding
    instance: str

    async def next(self, topic: str, generation: str, partition: int) -> int:
        return await in_thread(self.feeding.instances.next, topic, generation, partition, instance=self.instance)


class CatchUp:
    """Catches up instances of one service."""

    def __init__(self, history: History, feeding: Feeding) -> None:
        self._history, self._feeding = history, feeding

    async def ends(self, topics: Sequence[Topic]) -> Mapping[Place, int]:
        """Where the history of these topics ends now."""
        return await self._history.ends(topics)

    async def run(
        self, instance: str, topics: Sequence[Topic], progress: Progress | None = None, ends: Mapping[Place, int] | None = None
    ) -> int:
        """Reads on from the instance's checkpoints to `ends` (the end that history has now, if not given); gives how many records were
        read. Where a checkpoint is lowered or deleted meanwhile it reads on from there."""
        done = total = 0
        hole = True

        def expect(records: int) -> None:
            nonlocal total
            total = records
            if progress is not None:
                progress(0, total)

        async def deliver(batch: Batch) -> None:
            nonlocal done, hole
            hole = bool((await self._feeding.feed(batch, instance)).holes) or hole
            done += len(batch.records)
            if progress is not None:
                progress(done, max(done, total))

        while hole:
            hole = False
            await self._history.read(topics, _Of(self._feeding, instance), deliver, expect, ends)
        return done
