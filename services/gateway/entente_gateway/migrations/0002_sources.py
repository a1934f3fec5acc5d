"""Suspensions and tokens of sources; how long the bytes of what was refused are kept."""

from alembic import op
from sqlalchemy import Column

from entente_eventkit.storage.types import Instant, Text

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("arrival", Column("kept_until", Instant, nullable=True))
    op.add_column("arrival", Column("erased", Instant, nullable=True))
    op.create_index("ix_arrival_kept_until", "arrival", ["kept_until"])
    op.add_column("sources_source", Column("suspended", Instant, nullable=True))
    op.add_column("sources_source", Column("suspended_because", Text, nullable=True))
    op.create_table(
        "sources_token",
        Column("instance", Text, primary_key=True),
        Column("source", Text, primary_key=True),
        Column("token", Text, primary_key=True),
        Column("digest", Text, nullable=False),
        Column("issued", Instant, nullable=False),
        Column("issued_by", Text, nullable=False),
        Column("revoked", Instant, nullable=True),
    )
    op.create_index("ix_sources_token_digest", "sources_token", ["instance", "digest"])
