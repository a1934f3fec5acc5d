"""The few column types keep what they are given."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, delete, insert, select
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import StatementError

from entente_eventkit.storage.database import Database
from entente_eventkit.storage.types import BigInt, Bytes, Instant, Text

metadata = MetaData()
kept = Table(
    "kept",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("large", BigInt),
    Column("raw", Bytes),
    Column("words", Text),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.builds(
    lambda since, zone: (EPOCH + since).astimezone(zone), st.timedeltas(timedelta(days=-25_000), timedelta(days=2_900_000)), ZONES
)


def write_and_read(database: Database, **values: object) -> object:
    with database.writing() as connection:
        metadata.create_all(connection)
        connection.execute(delete(kept))
        connection.execute(insert(kept), {"id": 1} | values)
        (name,) = values
        return connection.execute(select(kept.c[name])).scalar_one()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(moment=MOMENTS)
def test_a_moment_comes_back_the_same_and_in_utc(database: Database, moment: datetime) -> None:
    found = write_and_read(database, at=moment)
    assert found == moment
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


def test_no_moment_stays_none(database: Database) -> None:
    assert write_and_read(database, at=None) is None


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="has no time zone; give an aware datetime"):
        write_and_read(database, at=EPOCH.replace(tzinfo=None))


class OtherDialect(DefaultDialect):
    """Any database but SQLite."""

    name = "other"


def test_another_database_is_given_moments_with_their_zone() -> None:
    moment = datetime(2025, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert Instant().process_bind_param(moment, OtherDialect()) == datetime(2025, 1, 1, tzinfo=UTC)
    assert Instant().process_result_value(moment, OtherDialect()) == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), 0])
def test_sixty_four_bits_fit(database: Database, value: int) -> None:
    assert write_and_read(database, large=value) == value


def test_any_bytes_come_back(database: Database) -> None:
    assert write_and_read(database, raw=bytes(range(256))) == bytes(range(256))


def test_any_text_comes_back(database: Database) -> None:
    assert write_and_read(database, words="Ждите ответа, 平和 \U0001f54a") == "Ждите ответа, 平和 \U0001f54a"
