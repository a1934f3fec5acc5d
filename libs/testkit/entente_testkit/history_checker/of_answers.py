"""Rules about what clients were told."""

import json
from collections import Counter
from collections.abc import Iterator

from entente_eventkit.acting.declare import Policy
from entente_testkit.history_checker.seen import Done, History


def answered_is_stored(history: History) -> Iterator[str]:
    """What an answer named stands in its service's store, at the place that was told."""
    for receipt in history.receipts:
        store = history.store_of(receipt.service)
        stored = store.by_id.get(receipt.event) if receipt.event is not None else None
        if receipt.event is not None and stored is None:
            yield f"{receipt.cause} was admitted as {receipt.event}, which {store.service} does not have"
        elif stored is not None and stored.position != receipt.position:
            yield f"{receipt.cause} was told position {receipt.position}, but {stored.id} stands at {stored.position}"
        elif not 0 < receipt.position <= len(store.events):
            yield f"{receipt.cause} was told position {receipt.position}, but {store.service} ends at {len(store.events)}"
    for done in history.commands:
        store = history.store_of(done.service)
        for number, named in enumerate(done.events, done.version - len(done.events) + 1):
            stored = store.by_id.get(named)
            if stored is None:
                yield f"a command on {done.stream} was answered with {named}, which {store.service} does not have"
            elif (stored.topic, stored.stream, stored.version) != (done.topic, done.stream, number):
                yield f"{named} was told as version {number} of {done.stream}, but is version {stored.version} of {stored.stream}"


def foreign_once(history: History) -> Iterator[str]:
    """A foreign event, by source and id, is admitted once and always told as the same."""
    told: dict[str, str] = {}
    for receipt in history.receipts:
        if receipt.event is not None and told.setdefault(receipt.cause, receipt.event) != receipt.event:
            yield f"{receipt.cause} was told as {told[receipt.cause]} and as {receipt.event}"
    for store in history.stores:
        count = Counter(
            f"{event.attributes['origin']}#{event.attributes['originid']}" for event in store.events if "originid" in event.attributes
        )
        yield from (f"{cause} was admitted {times} times by {store.service}" for cause, times in count.items() if times > 1)


def command_once(history: History) -> Iterator[str]:
    """What commands made is what their answers named: each was done once, and always answered the same."""
    first: dict[tuple[str, str], Done] = {}
    for done in history.commands:
        before = first.setdefault((done.service, done.key), done)
        if before != done:
            yield f"the command {done.key} was answered with {before.events} and with {done.events}"
    named = Counter(event for done in first.values() for event in done.events)
    for store in history.stores:
        for event in store.events:
            if event.attributes["causationid"].startswith("request/") and named[event.id] != 1:
                how = "by no answer" if not named[event.id] else f"by {named[event.id]} answers"
                yield f"version {event.version} of {event.stream} ({event.id}) is named {how}"


def admitted_was_sent(history: History) -> Iterator[str]:
    """What was admitted was sent, with the data that it carries."""
    sent = {one.cause: one.data for one in history.sent}
    for store in history.stores:
        for event in store.events:
            if "originid" in event.attributes:
                cause = f"{event.attributes['origin']}#{event.attributes['originid']}"
                if cause not in sent:
                    yield f"{event.id} was made from {cause}, which nobody sent"
                elif sent[cause] is None:
                    yield f"{event.id} was made from {cause}, which had to be refused"
                elif sent[cause] != event.body:
                    yield f"{event.id} holds other data than {cause} was sent with"


def decision_once(history: History) -> Iterator[str]:
    """What policies and duties made is remembered by one key each, and is there."""
    for store in history.stores:
        scopes = {f"policy/{name}" for name, part in store.parts.items() if isinstance(part, Policy)}
        scopes |= {f"duty/{name}" for name in store.duties}
        named: Counter[str] = Counter()
        for (scope, key), answer in store.keys.items():
            for event_id in json.loads(answer)["events"] if scope in scopes else ():
                named[event_id] += 1
                if event_id not in store.by_id:
                    yield f"{scope} remembers for {key} the event {event_id}, which {store.service} does not have"
        actors = {f"{store.service}/{scope.partition('/')[2]}" for scope in scopes}
        for event in store.events:
            if event.attributes["authid"] in actors and named[event.id] != 1:
                yield f"{event.id} was made by {event.attributes['authid']}, which remembers it {named[event.id]} times"


def work_once(history: History) -> Iterator[str]:
    """No worker decided the same twice for one cause."""
    for store in history.stores:
        actors = {f"{store.service}/{worker}" for worker in store.workers}
        count = Counter(
            (event.attributes["authid"], event.attributes["causationid"], event.stream, event.body)
            for event in store.events
            if event.attributes["authid"] in actors
        )
        for (actor, cause, stream, _), times in count.items():
            if times > 1:
                yield f"{actor} decided the same of {stream} {times} times because of {cause}"
