"""PostgreSQL 15 and later: many processes write, a row's lock makes them wait, and who stands still loses his locks."""

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from entente_eventkit.storage.many_writers import ManyWriters
from entente_eventkit.storage.unusable import UnusableDatabase

OLDEST = 150000
"""The oldest server, as `server_version_num` counts."""

SESSION = {"idle_in_transaction_session_timeout": "10s", "lock_timeout": "15s"}
"""A process that stands still within a transaction is cut off before those that wait for its locks give up."""

DURABLE = {"synchronous_commit": ("on", "remote_apply"), "fsync": ("on",), "full_page_writes": ("on",)}
"""What must be in force. Anything less loses acknowledged commits when power fails, or when a standby takes over."""

_BYTE_ORDER = {"C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8"}
_SORTED_BY = {"b": "C", "i": "rules of ICU"}
"""By the provider of the locale, where that is not the system: what PostgreSQL brings along from 17 on sorts by code point."""

_CONNECTING = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_POOLED, _MORE = 4, 8
"""Connections that are kept, and that are opened beside them under load."""

_ASKED = """
SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), d.datlocprovider::text, d.datcollate,
       current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes')
  FROM pg_catalog.pg_database d WHERE d.datname = current_database()
"""

_PASSING_CLASSES = frozenset({"08", "28", "40", "53", "57", "58"})
"""Connection, authorisation, serialisation and deadlock, resources, intervention by an operator, the machine itself."""

_PASSING = frozenset({"25006", "25P03", "25P04", "55P03", "55006", "3D000"})
"""A server that became a standby, transactions that stood too long, locks that were not to be had, a database that is being made."""


def open_engine(url: URL) -> Engine:
    """An engine whose connections have been found durable."""
    if url.get_driver_name() != "psycopg":
        raise UnusableDatabase(f"the driver {url.get_driver_name()} is not supported; give postgresql+psycopg://user@host/name")
    named = {"application_name": "entente"} if "application_name" not in url.query else {}
    engine = create_engine(
        url, pool_size=_POOLED, max_overflow=_MORE, pool_timeout=10, use_native_hstore=False, connect_args=_CONNECTING | named
    )
    event.listen(engine, "connect", _settle)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The engine whose transactions see one moment and cannot write."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def for_writing(engine: Engine) -> Engine:
    """The engine whose transactions may write. Each statement sees what was committed before it, as the protocol's locks expect."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def turn(url: URL) -> ManyWriters:  # noqa: ARG001 - the same for every database
    """Any number of writers."""
    return ManyWriters()


def passes(error: DBAPIError) -> bool:
    """Whether the error speaks of the server, the connection or other transactions, never of what was written."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return isinstance(error.orig, psycopg.OperationalError)
    return state in _PASSING or state[:2] in _PASSING_CLASSES


def alone(connection: Connection, what: str) -> None:
    """Waits, however long that takes, until no other transaction does `what`; holds it until this one ends."""
    connection.execute(text("SELECT set_config('lock_timeout', '0', true)"))
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"entente/{what}"})
    connection.execute(text("SELECT set_config('lock_timeout', :limit, true)"), {"limit": SESSION["lock_timeout"]})


def _settle(connection: psycopg.Connection, record: object) -> None:  # noqa: ARG001 - the listener's signature
    connection.autocommit = True
    with connection.cursor() as cursor:
        for name, value in SESSION.items():
            cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        found = cursor.execute(_ASKED).fetchone()
    connection.autocommit = False
    if found is not None:
        version, encoding, provider, collation, *settings = found
        _must_be_usable(version, encoding, _SORTED_BY.get(provider) or collation)
        _must_be_durable(dict(zip(DURABLE, settings, strict=True)), connection.info.dbname)


def _must_be_usable(version: int, encoding: str, collation: str) -> None:
    if version < OLDEST:
        raise UnusableDatabase(f"this is PostgreSQL {version // 10_000}; {OLDEST // 10_000} or later is needed: upgrade the server")
    if encoding != "UTF8":
        raise UnusableDatabase(f"the database is encoded in {encoding}; create it anew with ENCODING 'UTF8' TEMPLATE template0")
    if collation not in _BYTE_ORDER:
        raise UnusableDatabase(
            f"the database sorts text by {collation}, and rows would come in another order than elsewhere; "
            "create it anew with LOCALE 'C' TEMPLATE template0"
        )


def _must_be_durable(found: dict[str, str], database: str) -> None:
    for name, good in DURABLE.items():
        if found[name] not in good:
            where = f'ALTER DATABASE "{database}" SET {name} = on' if name == "synchronous_commit" else f"{name} = on in postgresql.conf"
            raise UnusableDatabase(f"PostgreSQL's {name} is {found[name]}, and acknowledged commits could be lost; set it: {where}")
