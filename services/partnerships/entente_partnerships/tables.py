"""The base of this service's tables, with metadata of their own."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

from entente_eventkit.projecting import rows
from entente_eventkit.storage.tables import NAMING

metadata = MetaData(naming_convention=NAMING)


class Row(rows.Row, registry=registry(metadata=metadata)):
    """Adds the instance to a table's key."""
