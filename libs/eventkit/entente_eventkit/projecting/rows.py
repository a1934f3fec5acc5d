"""Rows as a fold sees them, and the base of their tables.

A service derives one abstract base with a registry of its own, so that two services in one process never share a table name:

    metadata = MetaData(naming_convention=NAMING)

    class Row(eventkit.Row, registry=registry(metadata=metadata)):
        pass

    class Duty(SQLModel):                       # what folds read and make
        exercise: str = Field(primary_key=True)
        due: datetime

    class DutyRow(Row, Duty, table=True):       # what queries read
        __tablename__ = "duty"
"""

from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.schema import SchemaItem
from sqlmodel import Field, SQLModel

from entente_eventkit.projecting.columns import kernel_type

M = TypeVar("M", bound=SQLModel)


class Row(SQLModel):
    """Mixed into a projection's table before its plain model: `class DutyRow(Row, Duty, table=True)`.

    The instance is the first part of the key, so that a rebuild stands beside the live rows. Column types are the platform's own
    (`projecting.columns`), whatever SQLModel would have chosen. A service derives its own abstract base with a registry of its own.
    """

    answers: ClassVar[str]
    """The name of the projection whose table this is; set when the projection is declared."""

    instance: str = Field(primary_key=True)

    @classmethod
    def __table_cls__(cls, name: str, metadata: MetaData, *items: SchemaItem, **options: Any) -> Table:
        """Makes the table: the platform's column types, the instance's column first. Called by SQLAlchemy."""
        for item in items:
            if isinstance(item, Column):
                item.type = kernel_type(item.type)
        first = sorted(items, key=lambda item: not (isinstance(item, Column) and item.key == "instance"))
        return Table(name, metadata, *first, **options)


class Rows(Protocol):
    """The rows of one instance, to a fold: plain models, never table objects. What a raising fold did is forgotten."""

    def get(self, model: type[M], *key: Any) -> M | None:
        """The row with this key (in the order of the model's primary key fields), to be changed and `put` back."""
        ...

    def put(self, row: SQLModel) -> None:
        """Makes or replaces the row with this one's key."""
        ...

    def delete(self, model: type[SQLModel], *key: Any) -> None:
        """Takes the row away, if it is there."""
        ...

    def mark(self, what: str) -> None:
        """Leaves `what` for the projection's worker, because of the event being folded."""
        ...
