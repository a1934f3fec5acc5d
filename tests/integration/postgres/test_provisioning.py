"""One database and one role a service, with no right beyond it."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, errors
from typer.testing import CliRunner

from entente_backing.postgres import ServerAway, WrongDatabase, admin_address, provision
from entente_platform.command import app
from entente_testkit.servers.postgres import NativePostgres

NAMES = ("gateway", "partnerships", "stability")


@pytest.fixture
def server(server: NativePostgres) -> Iterator[NativePostgres]:
    yield server
    for name in NAMES:
        server.drop_database(name)


def connect(server: NativePostgres, credentials: Path, role: str, database: str) -> psycopg.Connection:
    password = (credentials / role / "database_password").read_text()
    return psycopg.connect(host="127.0.0.1", port=server.port, user=role, password=password, dbname=database, autocommit=True)


def test_each_service_owns_its_database_and_may_connect_to_no_other(server: NativePostgres, tmp_path: Path) -> None:
    made = provision(server.admin, NAMES, tmp_path)
    assert [(one.service, one.created) for one in made] == [(name, True) for name in NAMES]
    with connect(server, tmp_path, "gateway", "gateway") as mine:
        mine.execute("CREATE TABLE x (y int)")
        query = (
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'gateway'"
        )
        assert mine.execute(query.encode()).fetchone() == (*[False] * 5, True)
        query = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"
        assert mine.execute(query.encode()).fetchone() == ("UTF8", "C")
        for forbidden in ("CREATE DATABASE y", "CREATE ROLE y", "ALTER ROLE gateway SUPERUSER", "ALTER SYSTEM SET fsync = off"):
            with pytest.raises(errors.InsufficientPrivilege):
                mine.execute(forbidden.encode())
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(server, tmp_path, "gateway", "stability")


def test_the_password_is_in_a_file_of_its_owners_only_and_the_server_never_sees_it(server: NativePostgres, tmp_path: Path) -> None:
    (made,) = provision(server.admin, ["gateway"], tmp_path / "credentials")
    file = made.password_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(file.read_text()) >= 40
    with server.connect() as admin:
        found = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'gateway'").fetchone()
    assert found is not None
    assert found[0].startswith("SCRAM-SHA-256$")
    assert file.read_text() not in server.log()


def test_doing_it_again_keeps_the_password_and_the_data_and_sets_right_what_was_changed(server: NativePostgres, tmp_path: Path) -> None:
    (first,) = provision(server.admin, ["gateway"], tmp_path)
    password = first.password_file.read_text()
    with connect(server, tmp_path, "gateway", "gateway") as mine:
        mine.execute("CREATE TABLE x (y int)")
    with server.connect() as admin:
        admin.execute("ALTER ROLE gateway SUPERUSER PASSWORD 'another'")
        admin.execute("GRANT CONNECT ON DATABASE gateway TO PUBLIC")
    (again,) = provision(server.admin, ["gateway"], tmp_path)
    assert (again.created, again.password_file.read_text()) == (False, password)
    with connect(server, tmp_path, "gateway", "gateway") as mine:
        assert mine.execute("SELECT count(*) FROM x").fetchone() == (0,)
        assert mine.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'gateway'").fetchone() == (False,)
    provision(server.admin, ["stability"], tmp_path)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(server, tmp_path, "stability", "gateway")


def test_a_lost_password_file_is_followed_by_a_new_password(server: NativePostgres, tmp_path: Path) -> None:
    (made,) = provision(server.admin, ["gateway"], tmp_path)
    before = made.password_file.read_text()
    made.password_file.unlink()
    provision(server.admin, ["gateway"], tmp_path)
    assert made.password_file.read_text() != before
    connect(server, tmp_path, "gateway", "gateway").close()


def test_a_database_that_does_not_fit_is_named_and_left_alone(server: NativePostgres, tmp_path: Path) -> None:
    with server.connect() as admin:
        admin.execute("CREATE DATABASE gateway TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(WrongDatabase, match=r"the database gateway is there with encoding LATIN1 .* UTF8 and C are needed"):
        provision(server.admin, ["gateway"], tmp_path)


def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServerAway, match="connection failed"):
        provision("postgresql://postgres@127.0.0.1:1/postgres", ["gateway"], tmp_path)


def test_an_address_may_be_sqlalchemys_and_its_password_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p w\n")
    address = admin_address("postgresql+psycopg://postgres@db:5433/postgres", tmp_path / "password")
    known = {"host": "db", "port": "5433", "user": "postgres", "dbname": "postgres", "password": "p w"}
    assert conninfo.conninfo_to_dict(address) == known
    with pytest.raises(ValueError, match="no address of PostgreSQL"):
        admin_address("nowhere")


def test_the_command_provisions_every_service(server: NativePostgres, tmp_path: Path) -> None:
    (tmp_path / "admin").write_text(conninfo.conninfo_to_dict(server.admin)["password"])
    where = ["--admin-url", f"postgresql://postgres@127.0.0.1:{server.port}/postgres", "--admin-password-file", str(tmp_path / "admin")]
    done = CliRunner().invoke(app, ["database", "provision", *where, "--credentials", str(tmp_path / "credentials"), "--json"])
    assert done.exit_code == 0, done.stderr
    assert [one["service"] for one in json.loads(done.stdout)["services"]] == list(NAMES)
    for name in NAMES:
        connect(server, tmp_path / "credentials", name, name).close()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--admin-url", "postgresql://postgres:hunter2@127.0.0.1:1/postgres"], 2, "holds a password"),
        (["--admin-url", "nowhere"], 2, "no address of PostgreSQL"),
        (["--admin-url", "postgresql://postgres@127.0.0.1:1/postgres", "--service", "nobody"], 2, "there is no service 'nobody'"),
        (["--admin-url", "postgresql://postgres@127.0.0.1:1/postgres"], 3, "Connection refused"),
    ],
)
def test_what_stands_in_the_commands_way_is_said(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    done = CliRunner().invoke(app, ["database", "provision", *arguments, "--credentials", str(tmp_path)])
    assert done.exit_code == code
    assert said in " ".join(done.stderr.split())
    assert "hunter2" not in done.stderr
