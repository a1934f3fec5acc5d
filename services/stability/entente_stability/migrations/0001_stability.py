"""The rows of what was observed, assessed and warned of."""

from typing import Any

from alembic import op
from sqlalchemy import Column, Date

from entente_eventkit.storage.types import BigInt, Text

revision = "stability_0001"
down_revision = None
branch_labels = ("stability",)
depends_on = None


def _key(name: str, type_: type[Text] | type[Date] = Text) -> Column[Any]:
    return Column(name, type_, primary_key=True)


def _amounts() -> list[Column[Any]]:
    names = ("observations", "deaths", "violent_events", "material_conflict", "verbal_conflict", "cooperation")
    return [Column(name, BigInt, nullable=False) for name in names]


def _said() -> list[Column[Any]]:
    return [
        Column("stability", BigInt, nullable=False),
        Column("z", BigInt, nullable=False),
        Column("terms", Text, nullable=False),
        Column("sources", Text, nullable=False),
        Column("days_observed", BigInt, nullable=False),
        Column("last_observed", Date, nullable=True),
        Column("confidence", BigInt, nullable=False),
        Column("observations", BigInt, nullable=False),
        Column("weights", Text, nullable=False),
        Column("event", Text, nullable=False),
        Column("sequence", BigInt, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "observed_bucket", _key("instance"), _key("country"), _key("day", Date), _key("known", Date), _key("source"), *_amounts()
    )
    op.create_table(
        "observed_pair_bucket",
        _key("instance"),
        _key("a"),
        _key("b"),
        _key("day", Date),
        _key("known", Date),
        _key("source"),
        _key("country"),
        *_amounts(),
    )
    op.create_table(
        "observed_sighting",
        _key("instance"),
        _key("country"),
        _key("source"),
        _key("observation"),
        Column("version", BigInt, primary_key=True, autoincrement=False),
        *_amounts(),
        Column("known", Date, nullable=False),
        Column("until", Date, nullable=True),
        Column("first", Date, nullable=False),
        Column("last", Date, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("date_precision", "event")),
        *(Column(name, Text, nullable=True) for name in ("foreign_source", "foreign_id")),
        *(Column(name, Text, nullable=False) for name in ("kind", "vocabulary", "code", "title", "who", "states")),
        Column("place", Text, nullable=True),
        Column("place_precision", Text, nullable=False),
        *(Column(name, BigInt, nullable=True) for name in ("deaths_low", "deaths_best", "deaths_high")),
        Column("grading", Text, nullable=True),
    )
    op.create_table(
        "observed_current",
        _key("instance"),
        _key("country"),
        _key("source"),
        _key("observation"),
        Column("version", BigInt, nullable=False),
    )
    op.create_table(
        "observed_watcher",
        _key("instance"),
        _key("country"),
        _key("source"),
        Column("since", Date, nullable=False),
        Column("until", Date, nullable=False),
    )
    op.create_table(
        "observed_pair_watcher",
        _key("instance"),
        _key("a"),
        _key("b"),
        _key("source"),
        _key("country"),
        Column("since", Date, nullable=False),
    )
    op.create_table(
        "observed_news",
        _key("instance"),
        _key("country"),
        _key("known", Date),
        _key("source"),
        Column("events", BigInt, nullable=False),
    )
    op.create_table("assessments_day", _key("instance"), _key("country"), _key("day", Date), *_said())
    op.create_table("assessments_latest", _key("instance"), _key("country"), Column("day", Date, nullable=False), *_said())
    op.create_table(
        "warnings_change",
        _key("instance"),
        _key("country"),
        Column("sequence", BigInt, primary_key=True, autoincrement=False),
        Column("day", Date, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("level", "before")),
        Column("stability", BigInt, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("event", "assessment")),
    )
    op.create_table(
        "warnings_standing",
        _key("instance"),
        _key("country"),
        Column("level", Text, nullable=False),
        Column("since", Date, nullable=False),
        Column("stability", BigInt, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("event", "assessment")),
    )


def downgrade() -> None:
    for table in (
        "warnings_standing",
        "warnings_change",
        "assessments_latest",
        "assessments_day",
        "observed_news",
        "observed_pair_watcher",
        "observed_watcher",
        "observed_current",
        "observed_sighting",
        "observed_pair_bucket",
        "observed_bucket",
    ):
        op.drop_table(table)
