"""Column types of a service's rows, chosen once for every projection from what its plain models say."""

from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine
from sqlmodel import AutoString
from sqlmodel.sql.sqltypes import UTCDateTime

from entente_eventkit.storage.types import BigInt, Instant, Text


class Choice(TypeDecorator[PythonEnum]):
    """A member of an enumeration, kept as text by its value: renaming a member in Python moves no data, adding one needs no migration."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[PythonEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: PythonEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Raises `ValueError` for what is no member."""
        return None if value is None else str(self.members(value).value)

    def process_result_value(self, value: Any, dialect: Dialect) -> PythonEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Raises `ValueError` where the row holds what is no member any more."""
        return None if value is None else self.members(value)


def kernel_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The platform's type for the one that SQLModel chose: 64-bit integers, moments in UTC, text without a length, choices by value."""
    match type_:
        case Enum(enum_class=members) if members is not None:
            return Choice(members)
        case DateTime() | UTCDateTime():
            return Instant()
        case String() | AutoString():
            return Text()
        case Integer():
            return BigInt
        case _:
            return type_
