"""A gateway whose store was mended from its log admits nothing a second time and knows whose URI is whose."""

import asyncio
import sqlite3
from contextlib import ExitStack, closing

import pytest

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.log.relay import Relay
from entente_eventkit.recovering.recovery import Recovery
from entente_eventkit.storage.tables import keys
from entente_gateway.app import gateway
from entente_testkit.brokers.raw import kafka_on

from .conftest import NOW, SetClock, start


def copy(of, to):
    with closing(sqlite3.connect(of)) as now, closing(sqlite3.connect(to)) as then:
        now.backup(then)


async def mend(lost, mended):
    with MockCluster() as cluster:
        log = kafka_on(cluster)
        try:
            for topic in (GATEWAY, OBSERVATIONS):
                relay = Relay(log, lost.database, lost.store, topic)
                await relay.prepare()
                while await relay.publish():
                    pass
            recovery = Recovery(gateway, mended.database, log)
            await recovery.apply(await recovery.look())
        finally:
            await log.stop()


@pytest.fixture
def mended(world, sender, make_sender, tmp_path):
    """What was sent before and after the backup, with its receipts, and the gateway as it was mended from the log."""
    other = make_sender(uri="//other", keyid="k2")
    world.register(sender)
    sent = [sender.signed(), sender.signed()]
    receipts = world.send(sent[0])
    backup = tmp_path / "backup"
    backup.mkdir()
    copy(tmp_path / "gateway.sqlite", backup / "then.sqlite")
    world.register(other, "other")
    sent += [other.signed(), sender.signed(sender.data(summary="more"))]
    receipts += world.send(*sent[1:])
    assert {receipt["outcome"] for receipt in receipts} == {"admitted"}
    refused = sender.signed(sender.data(kind="odd"))
    assert world.send(refused)[0]["reason"] == "invalid_data"
    with ExitStack() as stack:
        again = start(backup, stack, SetClock(NOW))
        copy(backup / "then.sqlite", backup / "gateway.sqlite")
        asyncio.run(mend(world.running, again.running))
        yield again, sent, receipts, refused, other


def test_protocol_9_a_foreign_event_that_was_admitted_after_the_backup_is_a_duplicate(mended, sender):
    again, sent, receipts, _, _ = mended
    for before, now in zip(receipts, again.send(*sent), strict=True):
        assert (now["outcome"], now["position"], now["event"]) == ("duplicate", before["position"], before["event"])
    (conflict,) = again.send(sender.signed(sender.data(summary="else"), id=sent[-1].attributes["id"]))
    assert conflict["reason"] == "conflicting_duplicate"
    (fresh,) = again.send(sender.signed())
    assert fresh["outcome"] == "admitted"


def test_protocol_9_the_uri_of_a_source_that_was_registered_after_the_backup_stays_taken(mended):
    again, _, _, _, other = mended
    asked = {"name": "thief", "uri": other.uri, "title": "Thief", "rights": {"types": ["entente.observations.reported"], "countries": None}}
    answer = again.administrator.post("/gateway/sources", json=asked | {"keys": [], "because": "an agreement"})
    assert (answer.status_code, answer.json()["code"]) == (409, "uri-taken")


def test_protocol_9_what_was_refused_after_the_backup_is_kept_again_when_it_comes_again(mended):
    again, _, _, refused, _ = mended
    (first,) = again.send(refused)
    (second,) = again.send(refused)
    assert first == second
    assert again.kept(first["digest"]).times == 2
    with again.running.database.reading() as connection:
        assert connection.execute(keys.select().where(keys.c.scope == "source-uri")).all()
