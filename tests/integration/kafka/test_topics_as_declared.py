"""Topics of a real cluster: made as they are declared, and compared with that at every start."""

import logging
from collections.abc import Awaitable, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import TopicPartition

from entente_backing.kafka import NativeCluster
from entente_contracts.topics import GATEWAY, broker_settings
from entente_eventkit.log import generations
from entente_eventkit.log.declared import TopicDiffers
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.log.relay import Relay
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.party import MakeParty, history
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until

FIRST = GATEWAY.of_generation(1)
Administer = Callable[[Callable[[AIOKafkaAdminClient], Awaitable[object]]], Awaitable[object]]


@pytest.fixture
def administer(one_node: NativeCluster) -> Administer:
    """Does something past the protocol, as an operator would by hand."""

    async def do(what: Callable[[AIOKafkaAdminClient], Awaitable[object]]) -> object:
        admin = AIOKafkaAdminClient(bootstrap_servers=one_node.bootstrap)
        await admin.start()
        try:
            return await what(admin)
        finally:
            await admin.close()

    return do


def relay_of(log: KafkaLog, store: EventStore) -> Relay:
    return Relay(log, store.database, store, GATEWAY)


async def generation(store: EventStore) -> int:
    at = await store.database.read(generations.current, GATEWAY)
    assert at is not None
    return at.number


async def drain(relay: Relay) -> None:
    while await relay.publish():
        pass


async def test_a_first_start_opens_the_first_generation_and_a_second_one_takes_it_as_it_is(kafka: KafkaLog, store: EventStore):
    for _ in range(2):
        await relay_of(kafka, store).prepare()
        assert await generation(store) == 1
    assert await kafka.partitions(FIRST) == GATEWAY.partitions
    assert set((await kafka.ends(FIRST)).values()) == {1}


ALTERED = {
    "retention.ms": "86400000",
    "retention.bytes": "1000000",
    "cleanup.policy": "compact",
    "unclean.leader.election.enable": "true",
    "max.message.bytes": "1000",
}


@pytest.mark.parametrize(("setting", "value"), ALTERED.items())
async def test_a_topic_with_another_setting_than_declared_keeps_its_service_from_starting_and_both_are_named(
    kafka: KafkaLog, store: EventStore, administer: Administer, setting: str, value: str
):
    await relay_of(kafka, store).prepare()
    changed = ConfigResource(ConfigResourceType.TOPIC, FIRST, broker_settings(GATEWAY, 1) | {setting: value})
    await administer(lambda admin: admin.alter_configs([changed]))
    with pytest.raises(TopicDiffers) as differs:
        await relay_of(kafka, store).prepare()
    declared = broker_settings(GATEWAY, 1)[setting]
    assert str(differs.value) == (
        f"{FIRST} has {setting}={value}, declared is {declared}; have the administrator set it: "
        f"kafka-configs --alter --topic {FIRST} --add-config {setting}={declared}"
    )
    assert await generation(store) == 1, "nothing was begun anew because of it"


async def test_a_topic_with_fewer_copies_than_declared_is_told_with_what_a_second_copy_would_change(
    kafka: KafkaLog, store: EventStore, one_node: NativeCluster
):
    await relay_of(kafka, store).prepare()
    demanding = KafkaLog(one_node.bootstrap, replicas=2)
    with pytest.raises(TopicDiffers) as differs:
        await relay_of(demanding, store).prepare()
    await demanding.stop()
    assert f"{FIRST} has min.insync.replicas=1, declared is 2" in str(differs.value)
    assert f"{FIRST} has replication.factor=1, declared is 2; give the setting replicas the number" in str(differs.value)


async def test_a_cluster_of_too_few_brokers_says_so_at_the_first_start(kafka: KafkaLog, store: EventStore, one_node: NativeCluster):
    demanding = KafkaLog(one_node.bootstrap)
    with pytest.raises(TopicDiffers, match=r"entente\.gateway\.g1 cannot be made with 3 copies of each partition.*the setting replicas"):
        await relay_of(demanding, store).prepare()
    await demanding.stop()


async def emptied_by_being_made_anew(admin: AIOKafkaAdminClient) -> None:
    await admin.delete_topics([FIRST])
    await until(lambda: _gone(admin))
    made = await admin.create_topics([NewTopic(FIRST, GATEWAY.partitions, 1, topic_configs=broker_settings(GATEWAY, 1))])
    assert not made.topic_errors[0][1]
    await until(lambda: _there(admin))


async def emptied_by_deleting_its_records(admin: AIOKafkaAdminClient) -> None:
    await admin.delete_records({TopicPartition(FIRST, partition): RecordsToDelete(-1) for partition in range(GATEWAY.partitions)})


async def _gone(admin: AIOKafkaAdminClient) -> bool:
    return FIRST not in await admin.list_topics()


async def _there(admin: AIOKafkaAdminClient) -> bool:
    return FIRST in await admin.list_topics()


@pytest.mark.parametrize("since", [0, 1, 5])
@pytest.mark.parametrize("empties", [emptied_by_being_made_anew, emptied_by_deleting_its_records])
async def test_protocol_7_a_topic_emptied_under_its_name_is_noticed_whatever_was_written_since(
    kafka: KafkaLog,
    store: EventStore,
    administer: Administer,
    make_party: MakeParty,
    empties: Callable[[AIOKafkaAdminClient], Awaitable[None]],
    since: int,
):
    relay, party = relay_of(kafka, store), make_party(kafka)
    await relay.prepare()
    party.start()
    await append(store, "a", "b", "a")
    await drain(relay)
    await party.sees({"a": history(2), "b": history(1)}, seconds=40)
    await administer(empties)
    await append(store, *["a"] * since)
    await drain(relay)
    await relay_of(kafka, store).prepare()
    assert await generation(store) == 2
    await drain(relay)
    await append(store, "b")
    await drain(relay)
    await party.sees({"a": history(2 + since), "b": history(2)}, seconds=40)


async def test_protocol_11_partitions_added_by_hand_are_told_and_followed_by_a_new_generation_in_which_nothing_is_lost(
    kafka: KafkaLog, store: EventStore, administer: Administer, make_party: MakeParty, relays, caplog: pytest.LogCaptureFixture
):
    party = make_party(kafka)
    (relay, _) = await relays(kafka, store)
    party.start()
    streams = [f"s{number % 9}" for number in range(90)]
    await append(store, *streams[:45])
    await party.sees({f"s{number}": history(5) for number in range(9)}, seconds=40)
    with caplog.at_level(logging.WARNING):
        await administer(lambda admin: admin.create_partitions({FIRST: NewPartitions(GATEWAY.partitions + 2)}))
        await append(store, *streams[45:])
        relay.wake()
        await until(lambda: _is_at(store, 2))
    assert f"{FIRST}: the number of partitions is another one than declared; beginning generation 2" in caplog.text
    await party.sees({f"s{number}": history(10) for number in range(9)}, seconds=40)
    assert await kafka.partitions(GATEWAY.of_generation(2)) == GATEWAY.partitions


async def _is_at(store: EventStore, number: int) -> bool:
    at = await store.database.read(generations.current, GATEWAY)
    return at is not None and at.number == number and at.open


async def test_a_topic_that_is_missing_is_made_anew_as_the_next_generation_and_filled_from_the_store(
    kafka: KafkaLog, store: EventStore, administer: Administer, make_party: MakeParty
):
    relay, party = relay_of(kafka, store), make_party(kafka)
    await relay.prepare()
    await append(store, "a", "b", "a")
    await drain(relay)
    await administer(lambda admin: admin.delete_topics([FIRST]))
    await until(lambda: _absent(kafka))
    again = relay_of(kafka, store)
    await again.prepare()
    assert await generation(store) == 2
    await drain(again)
    party.start()
    await party.sees({"a": history(2), "b": history(1)}, seconds=40)


async def _absent(kafka: KafkaLog) -> bool:
    return await kafka.partitions(FIRST) is None
