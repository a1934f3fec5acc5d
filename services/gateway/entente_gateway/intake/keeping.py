"""What arrived, kept byte for byte under its digest: once, however often it comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from entente_gateway.intake.request import Item
from entente_gateway.tables import arrival


@dataclass(slots=True)
class Kept:
    """What is known of the bytes of one digest: how often they were recorded, and the position of the last event about them."""

    times: int
    position: int
    until: datetime | None = None


KEPT_FOR = timedelta(days=400)
"""How long the bytes of what was refused are kept after they last came; those of what was admitted are kept for ever."""

ERASED_AT_ONCE = 100
"""Arrivals whose bytes go with one transaction."""


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

    def keep(self, item: Item, position: int, *, refused: bool, came: bool = True) -> None:
        """Keeps an item's bytes, or (where they `came` again) counts them once more; `position` is of the last event about them."""
        kept = self._known.get(item.digest)
        until = self._arrived + KEPT_FOR if refused else None
        if kept is None:
            self._known[item.digest] = Kept(1, position, until)
            self._new[item.digest] = item
            return
        kept.times += came
        kept.position, kept.until = position, until
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
                .values(times=bindparam("count"), position=bindparam("at"), last_arrived=bindparam("last"), kept_until=bindparam("until"))
            )
            counted = [(digest, self._known[digest]) for digest in sorted(again)]
            self._connection.execute(
                statement,
                [
                    {"of": digest, "count": kept.times, "at": kept.position, "last": self._arrived, "until": kept.until}
                    for digest, kept in counted
                ],
            )
        self._erase()

    def _erase(self) -> None:
        """Lets go of bytes whose time is over; that they came, and what was said of them, stays."""
        over = select(arrival.c.digest).where(arrival.c.kept_until < self._arrived).limit(ERASED_AT_ONCE)
        self._connection.execute(update(arrival).where(arrival.c.digest.in_(over)).values(bytes=b"", kept_until=None, erased=self._arrived))

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
            "kept_until": kept.until,
            "erased": None,
        }
