"""For each rule a history that breaks it and no other is told apart from the one that breaks none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from entente_eventkit.log.port import StoredRecord
from entente_eventkit.store.chain import link
from entente_eventkit.store.stored import Stored
from entente_testkit.history_checker.rules import RULES, check
from entente_testkit.history_checker.seen import History, Instance, Partition, Receipt, Store

DOCUMENT = Path(__file__).parents[4] / "docs/history-checker.md"
Damage = Callable[[History], History]


def in_store(history: History, number: int, **changed: Any) -> History:
    stores = list(history.stores)
    stores[number] = replace(stores[number], **changed)
    return replace(history, stores=tuple(stores))


def chained(store: Store, events: Sequence[Stored]) -> dict[str, Any]:
    """The events with the hashes that follow from their bodies, and the head that belongs to them."""
    done: list[Stored] = []
    previous = bytes(32)
    for event in events:
        previous = link(previous, event.body or b"")
        done.append(replace(event, hash=previous))
    return {"events": tuple(done), "head": (len(done), previous)}


def with_instance(history: History, number: int, **changed: Any) -> History:
    instances = list(history.stores[1].instances)
    instances[number] = replace(instances[number], **changed)
    return in_store(history, 1, instances=tuple(instances))


def relabelled(history: History, store: int, at: int, **attributes: str) -> History:
    """An event with other attributes, in the store and in the log alike."""
    events = list(history.stores[store].events)
    old = events[at]
    events[at] = replace(old, attributes=old.attributes | attributes)
    damaged = in_store(history, store, events=tuple(events))
    return relaid(damaged, lambda name, value: attributes[name[3:]].encode() if name[3:] in attributes else value, old.id)


def relaid(history: History, change: Callable[[str, bytes | None], bytes | None], event: str) -> History:
    """The records of an event with other headers."""

    def again(record: StoredRecord) -> StoredRecord:
        if dict(record.headers).get("ce_id") != event.encode():
            return record
        return replace(record, headers=tuple((name, change(name, value)) for name, value in record.headers))

    return replace(history, log=tuple(replace(one, records=[again(record) for record in one.records]) for one in history.log))


def holding(history: History, event: str) -> tuple[int, int]:
    """In which partition, and at which place of it, an event lies."""
    return next(
        (number, place)
        for number, partition in enumerate(history.log)
        for place, record in enumerate(partition.records)
        if dict(record.headers)["ce_id"] == event.encode()
    )


def in_partition(history: History, number: int, records: Sequence[Any]) -> History:
    log = list(history.log)
    log[number] = replace(log[number], records=[replace(record, offset=offset) for offset, record in enumerate(records)])
    return replace(history, log=tuple(log))


def without_record(history: History, event: str) -> History:
    number, place = holding(history, event)
    records = list(history.log[number].records)
    return in_partition(history, number, records[:place] + records[place + 1 :])


def in_older_generation(history: History, keep: Callable[[Sequence[Any]], list[Any]], event: str = "a1") -> History:
    """The partition of an event stands in an older generation too, changed; what the store believes is the newer one."""
    number, _ = holding(history, event)
    topic = history.log[number].topic
    older = replace(history.log[number], records=keep(history.log[number].records))
    newer = [replace(one, generation=2) if one.topic == topic else one for one in history.log]
    believed = history.stores[0].logs | {topic: replace(history.stores[0].logs[topic], number=2)}
    return in_store(replace(history, log=(older, *newer)), 0, logs=believed)


def versions_swapped(history: History) -> History:
    """Versions 1 and 2 of a stream stand in each other's place, in the store only."""
    events = list(history.stores[1].events)
    events[2], events[3] = replace(events[3], position=3), replace(events[2], position=4)
    damaged = in_store(history, 1, **chained(history.stores[1], events))
    return republished(damaged, 1)


def republished(history: History, store: int) -> History:
    """The records say of position and hash what the store says by now."""
    damaged = history
    for event in history.stores[store].events:
        now = {"ce_position": b"%d" % event.position, "ce_chainhash": event.hash.hex().encode()}
        damaged = relaid(damaged, lambda name, value, now=now: now.get(name, value), event.id)
    return damaged


def position_left_out(history: History) -> History:
    """The last position is 6, not 5."""
    store = history.stores[0]
    events = (*store.events[:4], replace(store.events[4], position=6))
    damaged = in_store(history, 0, events=events)
    damaged = replace(damaged, receipts=damaged.receipts[:2])
    damaged = in_store(damaged, 0, logs={name: replace(one, cursor=6) for name, one in store.logs.items()})
    return republished(damaged, 0)


def decided_twice(history: History) -> History:
    """The worker's second deed is what it did before, for the same cause."""
    return relabelled(history, 1, 3, causationid="a1", correlationid=history.sent[0].cause)


def of_other_instance(history: History) -> tuple[Instance, ...]:
    first, second = history.stores[1].instances
    return (first, replace(first, name="counts@2", active=False), second)


BROKEN: dict[str, Damage] = {
    "L1": lambda h: replace(h, receipts=(*h.receipts, Receipt("gateway", h.sent[0].cause, 4, "a1"))),
    "L2": lambda h: without_record(h, "w4"),
    "L3": lambda h: with_instance(h, 0, applied=dict(h.stores[1].instances[0].applied) | {SDN: (1, "a1")}),
    "L4": lambda h: in_store(h, 1, keys={key: value for key, value in h.stores[1].keys.items() if key[1] != "a2"}),
    "T1": lambda h: with_instance(h, 0, rows={table: rows[1:] for table, rows in (h.stores[1].instances[0].rows or {}).items()}),
    "T2": lambda h: replace(h, receipts=(*h.receipts, replace(h.receipts[0], event="a2", position=4))),
    "T3": lambda h: replace(h, commands=h.commands[:1]),
    "T4": lambda h: in_store(h, 1, keys=dict(h.stores[1].keys) | {("duty/look-again", "again"): b'{"events": ["w3"]}'}),
    "T5": decided_twice,
    "O1": versions_swapped,
    "O2": lambda h: in_older_generation(h, lambda records: [records[0], *reversed(records[1:])]),
    "H1": position_left_out,
    "H3": lambda h: in_older_generation(h, lambda records: [records[0], *records[2:]]),
    "C1": lambda h: relabelled(h, 1, 0, causationid="nowhere"),
    "C2": lambda h: relabelled(h, 1, 0, correlationid="another"),
    "C3": lambda h: replace(h, sent=(replace(h.sent[0], data=b"{}"), *h.sent[1:])),
    "B1": lambda h: in_store(h, 0, head=(5, bytes(32))),
    "B2": lambda h: relaid(h, lambda name, value: b"9" if name == "ce_position" else value, "a3"),
    "B3": lambda h: in_older_generation(h, lambda records: [*records, records[0]]),
    "B4": lambda h: with_instance(h, 0, applied=dict(h.stores[1].instances[0].applied) | {("t", "unknown"): (1, "a1")}),
    "R1": lambda h: with_instance(h, 0, parked=("version 3 of a stream",)),
    "R2": lambda h: in_store(h, 1, unreadable=("offset 7",)),
    "R3": lambda h: in_store(h, 1, instances=of_other_instance(h)),
    "R4": lambda h: with_instance(h, 0, marks=1),
    "R5": lambda h: in_store(h, 1, logs={name: replace(one, cursor=3) for name, one in h.stores[1].logs.items()}),
}
"""Rule -> a history that breaks it alone."""

SDN = ("entente.observations", "observation/ucdp/SDN")


def broken_by(history: History) -> list[str]:
    return [breach.rule.id for breach in check(history)]


def test_a_history_in_which_all_is_well_breaks_no_rule(clean: History) -> None:
    assert check(clean) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_history_that_breaks_one_rule_is_found_by_it_alone(clean: History, rule: str) -> None:
    assert broken_by(BROKEN[rule](clean)) == [rule]


def test_a_version_that_a_store_lacks_is_a_hole_in_its_stream(clean: History) -> None:
    damaged = in_store(clean, 1, events=tuple(event for event in clean.stores[1].events if event.id != "w2"))
    assert {"H1", "H2", "B1", "B2"} <= set(broken_by(damaged))


def test_every_rule_has_a_history_that_breaks_it() -> None:
    assert {rule.id for rule in RULES} == {*BROKEN, "H2"}


def test_a_breach_tells_a_few_counter_examples(clean: History) -> None:
    damaged = with_instance(clean, 0, parked=tuple(f"event {number}" for number in range(20)))
    (breach,) = check(damaged)
    assert breach.examples[0] == "counts@1 has parked event 0"
    assert len(breach.examples) == 5


def test_the_document_has_every_rule_in_the_words_of_the_code() -> None:
    rows = [line.split("|")[1:4] for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    written = {cells[0].strip(): (cells[1].strip(), cells[2].strip()) for cells in rows}
    for rule in RULES:
        assert written[rule.id] == (rule.promise.value, rule.says)


def test_a_partition_names_itself_as_the_broker_does() -> None:
    assert str(Partition("entente.gateway", 3, 1, ())) == "entente.gateway.g3/1"
