"""Rows as a fold sees them, and the base of their tables."""

from typing import Any, Protocol, TypeVar

from sqlmodel import Field, SQLModel

M = TypeVar("M", bound=SQLModel)


class Row(SQLModel):
    """Mixed into a projection's table before its plain model: `class DutyRow(Row, Duty, table=True)`.

    The instance is the first part of the key, so that a rebuild stands beside the live rows. A service derives its own abstract base with
    a registry of its own: `class Row(eventkit.Row, registry=registry())`.
    """

    instance: str = Field(primary_key=True)


class Rows(Protocol):
    """The rows of one instance, to a fold: plain models, never table objects. What a raising fold did is forgotten."""

    def get(self, model: type[M], *key: Any) -> M | None:
        """The row with this key (in the order of the model's primary key fields)."""
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
