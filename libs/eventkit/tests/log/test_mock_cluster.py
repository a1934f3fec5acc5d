import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from entente_eventkit.log.mock_cluster import MockCluster
from entente_testkit.brokers.raw import read_all, write_raw

PRODUCE = 0
NOT_ENOUGH_REPLICAS = 19
TOPIC_AUTHORIZATION_FAILED = 29


async def test_what_is_written_can_be_read_from_loopback(cluster: MockCluster) -> None:
    assert all(address.startswith("127.0.0.1:") for address in cluster.bootstrap)
    cluster.create_topic("t.g1", 2)
    await write_raw(cluster.bootstrap, "t.g1", 1, (b"k", [("h", b"v")], b"1"), (b"k", [], b"2"))
    found = await read_all(cluster.bootstrap, "t.g1", 2)
    assert [[record.value for record in found[partition]] for partition in (0, 1)] == [[], [b"1", b"2"]]


def test_a_taken_name_is_refused(cluster: MockCluster) -> None:
    cluster.create_topic("t.g1", 1)
    with pytest.raises(ValueError, match=r"t\.g1"):
        cluster.create_topic("t.g1", 1)


def test_a_closed_cluster_says_so() -> None:
    cluster = MockCluster()
    cluster.close()
    cluster.close()
    with pytest.raises(RuntimeError, match="was closed"):
        cluster.create_topic("t.g1", 1)


async def test_requests_can_be_made_to_fail_and_to_work_again(cluster: MockCluster) -> None:
    cluster.create_topic("t.g1", 1)
    cluster.fail_requests(PRODUCE, [TOPIC_AUTHORIZATION_FAILED] * 5)
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait("t.g1", b"1")
        cluster.clear_failures(PRODUCE)
        await producer.send_and_wait("t.g1", b"2")
    assert [record.value for record in (await read_all(cluster.bootstrap, "t.g1", 1))[0]] == [b"2"]


async def test_a_broker_that_was_down_still_has_what_it_had(cluster: MockCluster) -> None:
    cluster.create_topic("t.g1", 1)
    await write_raw(cluster.bootstrap, "t.g1", 0, (None, [], b"1"))
    cluster.broker_down()
    with pytest.raises(KafkaError):
        await write_raw(cluster.bootstrap, "t.g1", 0, (None, [], b"2"))
    cluster.broker_up()
    assert [record.value for record in (await read_all(cluster.bootstrap, "t.g1", 1))[0]] == [b"1"]
