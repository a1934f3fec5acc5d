"""The few column types, the same on SQLite and PostgreSQL, for the kernel's tables and the services' rows."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, String, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware moment; kept in UTC to the microsecond, given back aware on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time, whose zone nobody could tell afterwards."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; give an aware datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the overridden signature
        """Gives the moment back in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


BigInt = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both; SQLite wants `INTEGER` for a row id."""


class Bytes(LargeBinary):
    """Bytes, handed to the driver as they are: both take them so, and the wrapping costs as much as the insert."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:  # noqa: ARG002 - the overridden signature
        """No conversion on the way in."""
        return


Text = String
