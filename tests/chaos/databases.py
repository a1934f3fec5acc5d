"""What is asked of databases past the services."""

from sqlalchemy import func, select

from entente_eventkit.storage import tables
from entente_eventkit.storage.database import Database


def parked(database: Database) -> int:
    """How many events are parked with a cause."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(tables.parked).where(tables.parked.c.cause.is_not(None))).scalar_one()
