"""Rules about the instances of projections and policies."""

from collections.abc import Iterator

from entente_contracts.rfc3339 import from_text
from entente_eventkit.acting.declare import Policy
from entente_eventkit.acting.reacting import scope_of
from entente_eventkit.projecting.projection import Projection
from entente_testkit.history_checker.folding import folded_rows
from entente_testkit.history_checker.seen import History, Instance, Store

LIVE = "live"


def stored_is_applied(history: History) -> Iterator[str]:
    """Each live instance has applied the last version of every stream that it reads."""
    for instance in _live(history):
        for (topic, stream), last in history.last.items():
            if topic not in instance.reads:
                continue
            version, event = instance.applied.get((topic, stream), (0, ""))
            if version < last.version:
                yield f"{instance.name} has applied {stream} up to version {version} of {last.version}"
            elif (version, event) != (last.version, last.id):
                yield f"{instance.name} has applied {stream} up to version {version} ({event}), its store has {last.version} ({last.id})"


def applied_was_stored(history: History) -> Iterator[str]:
    """What an instance remembers as applied is that event of a store."""
    for instance in _live(history):
        for (topic, stream), (version, event_id) in instance.applied.items():
            event = history.events.get(event_id)
            if event is None or (event.topic, event.stream, event.version) != (topic, stream, version):
                yield f"{instance.name} has applied {event_id} as version {version} of {stream}, which no store has so"


def reacted_to(history: History) -> Iterator[str]:
    """Each policy has decided on every event that it reacts to since it was born."""
    for store in history.stores:
        for instance in _live_of(store):
            policy = store.parts.get(instance.part)
            if not isinstance(policy, Policy):
                continue
            names = {event.event_name for event in policy.on}
            for event in history.events.values():
                wanted = event.topic in instance.reads and event.attributes["type"].rpartition(".v")[0] in names
                if not wanted or from_text(event.attributes["recordedtime"]) < instance.born:
                    continue
                if (scope_of(policy.name), event.id) not in store.keys:
                    yield f"{policy.name} has not decided on {event.id}, version {event.version} of {event.stream}"


def rows_are_the_fold(history: History) -> Iterator[str]:
    """Rows are what the stores' events fold to, byte for byte."""
    events = [event for store in history.stores for event in store.events]
    for store in history.stores:
        for instance in store.instances:
            projection = store.parts.get(instance.part)
            if instance.state != LIVE or not isinstance(projection, Projection) or instance.rows is None:
                continue
            for table, expected in folded_rows(projection, events).items():
                found = instance.rows.get(table, ())
                for row in sorted(set(expected).symmetric_difference(found)):
                    what = "lacks" if row in set(expected) else "has"
                    yield f"{instance.name} {what} in {table} the row {row.decode(errors='replace')}"


def nothing_parked(history: History) -> Iterator[str]:
    """Nothing is parked."""
    for instance in _live(history):
        yield from (f"{instance.name} has parked {event}" for event in instance.parked)


def nothing_unreadable(history: History) -> Iterator[str]:
    """No record was unreadable."""
    for store in history.stores:
        yield from (f"{store.service} has put aside {record}" for record in store.unreadable)


def one_live_instance(history: History) -> Iterator[str]:
    """Each projection and policy has one live instance, the one that is read."""
    for store in history.stores:
        for part in store.parts:
            live = [one for one in store.instances if one.part == part and one.state == LIVE]
            active = [one for one in store.instances if one.part == part and one.active]
            if len(live) != 1 or live != active:
                yield f"{part} of {store.service} has live {_names(live)} and reads {_names(active)}"


def nothing_left_to_do(history: History) -> Iterator[str]:
    """No mark and no fallen due is left to be worked off."""
    for store in history.stores:
        yield from (f"{one.name} has {one.marks} marks that nobody worked off" for one in _live_of(store) if one.marks)
        yield from (f"{store.service} has not done {due}" for due in store.dues)


def _names(instances: list[Instance]) -> str:
    return ", ".join(one.name for one in instances) or "none"


def _live_of(store: Store) -> list[Instance]:
    return [one for one in store.instances if one.state == LIVE]


def _live(history: History) -> list[Instance]:
    return [one for store in history.stores for one in _live_of(store)]
