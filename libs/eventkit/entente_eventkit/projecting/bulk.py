"""Many rows at once: read by key, upserted, deleted."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, select, tuple_

from entente_eventkit.storage import dialect

KEYS_A_QUERY = 400
"""Keys in one IN list: below every database's limit of parameters for keys of a few columns."""

Key = tuple[Any, ...]


def by_keys(
    connection: Connection, query: Select[*tuple[Any, ...]], columns: Sequence[ColumnElement[Any]], keys: Sequence[Key]
) -> Iterator[Key]:
    """The rows of a query whose `columns` are among `keys`, in as many queries as that takes."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        among = columns[0].in_([key[0] for key in some]) if len(columns) == 1 else tuple_(*columns).in_(some)
        yield from connection.execute(query.where(among))


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
