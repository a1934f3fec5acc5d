"""The kernel's tables, the same in every service's database. What each is for stands in docs/protocol.md."""

from typing import Any

from sqlalchemy import Boolean, Column, Connection, ForeignKeyConstraint, Index, Integer, MetaData, Table, UniqueConstraint, event

from entente_eventkit.storage.types import BigInt, Bytes, Instant, Text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

kernel = MetaData(naming_convention=NAMING)

head = Table(
    "head",
    kernel,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInt, nullable=False),
    Column("hash", Bytes(32), nullable=False),
)
"""One row, id 1: the lock of every append. It is there from the table's first moment, so that it can always be locked."""

GENESIS = bytes(32)
"""The hash before the first event."""


def _first_row(target: Table, connection: Connection, **_: Any) -> None:
    connection.execute(target.insert(), {"id": 1, "position": 0, "hash": GENESIS})


event.listen(head, "after_create", _first_row)

events = Table(
    "events",
    kernel,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("topic", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("version", BigInt, nullable=False),
    Column("id", Text, nullable=False),
    Column("hash", Bytes(32), nullable=False),
    Column("keyid", Text, nullable=True),
    Column("headers", Bytes, nullable=False),
    Column("body", Bytes, nullable=True),
    Column("correlationid", Text, nullable=False),
    Column("causationid", Text, nullable=False),
    UniqueConstraint("topic", "stream", "version"),
    UniqueConstraint("id"),
    Index(None, "topic", "position"),
    Index(None, "correlationid"),
    Index(None, "causationid"),
)
"""`headers`: the CloudEvents attributes as a JSON object; `body`: the very bytes that the relay sends; null once erased.
`hash`: over the previous hash and sha256(body). `keyid`: the key that a body is encrypted with, once bodies can be erased."""

keys = Table(
    "keys",
    kernel,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("answer", Bytes, nullable=False),
)
"""What was done once: a client's idempotency key, a policy's event, a foreign source's event. Kept for ever."""

log = Table(
    "log",
    kernel,
    Column("topic", Text, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("open", Boolean(create_constraint=False), nullable=False),
    Column("partitions", Integer, nullable=False),
    Column("cursor", BigInt, nullable=False),
    Column("ends", Bytes, nullable=False),
)
"""One row a topic that this store writes; `ends`: a JSON object partition -> last acknowledged offset."""

instance = Table(
    "instance",
    kernel,
    Column("name", Text, primary_key=True),
    Column("projection", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("born", Instant, nullable=False),
)
"""`name`: `<projection>@<number>`; `kind`: projection or policy; `state`: building, live or retired."""

active = Table(
    "active",
    kernel,
    Column("projection", Text, primary_key=True),
    Column("instance", Text, nullable=False),
    ForeignKeyConstraint(["instance"], ["instance.name"]),
)

checkpoint = Table(
    "checkpoint",
    kernel,
    Column("instance", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("generation", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next", BigInt, nullable=False),
)
"""`generation`: the log's number as text, or `store` for the reader that reads the stores."""

applied = Table(
    "applied",
    kernel,
    Column("instance", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", BigInt, nullable=False),
    Column("id", Text, nullable=False),
)

parked = Table(
    "parked",
    kernel,
    Column("instance", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", BigInt, primary_key=True),
    Column("cause", Text, nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("headers", Bytes, nullable=False),
    Column("body", Bytes, nullable=True),
)
"""`cause` null: it only waits for an earlier version."""

unreadable = Table(
    "unreadable",
    kernel,
    Column("topic", Text, primary_key=True),
    Column("generation", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInt, primary_key=True),
    Column("key", Bytes, nullable=True),
    Column("headers", Bytes, nullable=False),
    Column("body", Bytes, nullable=True),
    Column("cause", Text, nullable=False),
)

mark = Table(
    "mark",
    kernel,
    Column("instance", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", BigInt, nullable=False),
    Column("cause", Text, nullable=False),
    Column("correlationid", Text, nullable=False),
    Column("traceparent", Text, nullable=True),
)
"""What a fold left for a worker to do: one row a thing and stream, naming the last event that asked for it."""

due = Table(
    "due",
    kernel,
    Column("duty", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("correlationid", Text, nullable=False),
    Index(None, "at"),
)
"""What the clock works off: at `at`, the duty is done for its subject, once."""
