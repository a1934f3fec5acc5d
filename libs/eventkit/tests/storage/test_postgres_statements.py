"""What is said to PostgreSQL and about it, as far as no server is needed; tests/integration/postgres asks a real one."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from entente_eventkit.storage import dialect, inserting, looking_up, postgres
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.many_writers import ManyWriters
from entente_eventkit.storage.tables import applied, parked
from entente_eventkit.storage.unusable import UnusableDatabase

SOUND = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}


def text(statement: object) -> str:
    return " ".join(str(statement.compile(dialect=postgresql.psycopg.dialect())).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("collation", ["C", "POSIX", "C.UTF-8", "C.utf8"])
def test_a_server_of_15_and_later_with_text_in_byte_order_is_good(collation: str) -> None:
    postgres._must_be_usable(150_000, "UTF8", collation)
    postgres._must_be_durable({**SOUND, "synchronous_commit": "remote_apply"}, "gateway")


@pytest.mark.parametrize(
    ("version", "encoding", "collation", "message"),
    [
        (140_012, "UTF8", "C", "this is PostgreSQL 14; 15 or later is needed: upgrade the server"),
        (170_000, "LATIN1", "C", "encoded in LATIN1; create it anew with ENCODING 'UTF8' TEMPLATE template0"),
        (170_000, "UTF8", "de_DE.UTF-8", "sorts text by de_DE.UTF-8, .* create it anew with LOCALE 'C'"),
    ],
)
def test_another_server_or_database_is_refused(version: int, encoding: str, collation: str, message: str) -> None:
    with pytest.raises(UnusableDatabase, match=message):
        postgres._must_be_usable(version, encoding, collation)


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("synchronous_commit", "local", 'ALTER DATABASE "gateway" SET synchronous_commit = on'),
        ("fsync", "off", "fsync = on in postgresql.conf"),
        ("full_page_writes", "off", "full_page_writes = on in postgresql.conf"),
    ],
)
def test_a_server_that_may_lose_what_it_acknowledged_is_refused(name: str, value: str, mend: str) -> None:
    with pytest.raises(UnusableDatabase, match=f"{name} is {value}, and acknowledged commits could be lost; set it: {mend}"):
        postgres._must_be_durable({**SOUND, name: value}, "gateway")


def test_rows_go_as_one_array_a_column_and_replace_or_leave_what_is_there() -> None:
    columns = "%(instance)s::VARCHAR[], %(topic)s::VARCHAR[], %(stream)s::VARCHAR[], %(version)s::BIGINT[], %(id)s::VARCHAR[]"
    replacing = text(inserting._of_arrays(applied, replaces=True))
    assert f"FROM unnest({columns}) AS sent(instance, topic, stream, version, id)" in replacing
    assert replacing.endswith("ON CONFLICT (instance, topic, stream) DO UPDATE SET version = excluded.version, id = excluded.id")
    assert text(inserting._of_arrays(applied, replaces=False)).endswith("ON CONFLICT (instance, topic, stream) DO NOTHING")


def test_rows_are_sought_by_one_statement_however_many_keys_there_are() -> None:
    found = text(looking_up._among_arrays(select(parked.c.cause), [parked.c.stream, parked.c.version]))
    assert "(parked.stream, parked.version) IN (SELECT sought.key_0, sought.key_1 FROM unnest(" in found
    assert found.endswith("%(key_0)s::VARCHAR[], %(key_1)s::BIGINT[]) AS sought(key_0, key_1))")


def test_no_keys_find_nothing_and_no_rows_write_nothing(database: Database) -> None:
    with database.writing() as connection:
        assert list(looking_up.by_keys(connection, select(applied.c.stream), [applied.c.stream], [])) == []
        assert dialect.insert_absent(connection, applied, []) == 0
        dialect.upsert(connection, applied, [])
        dialect.alone(connection, "nothing that another process could do")


def test_any_number_of_threads_may_write_but_none_waits_for_itself() -> None:
    writers = ManyWriters()
    with writers, pytest.raises(RuntimeError, match="use its connection instead of opening another"):
        writers.__enter__()
    with writers:
        pass
    writers.release()


def test_the_engine_says_who_connects_unless_the_address_does() -> None:
    engine = dialect.open_engine("postgresql+psycopg://gateway@host/gateway")
    reading, writing = dialect.for_reading_and_writing(engine)
    assert reading.get_execution_options()["isolation_level"] == "REPEATABLE READ"
    assert reading.get_execution_options()["postgresql_readonly"] is True
    assert writing.get_execution_options()["isolation_level"] == "READ COMMITTED"
