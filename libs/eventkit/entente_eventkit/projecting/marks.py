"""Marks: what folds leave for a worker to do, and who owns them when an instance gives way to the next."""

from typing import Any

from sqlalchemy import Connection, and_, delete, exists, select

from entente_contracts.recorded import Recorded
from entente_eventkit.projecting import bulk
from entente_eventkit.storage.tables import applied, mark

Place = tuple[str, str]


class Marks:
    """The marks of one instance and topic within one transaction; of each (what, stream) the one of the highest version is kept."""

    __slots__ = ("_draft", "_instance", "_kept", "_topic")

    def __init__(self, instance: str, topic: str) -> None:
        self._instance, self._topic = instance, topic
        self._draft: dict[Place, Recorded[Any]] = {}
        self._kept: dict[Place, Recorded[Any]] = {}

    def add(self, what: str, event: Recorded[Any]) -> None:
        """Marks `what` because of an event; a stream's events come in order, so the last one added is the highest."""
        self._draft[what, event.subject] = event

    def keep(self) -> None:
        """Keeps what the event in hand marked."""
        if self._draft:
            self._kept.update(self._draft)
            self._draft.clear()

    def forget(self) -> None:
        """Forgets what the event in hand marked."""
        self._draft.clear()

    def forget_all(self) -> None:
        """Forgets everything that was not written."""
        self._draft.clear()
        self._kept.clear()

    def flush(self, connection: Connection) -> None:
        """Writes what was kept."""
        if not self._kept:
            return
        rows = [
            {
                "instance": self._instance,
                "what": what,
                "topic": self._topic,
                "stream": stream,
                "version": event.sequence,
                "cause": event.id,
                "correlationid": event.correlationid,
                "traceparent": event.traceparent,
            }
            for (what, stream), event in sorted(self._kept.items(), key=lambda item: item[0])
        ]
        bulk.upsert(connection, mark, rows)
        self._kept.clear()


def hand_over(connection: Connection, old: str, new: str) -> None:
    """Makes the marks of `new` those that a worker of `old` had still to do, and those of events that `old` never saw.

    What `old` applied, its worker has either done or still has marked: a mark of `new` up to that version says nothing more. So a worker
    does nothing twice after a rebuild, and forgets nothing.
    """
    seen = applied.alias()
    connection.execute(
        delete(mark).where(
            mark.c.instance == new,
            exists().where(
                and_(
                    seen.c.instance == old,
                    seen.c.topic == mark.c.topic,
                    seen.c.stream == mark.c.stream,
                    seen.c.version >= mark.c.version,
                )
            ),
        )
    )
    pending = [{**row, "instance": new} for row in connection.execute(select(mark).where(mark.c.instance == old)).mappings()]
    bulk.insert_absent(connection, mark, pending)
    connection.execute(delete(mark).where(mark.c.instance == old))
