"""The hash chain over the bodies: changing one stored body shows in its own hash and in every one after it.

`hash(n) = sha256(hash(n - 1) || sha256(body(n)))`, and the hash before the first is 32 zero bytes. The body enters by its digest, so that
who holds the digests alone can follow the chain.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Row, bindparam, select

from entente_eventkit.storage.tables import GENESIS, events, head

_CHUNK = 1_000
_NEXT = (
    select(events.c.position, events.c.id, events.c.hash, events.c.body)
    .where(events.c.position > bindparam("position"))
    .order_by(events.c.position)
    .limit(_CHUNK)
)


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of the event with this body, after the event with the hash `previous`."""
    return sha256(previous + sha256(body).digest()).digest()


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain is first broken. `id` is None where an event is missing."""

    position: int
    id: str | None
    what: str


def verify_chain(connection: Connection) -> Broken | None:
    """The first event that was changed, taken out or put in since it was written; None where the whole chain holds."""
    position, previous = 0, GENESIS
    for row in _rows(connection):
        position += 1
        if row.position != position:
            return Broken(position, None, f"position {position} is missing; {row.position} follows {position - 1}")
        if row.body is None:
            return Broken(position, row.id, "its body is gone")
        if link(previous, row.body) != row.hash:
            return Broken(position, row.id, "its body or its hash is not the one that was written")
        previous = row.hash
    last = connection.execute(select(head.c.position, head.c.hash)).one()
    if last.position != position:
        return Broken(position + 1, None, f"the head stands at {last.position}, the last event at {position}")
    if last.hash != previous:
        return Broken(position, None, "the head's hash is not that of the last event")
    return None


def _rows(connection: Connection) -> Iterator[Row[int, str, bytes, bytes | None]]:
    position = -1
    while chunk := connection.execute(_NEXT, {"position": position}).all():
        yield from chunk
        position = chunk[-1].position
