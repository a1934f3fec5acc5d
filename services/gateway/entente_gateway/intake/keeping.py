"""What arrived, kept byte for byte under its digest: once, however often it comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from entente_gateway.intake.request import Item
from entente_gateway.tables import arrival


@dataclass(slots=True)
class Kept:
    """What is known of the bytes of one digest: how often they were recorded, and the position of the last event about them."""

    times: int
    position: int


class Arrivals:
    """The arrivals of one transaction: read at its begin, written at its end, each in one statement."""

    def __init__(self, connection: Connection, items: Iterable[Item], arrived: datetime) -> None:
        self._connection, self._arrived = connection, arrived
        digests = list({item.digest for item in items})
        found = connection.execute(select(arrival.c.digest, arrival.c.times, arrival.c.position).where(arrival.c.digest.in_(digests)))
        self._known = {digest: Kept(times, position) for digest, times, position in found}
        self._new: dict[str, Item] = {}
        self._changed: set[str] = set()

    def known(self, digest: str) -> Kept | None:
        """What is known of these bytes, if they were kept before or earlier in this request."""
        return self._known.get(digest)

    def keep(self, item: Item, position: int) -> None:
        """Keeps an item's bytes, or counts them once more; `position` is of the last event about them."""
        kept = self._known.get(item.digest)
        if kept is None:
            self._known[item.digest] = Kept(1, position)
            self._new[item.digest] = item
            return
        kept.times += 1
        kept.position = position
        self._changed.add(item.digest)

    def write(self) -> None:
        """Writes what was kept and counted."""
        if self._new:
            self._connection.execute(insert(arrival), [self._row(item) for item in self._new.values()])
        again = self._changed - self._new.keys()
        if again:
            statement = (
                update(arrival)
                .where(arrival.c.digest == bindparam("of"))
                .values(times=bindparam("count"), position=bindparam("at"), last_arrived=bindparam("last"))
            )
            counted = [(digest, self._known[digest]) for digest in sorted(again)]
            self._connection.execute(
                statement, [{"of": digest, "count": kept.times, "at": kept.position, "last": self._arrived} for digest, kept in counted]
            )

    def _row(self, item: Item) -> dict[str, Any]:
        kept = self._known[item.digest]
        return {
            "digest": item.digest,
            "mode": item.mode.value,
            "content_type": item.content_type,
            "length": item.length,
            "bytes": item.kept,
            "arrived": self._arrived,
            "last_arrived": self._arrived,
            "times": kept.times,
            "position": kept.position,
        }
