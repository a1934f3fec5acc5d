"""One database and one role a service: the role may log in, owns its database and nothing else, and nobody else may connect to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from entente_backing.secret_files import kept_secret

_RIGHTS = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
_BYTE_ORDER = ("C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8")
OLDEST = 150000


class WrongDatabase(Exception):
    """The server or a database on it is not as a service needs it; the text says how to mend it."""


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What a service was given: database and role have its name. `created`: whether the database was made now."""

    service: str
    password_file: Path
    created: bool


class ServerAway(Exception):
    """The server does not answer, or does not let this one in."""


def admin_address(url: str, password_file: Path | None = None) -> str:
    """A libpq address from a URL (SQLAlchemy's too) and the file that holds its password. Raises `ValueError` where it is none."""
    try:
        known = conninfo.conninfo_to_dict(url.replace("postgresql+psycopg://", "postgresql://", 1))
    except psycopg.ProgrammingError:
        raise ValueError("this is no address of PostgreSQL; write postgresql://user@host/postgres") from None
    if password_file is not None:
        known["password"] = password_file.read_text("utf-8").strip()
    return conninfo.make_conninfo("", **known)


def provision(admin: str, services: Iterable[str], credentials: Path) -> list[Provisioned]:
    """Makes what is missing and sets right what is there; may be repeated at any time.

    `admin`: a libpq address (`postgresql://postgres:...@host/postgres`) of one who may create roles and databases. The password of each
    role is in `credentials/<service>/database_password` (0600): one that is there is set again, else a random one is made. The server
    gets only its SCRAM verifier. Raises `WrongDatabase`, or `ServerAway`.
    """
    try:
        with psycopg.connect(admin, autocommit=True, connect_timeout=10, application_name="entente provision") as server:
            if server.info.server_version < OLDEST:
                raise WrongDatabase(f"this is PostgreSQL {server.info.server_version // 10_000}; {OLDEST // 10_000} or later is needed")
            return [_provide(server, service, credentials / service / "database_password") for service in services]
    except psycopg.OperationalError as error:
        raise ServerAway(" ".join(str(error).split())) from error
    except psycopg.Error as error:
        raise WrongDatabase(f"the server refused: {' '.join(str(error).split())}") from error


def _provide(server: psycopg.Connection, name: str, file: Path) -> Provisioned:
    role = sql.Identifier(name)
    _set_role(server, name, kept_secret(file))
    created = not _exists(server, "SELECT FROM pg_database WHERE datname = %s", name)
    if created:
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'").format(role, role))
    else:
        _must_fit(server, name)
        server.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(role, role))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
    return Provisioned(name, file, created)


def _set_role(server: psycopg.Connection, name: str, password: str) -> None:
    verb = "ALTER" if _exists(server, "SELECT FROM pg_roles WHERE rolname = %s", name) else "CREATE"
    verifier = server.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    command = sql.SQL("{} ROLE {} {} PASSWORD {}")
    server.execute(command.format(sql.SQL(verb), sql.Identifier(name), _RIGHTS, sql.Literal(verifier)))


def _must_fit(server: psycopg.Connection, name: str) -> None:
    query = "SELECT pg_encoding_to_char(encoding), datcollate, datlocprovider::text FROM pg_database WHERE datname = %s"
    found = server.execute(query, (name,)).fetchone()
    if found is None:
        raise WrongDatabase(f"the database {name} went away while it was looked at; run this again")
    encoding, collation, provider = found
    sorts = {"b": "C", "i": "rules of ICU"}.get(provider, collation)
    if encoding != "UTF8" or sorts not in _BYTE_ORDER:
        raise WrongDatabase(
            f"the database {name} is there with encoding {encoding} and collation {sorts}; UTF8 and C are needed: "
            f"move its data into a new one, or drop it where it is empty, and run this again"
        )


def _exists(server: psycopg.Connection, query: str, name: str) -> bool:
    return server.execute(query.encode(), (name,)).fetchone() is not None
