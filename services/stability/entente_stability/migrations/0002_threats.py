"""Emerging threats, counted beside the other channels; rows from before have none of them."""

from alembic import op
from sqlalchemy import Column

from entente_eventkit.storage.types import BigInt

revision = "stability_0002"
down_revision = "stability_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("observed_bucket", "observed_pair_bucket", "observed_sighting"):
        op.add_column(table, Column("emerging_threats", BigInt, nullable=True))
