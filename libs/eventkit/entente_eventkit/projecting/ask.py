"""Questions to a service's own active rows, within one transaction."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, ScalarSelect, literal, select

from entente_eventkit.projecting.rows import Row
from entente_eventkit.projecting.shape import shape_of
from entente_eventkit.storage.tables import active, applied

R = TypeVar("R", bound=Row)


class Ask:
    """Reads the rows of the instance that is active, in the same statement that finds out which one is. Usable by APIs (reading
    transaction), policies, workers and duties (their own transaction). Rows come back as plain models of the table's plain class."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def one(self, table: type[R], *key: Any) -> Any | None:
        """The row with this key (without the instance)."""
        shape = shape_of(table)
        if len(key) != len(shape.key):
            raise TypeError(f"{table.__name__} has the key ({', '.join(shape.key)}), got {len(key)} parts")
        found = self.all(table, *(column == value for column, value in zip(shape.key_columns, key, strict=True)), limit=1)
        return found[0] if found else None

    def all(self, table: type[R], *where: ColumnElement[bool] | bool, order_by: Sequence[Any] = (), limit: int | None = None) -> list[Any]:
        """The rows for which all of `where` hold, in order of key unless told otherwise."""
        shape = shape_of(table)
        conditions = [each if isinstance(each, ColumnElement) else literal(each) for each in where]
        query = select(*shape.columns).where(shape.table.c.instance == _active(table.answers), *conditions)
        query = query.order_by(*(order_by or shape.key_columns)).limit(limit)
        return [shape.make(dict(row)) for row in self.connection.execute(query).mappings()]

    def applied(self, projection: str, topic: str, stream: str) -> int:
        """The stream's last version that the active instance has applied; lets a caller wait for its own write."""
        query = select(applied.c.version).where(
            applied.c.instance == _active(projection), applied.c.topic == topic, applied.c.stream == stream
        )
        return self.connection.execute(query).scalar_one_or_none() or 0


def _active(projection: str) -> ScalarSelect[str]:
    return select(active.c.instance).where(active.c.projection == projection).scalar_subquery()
