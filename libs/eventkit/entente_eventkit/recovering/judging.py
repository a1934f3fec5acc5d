"""Whether what the log holds above a store's head can be taken over, event by event. Pure: everything it asks of the store is passed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from entente_contracts.cloudevent import CloudEvent
from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.recording import decode, encode
from entente_eventkit.recovering.evidence import Evidence, Fork
from entente_eventkit.recovering.finding import Found
from entente_eventkit.store.chain import link
from entente_eventkit.store.stored import Stored

MOST_NAMED = 20
"""Events that one sentence names."""


class Reason(StrEnum):
    """Why a store cannot simply take over what its log holds."""

    FORKED = "forked"
    TWO_EVENTS = "two events"
    HOLE = "hole"
    BROKEN = "broken chain"
    VERSION = "version"
    REPEATED = "repeated id"
    UNKNOWN = "unknown to this code"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What stands in the way, in a sentence that names it."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """The store as it stands: its head; the last version of each (topic, stream) and the ids, as far as the events in question ask."""

    position: int
    hash: bytes
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Missing:
    """An event that the store lacks and can take over: as it will be stored, and as it reads."""

    stored: Stored
    recorded: Recorded[Event]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sound`: what follows the store's head without a doubt, in order. `rest`: what the log holds beyond that and the store cannot take
    over, `refusal` says why; without a refusal there is no rest."""

    sound: tuple[Missing, ...] = ()
    rest: tuple[Found, ...] = ()
    refusal: Refusal | None = None


def judge(known: Known, evidence: Evidence) -> Verdict:
    """Follows the chain of hashes from the store's head through what the log holds, as far as it goes."""
    if evidence.forks:
        return Verdict((), (*(fork.found for fork in evidence.forks), *evidence.after(known.position)), _forked(evidence.forks))
    sound: list[Missing] = []
    versions, ids = dict(known.versions), set(known.ids)
    position, previous = known.position, known.hash
    refusal: Refusal | None = None
    while refusal is None and (candidates := list(evidence.at(position + 1))):
        newest = [found for found in candidates if evidence.is_newest(found)]
        fitting = [found for found in newest or candidates if link(previous, found.event.body or b"") == found.event.hash]
        refusal = _of_choice(newest or candidates, fitting)
        if refusal is not None:
            break
        stored = fitting[0].event
        missing, refusal = _taken(fitting[0], versions, ids)
        if missing is not None:
            sound.append(missing)
            versions[stored.topic, stored.stream] = stored.version
            ids.add(stored.id)
            position, previous = stored.position, stored.hash
    rest = tuple(evidence.after(position))
    if refusal is None and rest:
        refusal = _hole(position, rest)
    return Verdict(tuple(sound), rest, refusal)


def _of_choice(candidates: Sequence[Found], fitting: Sequence[Found]) -> Refusal | None:
    position = candidates[0].position
    if len(candidates) > 1 and len(fitting) != 1:
        return Refusal(
            Reason.TWO_EVENTS, f"the log holds {len(candidates)} different events at position {position}: {_named(candidates)}; which one "
            f"is this store's cannot be told",
        )  # fmt: skip
    if not fitting:
        return Refusal(
            Reason.BROKEN, f"the event of position {position} ({_name(candidates[0])}) does not follow what stands before it: its body is "
            f"not the one that its hash was made from, or it belongs to another history",
        )  # fmt: skip
    return None


def _taken(found: Found, versions: Mapping[tuple[str, str], int], ids: set[str]) -> tuple[Missing | None, Refusal | None]:
    event = found.event
    version = versions.get((event.topic, event.stream), 0)
    if event.version != version + 1:
        text = f"{_name(found)} is version {event.version} of {event.stream!r}, which stands at {version}"
        return None, Refusal(Reason.VERSION, text)
    if event.id in ids:
        return None, Refusal(Reason.REPEATED, f"{_name(found)} has an id that another event of the store has")
    try:
        recorded = decode(CloudEvent(event.attributes, event.body))
    except ValueError as error:
        text = f"{_name(found)} cannot be read: {error}. Recover with the version of the service that wrote it, or a later one"
        return None, Refusal(Reason.UNKNOWN, text)
    return Missing(replace(event, attributes=_in_order(event, recorded)), recorded), None


def _in_order(event: Stored, recorded: Recorded[Event]) -> dict[str, str]:
    """The attributes in the order in which they were stored, so that the row has the same bytes: a record has another."""
    order = {name: number for number, name in enumerate(encode(recorded, event.body).attributes)}
    return dict(sorted(event.attributes.items(), key=lambda attribute: order.get(attribute[0], len(order))))


def _forked(forks: Sequence[Fork]) -> Refusal:
    ways = [
        f"position {fork.found.position}: {_name(fork.found)}, where the store holds "
        f"{f'{fork.stored.id} ({fork.stored.stream!r} version {fork.stored.version})' if fork.stored else 'nothing'}"
        for fork in sorted(forks, key=lambda fork: fork.found.position)[:MOST_NAMED]
    ]
    more = f"; and {len(forks) - MOST_NAMED} more" if len(forks) > MOST_NAMED else ""
    return Refusal(Reason.FORKED, f"the log and the store went on differently, {len(forks)} events differ: {'; '.join(ways)}{more}")


def _hole(position: int, rest: Sequence[Found]) -> Refusal:
    first, last = rest[0].position, rest[-1].position
    gone = f"position {position + 1}" if first == position + 2 else f"positions {position + 1} to {first - 1}"
    return Refusal(
        Reason.HOLE, f"the log holds events up to position {last}, but not {gone}: that part was stored and never published, so it is lost "
        f"with the store",
    )  # fmt: skip


def _named(some: Sequence[Found]) -> str:
    return ", ".join(_name(found) for found in some)


def _name(found: Found) -> str:
    return f"{found.event.id} ({found.place})"
