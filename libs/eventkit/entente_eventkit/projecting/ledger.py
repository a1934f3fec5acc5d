"""What one instance has applied and what it has parked, of one topic, within one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from entente_eventkit.projecting import bulk
from entente_eventkit.projecting.incoming import Incoming, pack, unpack
from entente_eventkit.storage.tables import applied, parked

_CHUNK = 200
_LONGEST_CAUSE = 4_000


@dataclass(slots=True)
class Parked:
    """One parked event; `cause` None: it only waits. `incoming` is loaded when it is taken."""

    cause: str | None
    attempts: int
    since: datetime
    incoming: Incoming | None = None


class Ledger:
    """Reads once for all streams of a batch, changes in memory, writes once."""

    def __init__(self, connection: Connection, instance: str, topic: str, now: datetime) -> None:
        self._connection, self._instance, self._topic, self._now = connection, instance, topic, now
        self._versions: dict[str, tuple[int, str]] = {}
        self._moved: set[str] = set()
        self._stored: set[str] = set()
        self._parked: dict[str, dict[int, Parked | None]] = {}
        self._touched: set[tuple[str, int]] = set()

    def load(self, events: Iterable[tuple[str, int]]) -> None:
        """Reads what concerns these (stream, version)s."""
        events = list(events)
        keys = [(stream,) for stream in sorted({stream for stream, _ in events})]
        query = select(applied.c.stream, applied.c.version, applied.c.id).where(
            applied.c.instance == self._instance, applied.c.topic == self._topic
        )
        for stream, version, event in bulk.by_keys(self._connection, query, [applied.c.stream], keys):
            self._versions[stream] = version, event
        if not bulk.exists(self._connection, parked, *self._mine()):
            return
        stored = select(parked.c.stream).where(*self._mine()).distinct()
        self._stored = {stream for (stream,) in bulk.by_keys(self._connection, stored, [parked.c.stream], keys)}
        wanted = {(stream, version) for stream, version in events if stream in self._stored}
        wanted |= {(stream, self.applied(stream)[0] + 1) for stream in self._stored}
        self._fetch(sorted(wanted))

    def applied(self, stream: str) -> tuple[int, str]:
        """The stream's last applied version and its event's id; (0, "") where none is."""
        return self._versions.get(stream, (0, ""))

    def advance(self, stream: str, version: int, id: str) -> None:
        """The stream's version is applied."""
        self._versions[stream] = version, id
        self._moved.add(stream)

    def parked(self, stream: str, version: int) -> Parked | None:
        """What is parked under a version."""
        known = self._parked.get(stream)
        if known is None:
            return None
        if version not in known and stream in self._stored:
            self._fetch([(stream, each) for each in range(version, version + _CHUNK) if each not in known])
        return known.get(version)

    def park(self, incoming: Incoming, cause: str | None) -> None:
        """Parks an event: with its cause, or without where it waits for an earlier one. A parked one gets the new cause."""
        stream, version = incoming.stream, incoming.version
        attempt = int(cause is not None)
        known = self.parked(stream, version)
        if known is None:
            known = Parked(None, 0, self._now, incoming)
        self._parked.setdefault(stream, {})[version] = known
        known.cause, known.attempts = None if cause is None else plain(cause), known.attempts + attempt
        self._touched.add((stream, version))

    def retry(self, stream: str, version: int) -> bool:
        """Takes the cause off a parked event, so that it is tried again; False where nothing is parked there."""
        known = self.parked(stream, version)
        if known is None:
            return False
        known.cause = None
        self._touched.add((stream, version))
        return True

    def release(self, stream: str, version: int) -> None:
        """The event is parked no longer."""
        self._parked[stream][version] = None
        self._touched.add((stream, version))

    def waiting(self, stream: str, version: int) -> Incoming | None:
        """The event parked under a version without a cause, if there is one."""
        known = self.parked(stream, version)
        if known is None or known.cause is not None:
            return None
        if known.incoming is None:
            known.incoming = self._read(stream, version)
        return known.incoming

    def flush(self) -> None:
        """Writes what changed, in order of key."""
        self._flush_applied()
        kept, gone = [], []
        for stream, version in sorted(self._touched):
            known = self._parked[stream][version]
            key = (self._instance, self._topic, stream, version)
            if known is None:
                gone.append(key)
            else:
                incoming = known.incoming or self._read(stream, version)
                values = (*key, known.cause, known.attempts, known.since, pack(incoming.headers), incoming.body)
                kept.append(dict(zip(parked.c.keys(), values, strict=True)))
        bulk.upsert(self._connection, parked, kept)
        bulk.delete_keys(self._connection, parked, gone)
        self._touched.clear()

    def _flush_applied(self) -> None:
        instance, topic, versions = self._instance, self._topic, self._versions
        rows: list[dict[str, Any]] = []
        for stream in sorted(self._moved):
            version, event = versions[stream]
            rows.append({"instance": instance, "topic": topic, "stream": stream, "version": version, "id": event})
        bulk.upsert(self._connection, applied, rows)
        self._moved.clear()

    def _mine(self) -> tuple[Any, ...]:
        return parked.c.instance == self._instance, parked.c.topic == self._topic

    def _fetch(self, places: list[tuple[str, int]]) -> None:
        for stream, version in places:
            self._parked.setdefault(stream, {})[version] = None
        query = select(parked.c.stream, parked.c.version, parked.c.cause, parked.c.attempts, parked.c.since).where(*self._mine())
        for stream, version, cause, attempts, since in bulk.by_keys(self._connection, query, [parked.c.stream, parked.c.version], places):
            self._parked[stream][version] = Parked(cause, attempts, since)

    def _read(self, stream: str, version: int) -> Incoming:
        query = select(parked.c.headers, parked.c.body).where(*self._mine(), parked.c.stream == stream, parked.c.version == version)
        headers, body = self._connection.execute(query).one()
        return Incoming(unpack(headers), body)


def plain(cause: str) -> str:
    """A cause as every database can keep it: without NUL characters and half surrogates, and not too long."""
    return cause.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()[:_LONGEST_CAUSE]
