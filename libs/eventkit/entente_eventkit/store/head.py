"""The head of the store under its lock: what a transaction decides on, and what it will append."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.topics import Topic
from entente_eventkit.clock import Clock, new_id
from entente_eventkit.storage.database import after_commit
from entente_eventkit.storage.dialect import locked
from entente_eventkit.storage.tables import events as events_table
from entente_eventkit.storage.tables import head as head_table
from entente_eventkit.storage.tables import keys as keys_table
from entente_eventkit.store import stored
from entente_eventkit.store.because import Because
from entente_eventkit.store.chain import link
from entente_eventkit.store.encoding import Encoded, encoded, must_be_sendable
from entente_eventkit.store.errors import VersionConflict
from entente_eventkit.store.stored import NewEvent
from entente_eventkit.telemetry import metrics, names, tracing

_HEAD = locked(select(head_table.c.position, head_table.c.hash).where(head_table.c.id == 1))
_VERSION = select(func.max(events_table.c.version)).where(
    events_table.c.topic == bindparam("topic"), events_table.c.stream == bindparam("stream")
)
_ANSWER = select(keys_table.c.request_hash, keys_table.c.answer).where(
    keys_table.c.scope == bindparam("scope"), keys_table.c.key == bindparam("key")
)
_INSERT_EVENTS = events_table.insert()
_INSERT_KEYS = keys_table.insert()
_MOVE_HEAD = head_table.update().where(head_table.c.id == 1).values(position=bindparam("new_position"), hash=bindparam("new_hash"))


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What a key was answered with."""

    request_hash: str
    answer: bytes


class Head:
    """The store under its lock: what is read here cannot change before the transaction ends.

    Appended events and remembered keys are seen by every method here at once, and written together when the block of
    `EventStore.head` ends: queries beside it see them only then.
    """

    def __init__(self, connection: Connection, clock: Clock, source: str) -> None:
        """Takes the lock. `source`: the CloudEvents source of what is appended."""
        self._connection, self._clock, self._source = connection, clock, source
        row = connection.execute(_HEAD).one()
        self._position: int = row.position
        self._hash: bytes = row.hash
        self._versions: dict[tuple[str, str], int] = {}
        self._fresh: dict[tuple[str, str], list[Recorded[Event]]] = {}
        self._answers: dict[tuple[str, str], KnownAnswer] = {}
        self._new_events: list[dict[str, Any]] = []
        self._new_keys: list[dict[str, Any]] = []
        self.states: dict[tuple[str, str], tuple[int, Any]] = {}
        """What `commands.load` folded so far: (decider, stream) -> (version, state)."""

    @property
    def position(self) -> int:
        """The position of the last event, those appended here among them; 0 before the first."""
        return self._position

    def version(self, topic: Topic, stream: str) -> int:
        """The stream's last version, 0 where it has none; raises `EventDoesNotDecode` for a name that none can have."""
        at = (topic.name, stream)
        version = self._versions.get(at)
        if version is None:
            must_be_sendable(stream)
            version = self._connection.execute(_VERSION, {"topic": topic.name, "stream": stream}).scalar() or 0
            self._versions[at] = version
        return version

    def versions(self, topic: Topic, streams: Collection[str]) -> dict[str, int]:
        """The last versions of those of the streams that have any."""
        query = select(events_table.c.stream, func.max(events_table.c.version).label("last")).group_by(events_table.c.stream)
        rows = self._connection.execute(query.where(events_table.c.topic == topic.name, events_table.c.stream.in_(streams)))
        found = {row.stream: row.last for row in rows}
        return found | {stream: self._versions[topic.name, stream] for stream in streams if self._fresh.get((topic.name, stream))}

    def stream(self, topic: Topic, stream: str, after: int = 0) -> list[Recorded[Event]]:
        """The events of a stream in order, upcast; only those above the version `after`."""
        fresh = [event for event in self._fresh.get((topic.name, stream), ()) if event.sequence > after]
        if fresh and fresh[0].sequence == after + 1:
            return fresh
        return stored.stream(self._connection, topic.name, stream, after) + fresh

    def last(self, topic: Topic, stream: str) -> Recorded[Event] | None:
        """The last event of a stream."""
        fresh = self._fresh.get((topic.name, stream))
        return fresh[-1] if fresh else stored.last(self._connection, topic.name, stream)

    def answer(self, scope: str, key: str) -> KnownAnswer | None:
        """What this key was answered with, if it was ever used."""
        known = self._answers.get((scope, key))
        if known is not None:
            return known
        row = self._connection.execute(_ANSWER, {"scope": scope, "key": key}).one_or_none()
        return None if row is None else KnownAnswer(row.request_hash, row.answer)

    def answers(self, scope: str) -> dict[str, KnownAnswer]:
        """What every key of a scope was answered with; for scopes that stay small."""
        query = select(keys_table.c.key, keys_table.c.request_hash, keys_table.c.answer).where(keys_table.c.scope == scope)
        found = {row.key: KnownAnswer(row.request_hash, row.answer) for row in self._connection.execute(query)}
        return found | {key: answer for (of, key), answer in self._answers.items() if of == scope}

    def remember(self, scope: str, key: str, request_hash: str, answer: bytes) -> None:
        """Keeps a new key's answer for ever. Ask `answer` first: a key has one answer."""
        if (scope, key) in self._answers:
            raise ValueError(f"the key {key!r} of {scope} has its answer already, given in this transaction")
        self._answers[scope, key] = KnownAnswer(request_hash, answer)
        self._new_keys.append({"scope": scope, "key": key, "request_hash": request_hash, "answer": answer})

    def append(
        self, topic: Topic, stream: str, events: Sequence[Event | NewEvent], because: Because, expected: int | None = None
    ) -> list[Recorded[Event]]:
        """Appends events to a stream; raises `VersionConflict`, `EventTooLarge` or `EventDoesNotDecode`, having appended nothing."""
        version = self.version(topic, stream)
        if expected is not None and expected != version:
            raise VersionConflict(stream, expected, version)
        with tracing.span(f"append {topic.name}", parent=_parent(because)) as traceparent:
            if traceparent is not None:
                tracing.note({names.STREAM: stream, names.EVENTS: len(events), names.CORRELATION: because.correlationid})
            ready = self._encoded(topic, stream, version, events, because, traceparent or because.traceparent)
        for each in ready:
            self._take(topic, stream, each)
        return [each.recorded for each in ready]

    def _encoded(
        self, topic: Topic, stream: str, version: int, events: Sequence[Event | NewEvent], because: Because, traceparent: str | None
    ) -> list[Encoded]:
        now = self._clock.now().astimezone(UTC)
        ready = []
        for sequence, event in enumerate(events, version + 1):
            new = event if isinstance(event, NewEvent) else NewEvent(event)
            recorded: Recorded[Event] = Recorded(
                id=new_id(self._clock),
                source=self._source,
                type=new.data.event_type(),
                subject=stream,
                sequence=sequence,
                time=new.time or now,
                recordedtime=now,
                correlationid=because.correlationid,
                causationid=because.causationid,
                actor=because.actor,
                data=new.data,
                traceparent=traceparent,
                dataclassification=new.dataclassification,
                origin=new.origin,
            )
            ready.append(encoded(topic, recorded, new.body))
        return ready

    def _take(self, topic: Topic, stream: str, event: Encoded) -> None:
        recorded = event.recorded
        self._position += 1
        self._hash = link(self._hash, event.body)
        self._versions[topic.name, stream] = recorded.sequence
        self._fresh.setdefault((topic.name, stream), []).append(recorded)
        self._new_events.append(
            {
                "position": self._position,
                "topic": topic.name,
                "stream": stream,
                "version": recorded.sequence,
                "id": recorded.id,
                "hash": self._hash,
                "keyid": None,
                "headers": event.headers,
                "body": event.body,
                "correlationid": recorded.correlationid,
                "causationid": recorded.causationid,
            }
        )

    def write(self) -> None:
        """Writes what was appended and remembered; called once, at the end of the block, by `EventStore.head`."""
        if self._new_events:
            self._connection.execute(_INSERT_EVENTS, self._new_events)
            self._connection.execute(_MOVE_HEAD, {"new_position": self._position, "new_hash": self._hash})
            after_commit(self._connection, partial(_tell, Counter(event["topic"] for event in self._new_events)))
        if self._new_keys:
            self._connection.execute(_INSERT_KEYS, self._new_keys)


def _tell(appended: Counter[str]) -> None:
    for topic, count in appended.items():
        metrics.appended(topic, count)


def _parent(because: Because) -> str | None:
    """The current span is the nearest cause; where there is none, the event or request that asked."""
    return because.traceparent if tracing.current() is None else None
