"""What arrived from outside, and the rows of sources and quarantine."""

from typing import Any

from alembic import op
from sqlalchemy import Column

from entente_eventkit.storage.types import BigInt, Bytes, Instant, Text

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "arrival",
        _key("digest"),
        _text("mode"),
        _text("content_type", nullable=True),
        Column("length", BigInt, nullable=False),
        Column("bytes", Bytes, nullable=False),
        Column("arrived", Instant, nullable=False),
        Column("last_arrived", Instant, nullable=False),
        Column("times", BigInt, nullable=False),
        Column("position", BigInt, nullable=False),
    )
    op.create_table(
        "quarantine_arrival",
        _key("instance"),
        _key("digest"),
        _text("reason"),
        _text("detail"),
        _text("mend"),
        Column("length", BigInt, nullable=False),
        _text("claimed_source", nullable=True),
        _text("claimed_id", nullable=True),
        _text("signed_by", nullable=True),
        Column("first_refused", Instant, nullable=False),
        Column("last_judged", Instant, nullable=False),
        _text("admitted", nullable=True),
    )
    op.create_index("ix_quarantine_arrival_last_judged", "quarantine_arrival", ["last_judged"])
    op.create_table(
        "sources_source",
        _key("instance"),
        _key("name"),
        _text("uri"),
        _text("party", nullable=True),
        _text("title"),
        _text("rights"),
        Column("registered", Instant, nullable=False),
        _text("registered_by"),
        Column("version", BigInt, nullable=False),
    )
    op.create_table(
        "sources_key",
        _key("instance"),
        _key("source"),
        _key("keyid"),
        _text("algorithm"),
        _text("pem"),
        Column("added", Instant, nullable=False),
        _text("added_by"),
        Column("revoked_at", Instant, nullable=True),
        _text("revoked_by", nullable=True),
        _text("revoked_because", nullable=True),
    )
