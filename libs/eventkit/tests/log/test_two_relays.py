"""Two relays of one topic that begin at the same time: one generation is opened, soon."""

import asyncio
from collections.abc import Sequence

from entente_contracts.topics import GATEWAY, Topic
from entente_eventkit.log import generations
from entente_eventkit.log.port import Outgoing
from entente_eventkit.log.relay import Relay
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.stores import append

LONG = 0.05
"""Seconds that the log takes to make a topic, always the same."""


class SlowLog:
    """As much of a log as a bump needs; making a topic takes its time."""

    keeps_history = True

    def __init__(self) -> None:
        self.made: dict[int, dict[int, list[Outgoing]]] = {}

    async def generations(self, _: Topic) -> tuple[int, ...]:
        return tuple(sorted(self.made))

    async def create(self, _: Topic, generation: int, partitions: int) -> None:
        await asyncio.sleep(LONG)
        self.made[generation] = {partition: [] for partition in range(partitions)}

    async def refuse_differences(self, _: Topic, generation: int) -> None:
        assert generation in self.made

    async def partitions(self, name: str) -> int | None:
        return len(self._of(name)) or None

    async def ends(self, name: str) -> dict[int, int]:
        return {partition: len(records) for partition, records in self._of(name).items()}

    async def read_at(self, name: str, partition: int, offset: int) -> object:
        records = self._of(name)[partition]
        return Kept(records[offset], offset) if offset < len(records) else None

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        for record in records:
            self._of(name)[record.partition].append(record)
        return {record.partition: len(self._of(name)[record.partition]) - 1 for record in records}

    def _of(self, name: str) -> dict[int, list[Outgoing]]:
        return self.made.get(int(name.rpartition(".g")[2]), {})


class Kept:
    def __init__(self, record: Outgoing, offset: int) -> None:
        self.offset, self.key, self.value = offset, record.key, record.value
        self.headers = [(name, text.encode()) for name, text in record.headers.items()]


async def test_protocol_8_of_two_relays_that_begin_at_once_one_opens_the_generation_and_the_other_waits_for_it(store: EventStore) -> None:
    log = SlowLog()
    await append(store, "a")
    first, second = (Relay(log, store.database, store, GATEWAY) for _ in range(2))  # type: ignore[arg-type] # as much of it as is needed
    beginning = asyncio.create_task(first.prepare())
    await asyncio.sleep(LONG / 2)
    async with asyncio.timeout(10):
        await asyncio.gather(beginning, second.prepare())
    at = await store.database.read(generations.current, GATEWAY)
    assert at is not None
    assert at.open
    assert at.number == 1
