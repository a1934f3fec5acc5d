"""Many rows at once: read by key, upserted, deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, select

from entente_eventkit.storage import dialect
from entente_eventkit.storage.looking_up import by_keys

__all__ = ["Key", "by_keys", "delete_keys", "exists", "insert_absent", "upsert"]

Key = tuple[Any, ...]


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows (each with every column) or overwrites those that have the same key."""
    dialect.upsert(connection, table, rows)


def insert_absent(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows; those whose key is there already are left as they are."""
    dialect.insert_absent(connection, table, rows)


def delete_keys(connection: Connection, table: Table, keys: Sequence[Key]) -> None:
    """Deletes rows by their whole primary key; absent ones are passed over."""
    if keys:
        columns = list(table.primary_key.columns)
        statement = delete(table).where(*(column == bindparam(f"key_{column.key}") for column in columns))
        connection.execute(statement, [{f"key_{column.key}": value for column, value in zip(columns, key, strict=True)} for key in keys])


def exists(connection: Connection, table: Table, *where: ColumnElement[bool]) -> bool:
    """Whether any row is such."""
    return connection.execute(select(1).select_from(table).where(*where).limit(1)).first() is not None
