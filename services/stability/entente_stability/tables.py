"""The base of this service's tables, with metadata of their own."""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from entente_eventkit.projecting import rows
from entente_eventkit.storage.tables import NAMING
from entente_stability.domain.channels import Amounts

metadata = MetaData(naming_convention=NAMING)


class Row(rows.Row, registry=registry(metadata=metadata)):
    """Adds the instance to a table's key."""


class AmountColumns(SQLModel):
    """Exact integers, a column a channel: what `domain.channels.Amounts` is in memory."""

    observations: int = Field(default=0)
    deaths: int = Field(default=0)
    violent_events: int = Field(default=0)
    material_conflict: int = Field(default=0)
    verbal_conflict: int = Field(default=0)
    cooperation: int = Field(default=0)
    emerging_threats: int | None = Field(default=0)

    @property
    def amounts(self) -> Amounts:
        """The columns as amounts."""
        return Amounts(
            self.observations,
            self.deaths,
            self.violent_events,
            self.material_conflict,
            self.verbal_conflict,
            self.cooperation,
            self.emerging_threats or 0,
        )
