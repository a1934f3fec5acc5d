"""The embedded log listens on loopback: what another program of this machine writes into it is no event of ours."""

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.log.seal import HEADER, Seal
from entente_eventkit.store.store import EventStore
from entente_testkit.brokers.raw import read_all, write_raw
from entente_testkit.brokers.stores import append
from entente_testkit.brokers.waiting import until


async def test_law_7_what_another_program_writes_into_the_embedded_log_is_passed_over_and_told(
    embedded: EmbeddedLog, store: EventStore, make_party, relays, caplog
) -> None:
    relay, _ = await relays(embedded, store, GATEWAY, OBSERVATIONS)
    party = make_party(embedded)
    party.start()
    await append(store, "a")
    relay.wake()
    await party.sees({"a": "1"})
    await party.reads_live()

    name = GATEWAY.of_generation(1)
    sent = await read_all(embedded.cluster.bootstrap, name, GATEWAY.partitions)
    (partition, genuine) = next((number, records[0]) for number, records in sent.items() if records)
    forged = [(header, b"%020d" % 2 if header == "ce_sequence" else text) for header, text in genuine.headers]
    await write_raw(embedded.cluster.bootstrap, name, partition, (genuine.key, forged, genuine.value))
    await write_raw(embedded.cluster.bootstrap, name, partition, (genuine.key, [one for one in forged if one[0] != HEADER], genuine.value))
    await until(lambda: caplog.text.count("were not written by this process"))
    await append(store, "a")
    relay.wake()
    await party.sees({"a": "1 2"})


def test_a_seal_covers_topic_key_attributes_and_value() -> None:
    seal, headers = Seal(), [("ce_id", b"1"), ("ce_type", b"t")]
    made = seal.of("t.g1", b"k", headers, b"v")
    assert made == seal.of("t.g1", b"k", [*reversed(headers), ("correlation_id", b"x")], b"v")
    others = [
        ("t.g2", b"k", headers, b"v"),
        ("t.g1", b"j", headers, b"v"),
        ("t.g1", b"k", headers[:1], b"v"),
        ("t.g1", b"k", headers, b"w"),
    ]
    assert all(seal.of(*other) != made for other in others)
    assert Seal().of("t.g1", b"k", headers, b"v") != made
