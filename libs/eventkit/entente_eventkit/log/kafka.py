"""Apache Kafka as the log: it keeps all history, readers share partitions in a group, topics are found by pattern."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from entente_contracts.topics import REPLICATION, Exchange, Topic
from entente_eventkit.log import declared
from entente_eventkit.log.access import FORBIDDEN, Access
from entente_eventkit.log.connection import Connection
from entente_eventkit.log.names import generations_among, pattern_of, pattern_of_exchange
from entente_eventkit.log.port import Batch, Outgoing, Positions, Record, TopicExists
from entente_eventkit.log.subscription import Reading

TopicMaker = Callable[[str, int], Awaitable[None]]


class KafkaLog:
    """A cluster reached at `bootstrap` (host:port each), as the user of a folder of `credentials`; without one no broker may ask for any.

    `replicas`: how many copies of each partition this deployment keeps, where it has fewer brokers than a topic is declared for.
    `metadata_refresh`: after how many seconds a new generation is found by its readers. `make_topic` (name, partitions) stands in for the
    admin client where a broker has no such request; such a broker has no settings and no rights either.
    """

    keeps_history = True

    def __init__(
        self,
        bootstrap: Sequence[str],
        *,
        credentials: Path | None = None,
        replicas: int = REPLICATION,
        metadata_refresh: float = 10.0,
        session_timeout: float = 6.0,
        make_topic: TopicMaker | None = None,
    ) -> None:
        self._access = Access.to(bootstrap, credentials)
        self._connection = Connection(self._access, metadata_refresh=metadata_refresh)
        self._replicas, self._session_timeout = replicas, session_timeout
        self._make_topic = make_topic

    async def start(self) -> None:
        """Clients connect when first used, and again after a failure; raises `Refused` where a broker turns us away for good."""
        await self._access.check()

    async def stop(self) -> None:
        """Closes the clients; end relays and readers first."""
        await self._connection.stop()

    async def create(self, topic: Topic, generation: int, partitions: int) -> None:
        """Makes the topic of a generation as it is declared; raises `TopicExists`."""
        name = topic.of_generation(generation)
        with self._rights():
            if name in await self._connection.inspection.names():
                raise TopicExists(name)
            if self._make_topic is not None:
                await self._make_topic(name, partitions)
            else:
                await declared.make(await self._connection.inspection.admin(), topic, generation, partitions, self._replicas)
                await self._connection.inspection.appeared(name, partitions)

    async def refuse_differences(self, topic: Topic, generation: int) -> None:
        """Raises `TopicDiffers` naming every setting of the generation's topic that is not as declared."""
        if self._make_topic is None:
            with self._rights():
                found = await declared.differences(await self._connection.inspection.admin(), topic, generation, self._replicas)
            if found:
                raise declared.TopicDiffers("; ".join(map(str, found)))

    async def generations(self, topic: Topic) -> tuple[int, ...]:
        """The generations of a topic that the cluster holds, ascending."""
        return generations_among(await self._connection.inspection.names(), topic)

    async def refuse_reading(self, group: str, topics: Sequence[Topic]) -> None:
        """Raises `Refused` where we have no rights on a topic or on the group; a topic that is not there yet is none to refuse."""
        if self._make_topic is None:
            with self._rights():
                await declared.refuse_reading(await self._connection.inspection.admin(), group, topics)

    async def partitions(self, name: str) -> int | None:
        """How many partitions the topic has, None where it is not there."""
        with self._rights():
            return await self._connection.inspection.partitions(name)

    async def ends(self, name: str) -> dict[int, int]:
        """The end offset of each partition."""
        with self._rights():
            bounds = await self._connection.inspection.bounds(name, await self.partitions(name) or 0)
        return {partition: end for partition, (_, end) in bounds.items()}

    async def read_at(self, name: str, partition: int, offset: int) -> Record | None:
        """The record at an offset, None where there is none (any more)."""
        with self._rights():
            return await self._connection.inspection.read_at(name, partition, offset)

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order, keyed, idempotent, all acknowledged; gives the last offset a partition."""
        with self._rights():
            return await self._connection.send(name, records)

    async def read(self, group: str, topics: Sequence[Topic], position: Positions, deliver: Callable[[Batch], Awaitable[None]]) -> None:
        """Delivers all generations of the topics, as a member of the group, until cancelled."""
        reading = Reading(group=group, pattern=pattern_of(topics), session_timeout=self._session_timeout)
        await self._connection.read(reading, position, deliver)

    async def read_assigned(
        self, partitions: Sequence[tuple[str, int]], position: Positions, deliver: Callable[[Batch], Awaitable[None]]
    ) -> None:
        """Delivers these partitions (the broker's names) in large batches, without a group, until cancelled."""
        await self._connection.read(Reading(partitions=partitions, max_records=2000), position, deliver)

    async def read_exchange(self, group: str, exchange: Exchange, position: Positions, deliver: Callable[[Batch], Awaitable[None]]) -> None:
        """Delivers what others wrote into an exchange, as a member of the group, until cancelled. Whatever a record holds, reading goes on:
        what cannot be read at all is a batch without records."""
        pattern = pattern_of_exchange(exchange.name)
        reading = Reading(group=group, pattern=pattern, exchange=exchange.name, session_timeout=self._session_timeout)
        await self._connection.read(reading, position, deliver)

    async def create_exchange(self, exchange: Exchange) -> None:
        """Makes the topic of an exchange, where nobody has yet."""
        with self._rights(), suppress(TopicExists):
            if self._make_topic is not None:
                await self._make_topic(exchange.name, exchange.partitions)
            else:
                await declared.make_exchange(await self._connection.inspection.admin(), exchange, self._replicas)

    async def bounds(self, name: str) -> dict[int, tuple[int, int]]:
        """First offset and end of each partition."""
        with self._rights():
            return await self._connection.inspection.bounds(name, await self.partitions(name) or 0)

    async def written_at(self, name: str, partition: int, offset: int) -> int | None:
        """When the record at an offset was written, in milliseconds since 1970; None where it cannot be read."""
        try:
            record = await self._connection.inspection.read_at(name, partition, offset)
        except UnicodeDecodeError:
            return None
        return getattr(record, "timestamp", None)

    def alarms(self) -> list[str]:
        """What is wrong with the log, in words."""
        return self._connection.alarms()

    @contextmanager
    def _rights(self) -> Iterator[None]:
        """What the brokers do not let us do is said in words, since no repetition mends it."""
        try:
            yield
        except FORBIDDEN as error:
            raise self._access.forbidden(error) from error
