from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec.kafka import to_kafka
from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.outgoing import outgoing, stored_record
from entente_eventkit.store.store import EventStore, Stored
from entente_testkit.brokers.stores import append


async def one(store: EventStore) -> Stored:
    await append(store, "quarantine/ü")
    (stored,) = await store.database.read(store.after, 0, 1)
    return stored


async def test_a_record_has_the_headers_of_the_contracts_codec_and_its_place(store: EventStore) -> None:
    stored = await one(store)
    record = outgoing(stored, 3)
    key, headers, value = to_kafka(CloudEvent(stored.attributes, stored.body))
    assert (record.key, record.value, record.partition) == (key, value, partition_of("quarantine/ü", 3))
    assert {name: text.encode() for name, text in record.headers.items()} == {
        **dict(headers),
        "ce_position": b"1",
        "ce_chainhash": stored.hash.hex().encode(),
    }


async def test_a_record_read_back_from_the_store_is_the_one_in_the_log_at_its_position(store: EventStore) -> None:
    stored = await one(store)
    sent, read = outgoing(stored, 3), stored_record(stored)
    assert (read.key, read.value, read.offset) == (sent.key, sent.value, 1)
    assert {name: (text or b"").decode() for name, text in read.headers} == sent.headers


async def test_the_span_that_sends_takes_the_place_of_the_one_that_appended(store: EventStore) -> None:
    stored = await one(store)
    assert outgoing(stored, 3, "00-1-2-01").headers["ce_traceparent"] == "00-1-2-01"
