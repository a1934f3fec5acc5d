"""Rules about each store by itself, and about the causes that lead through all of them."""

from collections.abc import Iterator
from hashlib import sha256

from entente_eventkit.storage.tables import GENESIS
from entente_testkit.history_checker.seen import History, Store


def positions_dense(history: History) -> Iterator[str]:
    """Positions count from 1 without a hole up to the head."""
    for store in history.stores:
        for expected, event in enumerate(store.events, 1):
            if event.position != expected:
                yield f"{store.service} has position {event.position} where {expected} should be"
                break
        if store.head[0] != len(store.events):
            yield f"the head of {store.service} stands at {store.head[0]}, which has {len(store.events)} events"


def versions_dense(history: History) -> Iterator[str]:
    """Versions count from 1 without a hole in every stream of a store."""
    for store in history.stores:
        versions: dict[tuple[str, str], set[int]] = {}
        for event in store.events:
            versions.setdefault((event.topic, event.stream), set()).add(event.version)
        for (_, stream), found in versions.items():
            missing = sorted(set(range(1, max(found) + 1)) - found)
            if missing:
                yield f"{store.service} has no version {missing[0]} of {stream}, which goes up to {max(found)}"


def versions_in_order(history: History) -> Iterator[str]:
    """A stream's versions rise with the positions of its store."""
    for store in history.stores:
        last: dict[tuple[str, str], int] = {}
        for event in store.events:
            at = (event.topic, event.stream)
            if event.version <= last.get(at, 0):
                yield f"{store.service} has version {event.version} of {event.stream} behind version {last[at]}"
            last[at] = event.version


def chain_holds(history: History) -> Iterator[str]:
    """The hash chain of every store holds from its first event to its head."""
    for store in history.stores:
        previous = GENESIS
        for event in store.events:
            expected = sha256(previous + sha256(event.body or b"").digest()).digest()
            if expected != event.hash:
                yield f"{store.service}: the hash of position {event.position} ({event.id}) is not that of its body after its predecessor"
                break
            previous = event.hash
        else:
            if previous != store.head[1]:
                yield f"{store.service}: the head's hash is not that of the last event"


def causes_lead_back(history: History) -> Iterator[str]:
    """Every cause leads through stored events back to a request or to what a foreign system sent."""
    roots = {one.cause for one in history.sent}
    for store in history.stores:
        for event in store.events:
            seen = {event.id}
            cause = event.attributes["causationid"]
            while (above := history.events.get(cause)) is not None and cause not in seen:
                seen.add(cause)
                cause = above.attributes["causationid"]
            if above is not None:
                yield f"{event.id} of {store.service} is caused by itself, by way of {cause}"
            elif cause not in roots and not cause.startswith(("request/", "arrival/")):
                yield f"{event.id} of {store.service} leads back to {cause}, which is neither an event nor anything that was sent"


def one_correlation(history: History) -> Iterator[str]:
    """The correlation is the same along every chain of causes."""
    for store in history.stores:
        for event in store.events:
            above = history.events.get(event.attributes["causationid"])
            own = event.attributes["correlationid"]
            if above is not None and above.attributes["correlationid"] != own:
                yield f"{event.id} is of the chain {own}, its cause {above.id} of {above.attributes['correlationid']}"


def log_is_open(history: History) -> Iterator[str]:
    """Each store has published everything to the newest generation, which is open."""
    for store in history.stores:
        for topic, believed in store.logs.items():
            if not believed.open:
                yield f"{store.service} has not opened generation {believed.number} of {topic}"
            elif believed.number != history.newest.get(topic, 0):
                yield f"{store.service} is at generation {believed.number} of {topic}, its log at {history.newest.get(topic, 0)}"
            elif believed.cursor < _last_position(store, topic):
                yield f"{store.service} has published {topic} up to {believed.cursor} of {_last_position(store, topic)}"


def _last_position(store: Store, topic: str) -> int:
    return max((event.position for event in store.events if event.topic == topic), default=0)
