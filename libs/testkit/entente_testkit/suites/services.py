"""What every service must do as it lives: on any log and any store, whatever it is about."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, MetaData

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import STORE, Batch
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.runtime import ServiceRuntime
from entente_eventkit.service import Service
from entente_eventkit.shell.running import Progress
from entente_eventkit.store.store import EventStore
from entente_testkit.alive import Alive, alive
from entente_testkit.backends import new_database
from entente_testkit.brokers.stores import BECAUSE
from entente_testkit.brokers.waiting import until
from entente_testkit.columns.column import Column, Log
from entente_testkit.history import START
from entente_testkit.samples import History, histories, one_by_one
from entente_testkit.suites.every import EveryPart
from entente_testkit.suites.projections import few

WITHIN = 60.0
"""Seconds that consequences may take on a busy machine."""

once = settings(few, max_examples=1)


@dataclass
class Place:
    """Where a test takes place: a column, a folder, and the databases made so far, by name."""

    column: Column
    folder: Path
    made: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """The database of that name, made when it is first asked for."""
        if name not in self.made:
            self.made[name] = self.column.new_database(self.folder, name)
        return self.made[name]


@dataclass
class Neighbourhood:
    """A service and the others that publish what it reads."""

    members: list[Alive]
    others: dict[str, Alive]

    @property
    def first(self) -> ServiceRuntime:
        """One of the processes of the service."""
        return self.members[0].runtime

    async def publish(self, events: Sequence[Recorded[Event]]) -> None:
        """Appends events to the stores that own their topics, in order, one transaction each."""
        for event in events:
            topic = event.data.event_topic
            owner = self.others[topic.name].runtime if topic.name in self.others else self.first

            def append(connection: Connection, event: Recorded[Event] = event, topic: Topic = topic, owner: ServiceRuntime = owner) -> None:
                with owner.store.head(connection) as head:
                    head.append(topic, event.subject, [event.data], BECAUSE)

            await owner.database.write(append)
            owner.wake()

    async def settle(self) -> None:
        """Waits until every consequence is drawn: nothing behind, nothing marked, nothing new."""

        async def quiet() -> int:
            marks = sum(one.marks for one in await asyncio.to_thread(self.first.instances.status, 0))
            behind = sum([await member.behind() for member in self.members])
            return 0 if marks or behind else await self.first.database.read(self.first.store.last_position) + 1

        async def still() -> int:
            before = await quiet()
            return before if await quiet() == before else 0

        await until(still, within=WITHIN)

    async def made(self) -> int:
        """How many events the service has in its store."""
        return await self.first.database.read(self.first.store.last_position)

    async def equals_a_fold_of_everything(self, service: Service, folder: Path) -> None:
        """Compares each projection with a fold of all stores' events on an empty SQLite file."""
        stores = [other.runtime.store for other in {id(one): one for one in self.others.values()}.values()] + [self.first.store]
        for projection in service.projections:
            expected = await asyncio.to_thread(folded, service, projection, stores, folder)
            instances = await asyncio.to_thread(self.first.instances.status, 0)
            found = [one for one in instances if one.projection == projection.name and one.active]
            assert [one.parked_total for one in found] == [0], projection.name
            live = await asyncio.to_thread(self.first.instances.digest, found[0].name)
            assert live == expected, f"{projection.name} differs from a fold of what the stores hold"


def folded(service: Service, projection: Projection, stores: Sequence[EventStore], folder: Path) -> str:
    """The digest of a projection that was fed all events of the stores, each topic in order of position."""
    with new_database(folder, service.metadata) as database:
        clock = stores[0].clock
        instances = Instances(database, EventStore(database, clock, service.name), clock, [projection], [])
        instances.begin()
        for store in stores:
            for topic in projection.reads:
                with store.database.reading() as connection:
                    records = [stored_record(event) for event in store.after(connection, 0, 1_000_000, [topic.name])]
                if records:
                    instances.feed(Batch(topic.name, STORE, 0, 0, records[-1].offset + 1, records))
        return instances.digest(f"{projection.name}@1")


class ServiceBehaviour(EveryPart):
    """Set `service`; override `histories` (as for `ProjectionBehaviour`) where its folds expect more of events than the schema says."""

    def histories(self, projection: Projection) -> st.SearchStrategy[History]:
        """Histories to feed to a projection, each stream in order."""
        return histories([handler.event for handler in projection.handlers.values()])

    def everything(self) -> st.SearchStrategy[list[Recorded[Event]]]:
        """Events for all projections of the service, each stream in order."""
        parts = st.tuples(*(self.histories(projection) for projection in self.service.projections))
        return parts.map(lambda found: one_by_one({place: events for history in found for place, events in history.items()}))

    @once
    @given(data=st.data())
    def test_law_1_whatever_is_published_reaches_every_projection_also_over_a_restart(
        self, data: st.DataObject, column: Column, tmp_path: Path
    ) -> None:
        events, place = data.draw(self.everything()), Place(column, tmp_path)

        async def scenario() -> None:
            async with place.column.logs() as new_log:
                half = len(events) // 2
                async with self._neighbourhood(place, new_log()) as around:
                    await around.publish(events[:half])
                async with self._neighbourhood(place, new_log()) as around:
                    await around.publish(events[half:])
                    await around.settle()
                    await around.equals_a_fold_of_everything(self.service, tmp_path)
                    assert await around.first.ready() == []

        asyncio.run(scenario())

    @once
    @given(data=st.data())
    def test_law_9_a_new_generation_of_every_topic_changes_no_row_and_causes_no_deed(
        self, data: st.DataObject, column: Column, tmp_path: Path
    ) -> None:
        events, place = data.draw(self.everything()), Place(column, tmp_path)

        async def scenario() -> None:
            async with place.column.logs() as new_log, self._neighbourhood(place, new_log()) as around:
                await around.publish(events)
                await around.settle()
                made = await around.made()
                for runtime in {id(one.runtime): one.runtime for one in [*around.others.values(), *around.members]}.values():
                    for relay in runtime._relays:  # noqa: SLF001 - an operator's bump, as the relay does it
                        await relay.bump()
                await around.settle()
                await around.equals_a_fold_of_everything(self.service, tmp_path)
                assert await around.made() == made

        asyncio.run(scenario())

    @once
    @given(data=st.data())
    def test_law_4_every_projection_built_anew_beside_the_live_one_is_equal(
        self, data: st.DataObject, column: Column, tmp_path: Path
    ) -> None:
        events, place = data.draw(self.everything()), Place(column, tmp_path)

        async def scenario() -> None:
            async with place.column.logs() as new_log, self._neighbourhood(place, new_log()) as around:
                await around.publish(events)
                await around.settle()
                for projection in self.service.projections:
                    assert await around.first.rebuild(projection.name, Progress(), check=True) == []
                    assert await around.first.rebuild(projection.name, Progress(), check=False) == []
                await around.equals_a_fold_of_everything(self.service, tmp_path)

        asyncio.run(scenario())

    @once
    @given(data=st.data())
    def test_protocol_16_two_members_share_the_work_and_one_of_them_leaves(
        self, data: st.DataObject, column_of_many: Column, tmp_path: Path
    ) -> None:
        events, place = data.draw(self.everything()), Place(column_of_many, tmp_path)

        async def scenario() -> None:
            third = len(events) // 3
            async with place.column.logs() as new_log, self._neighbourhood(place, new_log()) as around:
                async with alive(self.service, place.address(self.service.name), new_log(), START) as second:
                    around.members.append(second)
                    await around.publish(events[:third])
                    await around.settle()
                    await around.publish(events[third : 2 * third])
                around.members.remove(second)
                await around.publish(events[2 * third :])
                await around.settle()
                await around.equals_a_fold_of_everything(self.service, tmp_path)

        asyncio.run(scenario())

    @asynccontextmanager
    async def _neighbourhood(self, place: Place, log: Log) -> AsyncIterator[Neighbourhood]:
        """The service and one neighbour for each owner of topics that it reads and does not write, on one log."""
        own = {topic.name for topic in self.service.owns}
        foreign = [topic for topic in self.service.reads if topic.name not in own]
        async with AsyncExitStack() as living:
            others: dict[str, Alive] = {}
            for owner in dict.fromkeys(topic.owner for topic in foreign):
                topics = [topic for topic in foreign if topic.owner == owner]
                address = place.address(f"other-{owner}")
                neighbour = await living.enter_async_context(alive(publisher(owner, topics, place.folder), address, log, START))
                others |= {topic.name: neighbour for topic in topics}
            member = await living.enter_async_context(alive(self.service, place.address(self.service.name), log, START))
            yield Neighbourhood([member], others)


def publisher(owner: str, topics: Sequence[Topic], folder: Path) -> Service:
    """A service that does nothing but to own topics."""
    migrations = folder / "no-migrations"
    migrations.mkdir(exist_ok=True)
    return Service(owner, "publishes for a test", owns=topics, api=APIRouter(), metadata=MetaData(), migrations=migrations)
