"""The rows of who is bound, who belongs, what agreements give and what changes."""

from typing import Any

from alembic import op
from sqlalchemy import Boolean, Column, Date

from entente_eventkit.storage.types import BigInt, Instant, Text

revision = "partnerships_0001"
down_revision = None
branch_labels = ("partnerships",)
depends_on = None


def _key(name: str, type_: Any = Text) -> Column[Any]:
    return Column(name, type_, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def _known() -> list[Column[Any]]:
    return [Column("known", Instant, nullable=False), Column("gone", Instant, nullable=True)]


def upgrade() -> None:
    op.create_table("who_is_bound_so_far", _key("instance"), _key("agreement"), _text("title"), _text("steps"), _text("held"))
    op.create_table(
        "who_is_bound",
        _key("instance"),
        *_known(),
        _key("agreement"),
        _key("party"),
        _key("first", Date),
        _key("step", BigInt),
        Column("until", Date, nullable=True),
        _text("how"),
        _text("gives"),
        _text("because"),
        _text("ended_by"),
    )
    op.create_index("ix_who_is_bound_party", "who_is_bound", ["instance", "party"])
    op.create_table(
        "who_is_bound_in_force",
        _key("instance"),
        *_known(),
        _key("agreement"),
        _key("first", Date),
        _key("step", BigInt),
        Column("until", Date, nullable=True),
        _text("rule"),
        _text("ceased", nullable=True),
        _text("because"),
        _text("ended_by"),
    )
    op.create_table(
        "who_belongs_body",
        _key("instance"),
        _key("body"),
        _text("name"),
        _text("kind"),
        _text("binds"),
        Column("founded", Date, nullable=True),
        _text("source", nullable=True),
        Column("version", BigInt, nullable=False),
        _text("steps"),
        _text("held"),
    )
    op.create_table(
        "who_belongs",
        _key("instance"),
        *_known(),
        _key("body"),
        _key("member"),
        _key("first", Date),
        _key("step", BigInt),
        Column("until", Date, nullable=True),
        _text("standing"),
        Column("suspended", Boolean, nullable=False),
        _text("because"),
        _text("ended_by"),
    )
    op.create_index("ix_who_belongs_member", "who_belongs", ["instance", "member"])
    op.create_table(
        "what_it_gives_step",
        _key("instance"),
        _key("agreement"),
        _key("step", BigInt),
        _text("name"),
        _text("party", nullable=True),
        Column("on", Date, nullable=True),
        _text("event"),
        Column("known", Instant, nullable=False),
        _text("recorded_by"),
        _text("data"),
    )
    op.create_table(
        "what_changes_so_far",
        _key("instance"),
        _key("agreement"),
        _text("title"),
        _text("steps"),
        _text("days"),
        _text("renews", nullable=True),
        Column("entered", Date, nullable=True),
        Column("until", Date, nullable=True),
    )
    op.create_table(
        "what_changes",
        _key("instance"),
        _key("agreement"),
        _key("day", Date),
        _key("party"),
        _key("place", BigInt),
        _text("what"),
        _text("says"),
        _text("because"),
    )
    op.create_index("ix_what_changes_day", "what_changes", ["instance", "day"])
