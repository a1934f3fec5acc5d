"""Rows by many keys at once: on SQLite a list of parameters, on PostgreSQL one array a column of the key."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, column, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

KEYS_A_QUERY = 400
"""Keys in one list: below SQLite's limit of parameters for keys of a few columns."""

Key = tuple[Any, ...]


def by_keys(
    connection: Connection, query: Select[*tuple[Any, ...]], columns: Sequence[ColumnElement[Any]], keys: Sequence[Key]
) -> Iterator[Key]:
    """The rows of a query whose `columns` are among `keys`."""
    if connection.dialect.name == "postgresql":
        if keys:
            arrays = {f"key_{number}": [key[number] for key in keys] for number in range(len(columns))}
            yield from connection.execute(_among_arrays(query, columns), arrays)
        return
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        among = columns[0].in_([key[0] for key in some]) if len(columns) == 1 else tuple_(*columns).in_(some)
        yield from connection.execute(query.where(among))


def _among_arrays(query: Select[*tuple[Any, ...]], columns: Sequence[ColumnElement[Any]]) -> Select[*tuple[Any, ...]]:
    """The same statement however many keys there are, so that it is compiled, parsed and planned once."""
    arrays = [bindparam(f"key_{number}", type_=ARRAY(each.type)) for number, each in enumerate(columns)]
    names = [column(f"key_{number}", each.type) for number, each in enumerate(columns)]
    sought = func.unnest(*arrays).table_valued(*names).render_derived("sought")
    return query.where(tuple_(*columns).in_(select(*sought.c)))
