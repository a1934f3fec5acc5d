"""A small history made by hand in which everything is as it should be: a source, three reports, and what the specimen does about them."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby

import pytest

from entente_contracts.event import Event
from entente_contracts.events.gateway import SourceKeyRevoked, SourceRegistered
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded
from entente_contracts.recording import body_of, encode
from entente_contracts.rfc3339 import to_text
from entente_contracts.topics import GATEWAY, OBSERVATIONS, STABILITY, TOPICS, Topic
from entente_eventkit.log.generations import Generation
from entente_eventkit.log.genesis import genesis
from entente_eventkit.log.murmur2 import partition_of
from entente_eventkit.log.outgoing import stored_record
from entente_eventkit.log.port import StoredRecord
from entente_eventkit.storage.tables import GENESIS
from entente_eventkit.store.chain import link
from entente_eventkit.store.stored import Stored
from entente_testkit.history import START, recorded
from entente_testkit.history_checker.folding import folded_rows
from entente_testkit.history_checker.seen import Done, History, Instance, Partition, Receipt, Rows, Sent, Store
from entente_testkit.specimen import Warn, counts, decide, report, specimen, warn_of_deaths

URI = "https://ucdp.example/ged"
FORMS = [report(1, deaths=2), report(2), report(3, country="TCD")]
SENT = [Sent(URI, f"e{number}", body_of(data)) for number, data in enumerate(FORMS, 1)]


def _by(name: str) -> Actor:
    return Actor(AuthType.SYSTEM, name)


def _admitted(number: int, stream: str, version: int) -> Recorded[Event]:
    cause = SENT[number - 1].cause
    event = recorded(FORMS[number - 1], stream, version, id=f"a{number}", causationid=cause, correlationid=cause)
    return Recorded(**{name: getattr(event, name) for name in event.__slots__} | {"origin": Origin(URI, f"e{number}", "0" * 64)})


def _warning(id: str, version: int, by: str, cause: str = "a1") -> Recorded[Event]:
    (event,) = decide(Warn("SDN", START.date()), None)
    above = SENT[int(cause[1:]) - 1].cause
    return recorded(event, "warning/SDN", version, id=id, causationid=cause, correlationid=above, actor=_by(by))


def written(*events: Recorded[Event]) -> tuple[Stored, ...]:
    """The events as a store would have written them down, one after the other."""
    found: list[Stored] = []
    previous = GENESIS
    for position, event in enumerate(events, 1):
        sent = encode(event)
        previous = link(previous, sent.data or b"")
        topic = event.data.event_topic.name
        found.append(Stored(position, topic, event.subject, event.sequence, event.id, previous, dict(sent.attributes), sent.data))
    return tuple(found)


def published(topic: Topic, events: Sequence[Stored], generation: int = 1) -> tuple[Partition, ...]:
    """The events as they lie in a generation of their topic's log."""
    opening = [
        StoredRecord(0, one.key, tuple((name, text.encode()) for name, text in one.headers.items()), one.value)
        for one in genesis(topic, generation, topic.partitions)
    ]
    lying: dict[int, list[StoredRecord]] = {number: [first] for number, first in enumerate(opening)}
    for event in events:
        if event.topic == topic.name:
            record = stored_record(event)
            some = lying[partition_of(event.stream, topic.partitions)]
            some.append(StoredRecord(len(some), record.key, record.headers, record.value))
    return tuple(Partition(topic.name, generation, number, some) for number, some in lying.items())


def last_of(events: Sequence[Stored], topic: Topic) -> dict[tuple[str, str], tuple[int, str]]:
    """(topic, stream) -> the last version and its event's id."""
    mine = sorted((event for event in events if event.topic == topic.name), key=lambda event: (event.stream, event.version))
    return {(topic.name, stream): [(event.version, event.id) for event in some][-1] for stream, some in groupby(mine, lambda e: e.stream)}


def made() -> History:
    """The history."""
    registered = SourceRegistered(source="ucdp", uri=URI, party=None, title="-", rights={"types": ()})
    revoked = SourceKeyRevoked(source="ucdp", keyid="k", revoked_at=START, because="lost")
    gateway = written(
        recorded(registered, "source/ucdp", 1, id="s1", causationid="request/1", correlationid="request/1"),
        recorded(revoked, "source/ucdp", 2, id="s2", causationid="request/2", correlationid="request/2"),
        _admitted(1, "observation/ucdp/SDN", 1),
        _admitted(2, "observation/ucdp/SDN", 2),
        _admitted(3, "observation/ucdp/TCD", 1),
    )
    acted = written(
        _warning("w1", 1, "specimen/warn-of-deaths"),
        _warning("w2", 2, "specimen/warn-of-reports"),
        _warning("w3", 3, "specimen/look-again"),
        _warning("w4", 4, "specimen/warn-of-reports", cause="a2"),
    )
    applied = last_of(gateway, OBSERVATIONS)
    instances = (
        _live("counts@1", "projection", applied, rows=folded_rows(counts, gateway)),
        _live("warn-of-deaths@1", "policy", applied),
    )
    keys = {("policy/warn-of-deaths", f"a{number}"): _answer("w1" if number == 1 else None) for number in (1, 2, 3)}
    keys["duty/look-again", f"SDN@{to_text(START)}"] = _answer("w3")
    return History(
        stores=(
            Store(
                "gateway",
                gateway,
                (5, gateway[-1].hash),
                {("source/ucdp", f"e{number}"): b'{"position":1,"event":"-"}' for number in (1, 2, 3)},
                {topic.name: _opened(topic, 5) for topic in (GATEWAY, OBSERVATIONS)},
                (),
                {},
            ),
            Store(
                "specimen",
                acted,
                (4, acted[-1].hash),
                keys,
                {STABILITY.name: _opened(STABILITY, 4)},
                instances,
                {"counts": counts, "warn-of-deaths": warn_of_deaths},
                tuple(duty.name for duty in specimen.duties),
                tuple(worker.name for worker in specimen.workers),
            ),
        ),
        log=tuple(one for topic in TOPICS for one in published(topic, [*gateway, *acted])),
        sent=tuple(SENT),
        receipts=tuple(Receipt("gateway", one.cause, position, f"a{position - 2}") for position, one in enumerate(SENT, 3)),
        commands=tuple(Done("gateway", f"key-{version}", GATEWAY.name, "source/ucdp", version, (f"s{version}",)) for version in (1, 2)),
    )


def _live(name: str, kind: str, applied: Mapping[tuple[str, str], tuple[int, str]], rows: Rows | None = None) -> Instance:
    born = START - timedelta(days=1)
    return Instance(name, kind, "live", active=True, born=born, reads=(OBSERVATIONS.name,), applied=applied, rows=rows)


def _opened(topic: Topic, cursor: int) -> Generation:
    return Generation(topic.name, 1, open=True, partitions=topic.partitions, cursor=cursor, ends={})


def _answer(event: str | None) -> bytes:
    return json.dumps({"events": [event] if event else []}).encode()


@pytest.fixture
def clean() -> History:
    return made()
