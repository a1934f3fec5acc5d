"""Law 6: every event says why. The chain begins with the foreign event, and the envelope that it came in is kept."""

import hashlib

from entente_contracts.codec import http, json_format
from entente_contracts.topics import GATEWAY, OBSERVATIONS

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_law_6_the_chain_begins_with_the_foreign_event(world, sender):
    world.register(sender)
    foreign = sender.signed(id="SDN-7")
    raw = json_format.write(foreign)
    (receipt,) = world.receipts(world.post(raw, {"content-type": http.STRUCTURED, "traceparent": TRACE}))
    event = world.event(receipt["event"])
    assert event.causationid == event.correlationid == f"{sender.uri}#SDN-7"
    assert event.origin.cause == event.causationid
    assert event.origin.digest == receipt["digest"] == hashlib.sha256(raw).hexdigest()
    assert world.kept(event.origin.digest).bytes == raw
    assert event.traceparent.split("-")[1] == TRACE.split("-")[1]
    with world.running.database.reading() as connection:
        chain = world.running.store.correlated(connection, event.correlationid)
    assert [link.id for link in chain] == [event.id]


def test_law_6_a_refusal_hangs_under_the_foreign_event_where_its_sender_is_known_and_else_under_its_bytes(world, sender):
    world.register(sender)
    known, stranger = world.send(sender.signed(sender.data(kind="odd"), id="1"), sender.unsigned(id="1"))
    assert world.at(known["position"]).causationid == f"{sender.uri}#1"
    assert world.at(stranger["position"]).causationid == f"arrival/{stranger['digest']}"
    for receipt in (known, stranger):
        event = world.at(receipt["position"])
        assert event.correlationid == event.causationid


def test_law_6_a_stranger_cannot_hang_anything_into_a_chain_that_is_not_his(world, sender, make_sender):
    world.register(sender)
    (admitted,) = world.send(sender.signed(id="1"))
    world.send(sender.unsigned(id="1"), make_sender().signed(id="1"), make_sender(keyid="other").signed(id="1"))
    with world.running.database.reading() as connection:
        chain = world.running.store.correlated(connection, f"{sender.uri}#1")
    assert [link.id for link in chain] == [admitted["event"]]


def test_law_6_every_event_of_the_gateway_names_its_cause(world, sender):
    world.register(sender)
    world.send(sender.signed(), sender.unsigned(), sender.signed(sender.data(kind="odd")))
    stored = world.stored()
    assert {each.topic for each in stored} == {GATEWAY.name, OBSERVATIONS.name}
    for each in stored:
        assert each.attributes["causationid"]
        assert each.attributes["correlationid"]
        assert each.attributes["authid"]
