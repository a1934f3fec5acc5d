"""Apache Kafka as the log: it keeps all history, readers share partitions in a group, topics are found by pattern."""

from collections.abc import Awaitable, Callable, Sequence

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from entente_contracts.topics import Topic
from entente_eventkit.log.connection import Connection
from entente_eventkit.log.names import generations_among, pattern_of
from entente_eventkit.log.port import Batch, Outgoing, Positions, Record, TopicExists
from entente_eventkit.log.subscription import Reading

TopicMaker = Callable[[str, int], Awaitable[None]]

_MUST_HAVE_IT = 2
"""How many replicas must have a record before it counts as written, where there are as many."""


class KafkaLog:
    """A cluster reached at `bootstrap` (host:port each).

    `replicas`: copies of each partition; of three, two must have a record before it counts as written. `metadata_refresh`: after how
    many seconds a new generation is found by its readers. `make_topic` (name, partitions) stands in for the admin client where a
    broker has no such request.
    """

    keeps_history = True

    def __init__(
        self,
        bootstrap: Sequence[str],
        *,
        replicas: int = 1,
        metadata_refresh: float = 10.0,
        session_timeout: float = 6.0,
        make_topic: TopicMaker | None = None,
    ) -> None:
        self._connection = Connection(bootstrap, metadata_refresh=metadata_refresh)
        self._replicas, self._session_timeout = replicas, session_timeout
        self._make_topic = make_topic or self._create_topic

    async def start(self) -> None:
        """Nothing to do: clients connect when first used, and again after a failure."""

    async def stop(self) -> None:
        """Closes the clients; end relays and readers first."""
        await self._connection.stop()

    async def create(self, topic: Topic, generation: int, partitions: int) -> None:
        """Makes the topic of a generation, kept for ever; raises `TopicExists`."""
        name = topic.of_generation(generation)
        if name in await self._connection.inspection.names():
            raise TopicExists(name)
        await self._make_topic(name, partitions)

    async def generations(self, topic: Topic) -> tuple[int, ...]:
        """The generations of a topic that the cluster holds, ascending."""
        return generations_among(await self._connection.inspection.names(), topic)

    async def partitions(self, name: str) -> int | None:
        """How many partitions the topic has, None where it is not there."""
        return await self._connection.inspection.partitions(name)

    async def ends(self, name: str) -> dict[int, int]:
        """The end offset of each partition."""
        bounds = await self._connection.inspection.bounds(name, await self.partitions(name) or 0)
        return {partition: end for partition, (_, end) in bounds.items()}

    async def read_at(self, name: str, partition: int, offset: int) -> Record | None:
        """The record at an offset, None where there is none (any more)."""
        return await self._connection.inspection.read_at(name, partition, offset)

    async def send(self, name: str, records: Sequence[Outgoing]) -> dict[int, int]:
        """Sends in order, keyed, idempotent, all acknowledged; gives the last offset a partition."""
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

    def alarms(self) -> list[str]:
        """What is wrong with the log, in words."""
        return self._connection.alarms()

    async def _create_topic(self, name: str, partitions: int) -> None:
        settings = {
            "cleanup.policy": "delete",
            "retention.ms": "-1",
            "retention.bytes": "-1",
            "unclean.leader.election.enable": "false",
        }
        settings["min.insync.replicas"] = str(min(_MUST_HAVE_IT, self._replicas))
        admin = await self._connection.inspection.admin()
        answer = await admin.create_topics([NewTopic(name, partitions, self._replicas, topic_configs=settings)])
        for _, code, reason in answer.topic_errors:
            if code:
                error = for_code(code)
                raise TopicExists(name) if error is TopicAlreadyExistsError else error(f"topic {name}: {reason}")
