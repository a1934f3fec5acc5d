import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from entente_contracts.topics import GATEWAY
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.port import Batch, TopicExists
from entente_testkit.brokers.waiting import until

NOBODY = ["127.0.0.1:1"]


class Nowhere:
    async def next(self, topic: str, generation: str, partition: int) -> int:  # noqa: ARG002 - the port's signature
        return 0


async def ignore(batch: Batch) -> None:
    """Takes the batch."""


@pytest.mark.parametrize("kind", ["embedded", "kafka"])
async def test_a_topic_that_is_there_is_not_made_again(embedded: EmbeddedLog, kafka: KafkaLog, kind: str) -> None:
    log = embedded if kind == "embedded" else kafka
    assert await log.generations(GATEWAY) == ()
    assert await log.partitions("entente.gateway.g2") is None
    await log.create(GATEWAY, 2, 3)
    with pytest.raises(TopicExists, match=r"entente\.gateway\.g2"):
        await log.create(GATEWAY, 2, 3)
    await log.create(GATEWAY, 11, 4)
    assert await log.generations(GATEWAY) == (2, 11)
    assert await log.partitions("entente.gateway.g11") == 4
    assert await log.send("entente.gateway.g11", []) == {}
    assert await log.send("entente.gateway.g11", genesis(GATEWAY, 11, 4)) == {0: 0, 1: 0, 2: 0, 3: 0}
    assert await log.ends("entente.gateway.g11") == {0: 1, 1: 1, 2: 1, 3: 1}
    record = await log.read_at("entente.gateway.g11", 3, 0)
    assert record is not None
    assert record.value == b'{"generation":11,"partition":3,"partitions":4,"topic":"entente.gateway"}'
    assert await log.read_at("entente.gateway.g11", 3, 1) is None
    assert log.alarms() == []


async def test_an_embedded_log_that_does_not_run_says_so() -> None:
    log = EmbeddedLog()
    await log.stop()
    with pytest.raises(RuntimeError, match="start it first"):
        await log.create(GATEWAY, 1, 3)


async def test_starting_twice_is_starting_once(embedded: EmbeddedLog) -> None:
    cluster = embedded.cluster
    await embedded.start()
    assert embedded.cluster is cluster


async def test_a_reader_waits_for_brokers_that_are_not_there_and_ends_when_it_is_told() -> None:
    log = KafkaLog(NOBODY)
    reading = asyncio.create_task(log.read("g", [GATEWAY], Nowhere(), ignore))
    await asyncio.sleep(0.25)
    assert not reading.done()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await log.stop()


async def test_sending_fails_while_brokers_are_not_there_and_works_when_they_are(cluster: MockCluster, kafka: KafkaLog) -> None:
    await kafka.create(GATEWAY, 1, 1)
    cluster.broker_down()
    with pytest.raises(KafkaConnectionError):
        await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1))
    cluster.broker_up()
    assert await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1)) == {0: 0}


async def test_a_sending_that_is_cancelled_leaves_nothing_open(cluster: MockCluster, kafka: KafkaLog) -> None:
    await kafka.create(GATEWAY, 1, 1)
    assert await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1)) == {0: 0}
    cluster.broker_down()
    sending = asyncio.create_task(kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1)))
    await asyncio.sleep(0.05)
    sending.cancel()
    await until(sending.done)
    assert sending.cancelled()


async def test_a_sending_that_nobody_acknowledges_fails_in_time_and_the_next_one_works(
    cluster: MockCluster, kafka: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kafka.create(GATEWAY, 1, 1)
    assert await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1)) == {0: 0}
    monkeypatch.setattr("entente_eventkit.log.sender.ACKNOWLEDGED_WITHIN", 0.2)
    cluster.broker_down()
    with pytest.raises(TimeoutError):
        await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1))
    cluster.broker_up()
    monkeypatch.undo()
    assert await kafka.send("entente.gateway.g1", genesis(GATEWAY, 1, 1)) == {0: 1}
