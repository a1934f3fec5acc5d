"""Inserts of many rows, some of which may be there: on SQLite one statement for many rows, on PostgreSQL one array a column."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, column, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

Insert = sqlite.Insert | postgresql.Insert


def insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, replaces: bool) -> int:
    """Inserts the rows; gives how many were written."""
    if connection.dialect.name == "postgresql":
        statement = _of_arrays(table, replaces=replaces).execution_options(preserve_rowcount=True)
        return connection.execute(statement, {each.name: [row[each.name] for row in rows] for each in table.columns}).rowcount
    return connection.execute(_of_rows(table, replaces=replaces), rows).rowcount


@cache
def _of_rows(table: Table, *, replaces: bool) -> Insert:
    return _met(sqlite.insert(table), table, replaces=replaces)


@cache
def _of_arrays(table: Table, *, replaces: bool) -> Insert:
    """Arrays take a third of the time that rows sent one by one do; they are sent in the order of the rows."""
    arrays = [bindparam(each.name, type_=ARRAY(each.type)) for each in table.columns]
    names = [each.name for each in table.columns]
    sent = func.unnest(*arrays).table_valued(*(column(each.name, each.type) for each in table.columns)).render_derived("sent")
    return _met(postgresql.insert(table).from_select(names, select(*(sent.c[name] for name in names))), table, replaces=replaces)


def _met(statement: Any, table: Table, *, replaces: bool) -> Insert:
    keys = list(table.primary_key)
    others = {each.name: statement.excluded[each.name] for each in table.columns if not each.primary_key}
    met: Insert = (
        statement.on_conflict_do_update(index_elements=keys, set_=others)
        if replaces and others
        else statement.on_conflict_do_nothing(index_elements=keys)
    )
    return met
