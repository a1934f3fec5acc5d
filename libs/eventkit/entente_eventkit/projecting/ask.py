"""Questions to a service's own active rows, within one transaction."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection

from entente_eventkit.projecting.rows import Row

R = TypeVar("R", bound=Row)


class Ask:
    """Reads the rows of the instance that is active, in the same statement that finds out which one is. Usable by APIs (reading
    transaction), policies, workers and duties (their own transaction). Rows come back as plain models of the table's plain class."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def one(self, table: type[R], *key: Any) -> Any | None:
        """The row with this key (without the instance)."""
        raise NotImplementedError

    def all(self, table: type[R], *where: ColumnElement[bool] | bool, order_by: Sequence[Any] = (), limit: int | None = None) -> list[Any]:
        """The rows for which all of `where` hold."""
        raise NotImplementedError

    def applied(self, projection: str, topic: str, stream: str) -> int:
        """The stream's last version that the active instance has applied; lets a caller wait for its own write."""
        raise NotImplementedError
