"""Which servers and databases are refused, and what holds on every connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Column, MetaData, Table, event, insert, make_url, select
from sqlalchemy.exc import DBAPIError, InternalError

from entente_eventkit.storage import dialect, postgres
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase, is_transient
from entente_eventkit.storage.types import BigInt, Bytes, Instant, Text
from entente_testkit.history import START
from entente_testkit.servers.postgres import NativePostgres

metadata = MetaData()
thing = Table(
    "thing",
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigInt, nullable=True),
    Column("data", Bytes, nullable=True),
    Column("at", Instant, nullable=True),
)


@pytest.fixture
def things(url: str) -> Iterator[Database]:
    database = Database(url)
    with database.writing() as connection:
        metadata.create_all(connection)
    yield database
    database.close()


@contextmanager
def set_to(server: NativePostgres, name: str, value: str) -> Iterator[None]:
    """The whole server with another setting, for a while."""
    with server.connect() as admin:
        admin.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
        admin.execute("SELECT pg_reload_conf()")
        try:
            while admin.execute(f"SHOW {name}".encode()).fetchone() != (value,):  # a signal reaches the session when it runs a statement
                pass
            yield
        finally:
            admin.execute(f"ALTER SYSTEM RESET {name}".encode())
            admin.execute("SELECT pg_reload_conf()")
            while admin.execute(f"SHOW {name}".encode()).fetchone() == (value,):
                pass


def test_protocol_24_the_settings_that_survive_a_loss_of_power_are_in_force_on_every_connection(url: str) -> None:
    database = Database(url)
    with database.writing() as one, database.reading() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
            assert connection.exec_driver_sql("SHOW fsync").scalar_one() == "on"
    database.close()


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_protocol_24_a_server_that_does_not_write_through_is_refused(server: NativePostgres, url: str, name: str) -> None:
    with set_to(server, name, "off"), pytest.raises(UnusableDatabase, match=f"{name} is off, .* set it: {name} = on in postgresql.conf"):
        Database(url)
    Database(url).close()


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_protocol_24_a_database_that_acknowledges_too_early_is_refused(server: NativePostgres, url: str, value: str) -> None:
    name = make_url(url).database
    with server.connect() as admin:
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = {value}".encode())
    with pytest.raises(UnusableDatabase, match=f'synchronous_commit is {value}, .* ALTER DATABASE "{name}" SET synchronous_commit = on'):
        Database(url)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("ENCODING 'LATIN1' LOCALE 'C'", "encoded in LATIN1; create it anew with ENCODING 'UTF8'"),
        ("ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'", "sorts text by rules of ICU"),
    ],
    ids=["LATIN1", "ICU"],
)
def test_a_database_that_keeps_or_sorts_text_otherwise_is_refused(server: NativePostgres, url: str, how: str, message: str) -> None:
    name = make_url(url).database
    with server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name}_other OWNER {name} TEMPLATE template0 {how}".encode())
    try:
        with pytest.raises(UnusableDatabase, match=message):
            Database(make_url(url).set(database=f"{name}_other").render_as_string(hide_password=False))
    finally:
        with server.connect() as admin:
            admin.execute(f"DROP DATABASE {name}_other WITH (FORCE)".encode())


def test_a_reading_transaction_sees_one_moment_and_cannot_write(things: Database) -> None:
    with things.reading() as before:
        assert before.execute(select(thing)).all() == []
        with things.writing() as connection:
            connection.execute(insert(thing), {"name": "a"})
        assert before.execute(select(thing)).all() == []
        with things.reading() as after:
            assert len(after.execute(select(thing)).all()) == 1
    with things.reading() as connection, pytest.raises(InternalError, match="read-only transaction"):
        connection.execute(insert(thing), {"name": "b"})


def test_a_connection_that_has_read_may_write_the_next_time_and_the_other_way_round(things: Database) -> None:
    for number in range(3):
        with things.reading() as connection:
            assert connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on"
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "repeatable read"
        with things.writing() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed"
            connection.execute(insert(thing), {"name": str(number)})


def test_a_thread_cannot_wait_for_itself(things: Database) -> None:
    with things.writing(), pytest.raises(RuntimeError, match="use its connection"), things.writing():
        pass
    with things.writing() as connection:
        connection.execute(insert(thing), {"name": "a"})


def test_text_sorts_as_it_does_in_sqlite_and_in_python(things: Database) -> None:
    names = ["a", "B", "ä", "Z", "z", "é", "日本", "a b", "a-b", "ab", "_", "\N{GRINNING FACE}", "\uffee", ""]
    with things.writing() as connection:
        dialect.upsert(connection, thing, [{"name": name, "number": None, "data": None, "at": None} for name in names])
    with things.reading() as connection:
        assert connection.execute(select(thing.c.name).order_by(thing.c.name)).scalars().all() == sorted(names)


def test_rows_are_sent_as_arrays_in_order_of_key(things: Database) -> None:
    rows = [
        {"name": "a", "number": 2**62, "data": b"\x00\xff", "at": START},
        {"name": "b", "number": None, "data": None, "at": None},
        {"name": 'c, {"quoted"} \\', "number": -1, "data": b"", "at": None},
    ]
    seen: list[tuple[str, dict[str, list[object]]]] = []
    event.listen(things.engine, "before_cursor_execute", lambda _c, _k, text, values, _x, _m: seen.append((text, values)))
    with things.writing() as connection:
        dialect.upsert(connection, thing, rows)
        dialect.upsert(connection, thing, [{**rows[1], "number": 5}])
        assert dialect.insert_absent(connection, thing, [{**rows[1], "number": 6}, {**rows[1], "name": "d"}]) == 1
        found = connection.execute(select(thing).order_by(thing.c.name)).mappings().all()
    assert [dict(row) for row in found] == [rows[0], {**rows[1], "number": 5}, rows[2], {**rows[1], "name": "d"}]
    inserts = [values for text, values in seen if text.startswith("INSERT INTO thing")]
    assert [values["name"] for values in inserts] == [["a", "b", 'c, {"quoted"} \\'], ["b"], ["b", "d"]]


@pytest.mark.parametrize(
    ("values", "state"),
    [({"name": "a\0b"}, None), ({"number": 2**70}, "22003"), ({"name": "x" * 100_000}, None), ({"data": 7}, "42846")],
    ids=["NUL", "too big", "long", "another type"],
)
def test_what_the_server_refuses_does_not_pass_by_itself(things: Database, values: dict[str, object], state: str | None) -> None:
    row = {"name": "a", "number": None, "data": None, "at": None} | values
    if values.get("name") == "x" * 100_000:
        row["name"] = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(2_000))
        state = "54000"
    with things.writing() as connection, pytest.raises(DBAPIError) as refused:
        dialect.upsert(connection, thing, [row])
    assert not is_transient(refused.value)
    assert getattr(refused.value.orig, "sqlstate", None) == state


def test_two_transactions_that_wait_for_each_other_pass_by_themselves(things: Database) -> None:
    other = Database(things.url)
    with things.writing() as connection:
        connection.execute(insert(thing), [{"name": "a"}, {"name": "b"}])
    with other.writing() as two:
        two.execute(select(thing).where(thing.c.name == "b").with_for_update()).all()
        with things.writing() as one:
            one.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(DBAPIError) as late:
                one.execute(select(thing).where(thing.c.name == "b").with_for_update()).all()
    assert is_transient(late.value)
    other.close()


def test_a_connection_says_who_it_is_and_how_long_it_waits(things: Database, server: NativePostgres) -> None:
    with things.writing() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with server.connect() as admin:
            assert admin.execute("SELECT application_name FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone() == ("entente",)
        for name, value in postgres.SESSION.items():
            assert connection.exec_driver_sql(f"SHOW {name}").scalar_one() == value


def test_a_wrong_password_is_told_without_showing_it(url: str) -> None:
    with pytest.raises(DBAPIError, match="password authentication failed") as refused:
        Database(make_url(url).set(password="hunter2").render_as_string(hide_password=False))  # noqa: S106 - a wrong one
    assert "hunter2" not in str(refused.value)
    assert isinstance(refused.value.orig, psycopg.OperationalError)
