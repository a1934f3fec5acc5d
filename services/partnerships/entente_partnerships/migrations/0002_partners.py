"""The rows of channels, engagements, commitments, priorities and misalignments."""

from typing import Any

from alembic import op
from sqlalchemy import Boolean, Column, Date

from entente_eventkit.storage.types import BigInt, Instant, Text

revision = "partnerships_0002"
down_revision = "partnerships_0001"
branch_labels = None
depends_on = None


def _key(name: str, type_: Any = Text) -> Column[Any]:
    return Column(name, type_, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def upgrade() -> None:
    op.create_table("crisis_channels", _key("instance"), _key("channel"), _text("a"), _text("b"))
    op.create_table(
        "crisis_channels_step",
        _key("instance"),
        _key("channel"),
        _key("step", BigInt),
        _text("name"),
        Column("on", Date, nullable=False),
        _text("event"),
        Column("known", Instant, nullable=False),
        _text("data"),
    )
    op.create_table(
        "what_is_planned",
        _key("instance"),
        _key("engagement"),
        _text("kind"),
        _text("title"),
        _text("parties"),
        Column("first", Date, nullable=False),
        Column("last", Date, nullable=False),
        _text("place", nullable=True),
        _text("agreement", nullable=True),
        _text("stage"),
        _text("says", nullable=True),
        Column("version", BigInt, nullable=False),
        _text("event"),
    )
    op.create_table(
        "commitments_due",
        _key("instance"),
        _key("engagement"),
        _key("commitment"),
        _text("owner"),
        _text("what"),
        Column("due", Date, nullable=False),
        _text("made"),
        Column("known", Instant, nullable=False),
        _text("ended", nullable=True),
        Column("ended_on", Date, nullable=True),
        _text("ended_says", nullable=True),
        _text("ended_by", nullable=True),
        Column("ended_known", Instant, nullable=True),
        _text("fell_due", nullable=True),
    )
    op.create_table(
        "what_is_wanted",
        _key("instance"),
        _key("party"),
        _key("step", BigInt),
        Column("on", Date, nullable=False),
        _text("event"),
        Column("known", Instant, nullable=False),
        _text("data"),
    )
    op.create_table("misalignments_declared", _key("instance"), _key("party"), _key("step", BigInt), _text("event"), _text("data"))
    op.create_table("misalignments_bound", _key("instance"), _key("agreement"), _key("party"), Column("bound", Boolean, nullable=False))
    op.create_index("ix_misalignments_bound_party", "misalignments_bound", ["instance", "party"])
    op.create_table(
        "misalignments",
        _key("instance"),
        _key("a"),
        _key("b"),
        _key("step", BigInt),
        _text("agreement"),
        Column("raised", Boolean, nullable=False),
        Column("strength", BigInt, nullable=False),
        _text("apart"),
        _text("rule"),
        Column("on", Date, nullable=False),
        _text("event"),
        Column("known", Instant, nullable=False),
    )
