"""The kernel's tables."""

import sqlalchemy as sa
from alembic import op

from entente_eventkit.storage.types import BigInt, Instant

revision = "kernel_0001"
down_revision = None
branch_labels = ("kernel",)
depends_on = None


def upgrade() -> None:
    head = op.create_table(
        "head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", BigInt, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_head"),
    )
    op.bulk_insert(head, [{"id": 1, "position": 0, "hash": bytes(32)}])
    op.create_table(
        "events",
        sa.Column("position", BigInt, nullable=False, autoincrement=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("stream", sa.String, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("keyid", sa.String, nullable=True),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("correlationid", sa.String, nullable=False),
        sa.Column("causationid", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_events"),
        sa.UniqueConstraint("topic", "stream", "version", name="uq_events_topic_stream_version"),
        sa.UniqueConstraint("id", name="uq_events_id"),
    )
    op.create_index("ix_events_topic_position", "events", ["topic", "position"])
    op.create_index("ix_events_correlationid", "events", ["correlationid"])
    op.create_index("ix_events_causationid", "events", ["causationid"])
    op.create_table(
        "keys",
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("request_hash", sa.String, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_keys"),
    )
    op.create_table(
        "log",
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("partitions", sa.Integer, nullable=False),
        sa.Column("cursor", BigInt, nullable=False),
        sa.Column("ends", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("topic", name="pk_log"),
    )
    _instances()
    _parked()
    _to_do()


def _instances() -> None:
    op.create_table(
        "instance",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("projection", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("born", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_instance"),
    )
    op.create_table(
        "active",
        sa.Column("projection", sa.String, nullable=False),
        sa.Column("instance", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("projection", name="pk_active"),
        sa.ForeignKeyConstraint(["instance"], ["instance.name"], name="fk_active_instance"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("instance", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("generation", sa.String, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("next", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("instance", "topic", "generation", "partition", name="pk_checkpoint"),
    )
    op.create_table(
        "applied",
        sa.Column("instance", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("stream", sa.String, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("instance", "topic", "stream", name="pk_applied"),
    )


def _parked() -> None:
    op.create_table(
        "parked",
        sa.Column("instance", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("stream", sa.String, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("cause", sa.String, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("instance", "topic", "stream", "version", name="pk_parked"),
    )
    op.create_table(
        "unreadable",
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("generation", sa.String, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", BigInt, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=True),
        sa.Column("headers", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("cause", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("topic", "generation", "partition", "offset", name="pk_unreadable"),
    )


def _to_do() -> None:
    op.create_table(
        "mark",
        sa.Column("instance", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("stream", sa.String, nullable=False),
        sa.Column("version", BigInt, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("correlationid", sa.String, nullable=False),
        sa.Column("traceparent", sa.String, nullable=True),
        sa.PrimaryKeyConstraint("instance", "what", "topic", "stream", name="pk_mark"),
    )
    op.create_table(
        "due",
        sa.Column("duty", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("correlationid", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("duty", "subject", "at", name="pk_due"),
    )
    op.create_index("ix_due_at", "due", ["at"])
