"""The shape of a projection's table: its plain model, its key without the instance, its columns."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, inspect
from sqlmodel import SQLModel

from entente_eventkit.projecting.rows import Row


@dataclass(frozen=True, slots=True)
class Shape:
    """`key`: names of the key columns after the instance; `names`: all columns but the instance."""

    table: Table
    model: type[SQLModel]
    key: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def columns(self) -> list[Column[Any]]:
        """All columns but the instance."""
        return [self.table.c[name] for name in self.names]

    @property
    def key_columns(self) -> list[Column[Any]]:
        """The key's columns but the instance."""
        return [self.table.c[name] for name in self.key]

    def make(self, values: dict[str, Any]) -> SQLModel:
        """A plain model of values that were validated before; takes the dictionary over. (`model_construct` takes ten times as long.)"""
        row = object.__new__(self.model)
        object.__setattr__(row, "__dict__", values)
        object.__setattr__(row, "__pydantic_fields_set__", set(values))
        object.__setattr__(row, "__pydantic_extra__", None)
        object.__setattr__(row, "__pydantic_private__", None)
        return row

    def key_of(self, row: SQLModel) -> tuple[Any, ...]:
        """The row's key."""
        values = row.__dict__
        return tuple([values[name] for name in self.key])


@cache
def shape_of(row: type[Row]) -> Shape:
    """The shape of a table class; raises `TypeError` where it is no `class DutyRow(Row, Duty, table=True)`."""
    mapper = inspect(row, raiseerr=False)
    if mapper is None:
        raise TypeError(f"{row.__name__} is no table; declare it with table=True")
    table = mapper.local_table
    names = tuple(column.key for column in table.columns if column.key != "instance")
    model = next((base for base in row.__mro__[1:] if _plain(base, set(names))), None)
    if model is None:
        raise TypeError(f"{row.__name__} has no plain model; declare it as class {row.__name__}(Row, <plain SQLModel>, table=True)")
    key = tuple(column.key for column in table.primary_key.columns if column.key != "instance")
    if not key:
        raise TypeError(f"{model.__name__} has no key; give its key fields Field(primary_key=True)")
    return Shape(table, model, key, names)


def _plain(base: type, names: set[str]) -> bool:
    return issubclass(base, SQLModel) and not issubclass(base, Row) and names <= set(base.model_fields)
