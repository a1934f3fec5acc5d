"""The gateway's own tables: the base of its rows, and what arrived from outside, byte for byte."""

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.orm import registry

from entente_eventkit.projecting import rows
from entente_eventkit.storage.tables import NAMING
from entente_eventkit.storage.types import BigInt, Bytes, Instant, Text

metadata = MetaData(naming_convention=NAMING)


class Row(rows.Row, registry=registry(metadata=metadata)):
    """Adds the instance to a table's key."""


arrival = Table(
    "arrival",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("content_type", Text, nullable=True),
    Column("length", BigInt, nullable=False),
    Column("bytes", Bytes, nullable=False),
    Column("arrived", Instant, nullable=False),
    Column("last_arrived", Instant, nullable=False),
    Column("times", BigInt, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("kept_until", Instant, nullable=True, index=True),
    Column("erased", Instant, nullable=True),
)
"""One row for what was admitted or refused, by the SHA-256 (hex) of its bytes, however often it came.

`bytes` is the whole, or the first 64 KiB of what was too large (`length` is the true one). `position`: the last event recorded of it.
`times`: how often it was refused or admitted; a duplicate of what was admitted is not counted. `kept_until`: when the bytes of what was
refused go (null: never); `erased`: when they went.
"""
