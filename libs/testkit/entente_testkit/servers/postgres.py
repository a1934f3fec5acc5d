"""A PostgreSQL server of this machine's own binaries, in a temporary folder, on loopback, with the settings of a durable store."""

import atexit
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import psycopg
from psycopg import conninfo

from entente_backing.postgres import provision

ACCOUNT = "postgres"
"""The system user that runs the server where the tests run as root, which PostgreSQL refuses to."""

LONGEST = 60.0
"""Seconds that a start or stop may take on a loaded machine."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "max_wal_size": "256MB",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
}

_STOPS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class NoServer(RuntimeError):
    """There is no PostgreSQL server on this machine; the text says what to install."""


def binaries() -> Path:
    """The folder of the newest server's binaries; raises `NoServer`."""
    named = os.environ.get("ENTENTE_POSTGRES_BINARIES")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    for folder in reversed(found):
        if (folder / "initdb").exists():
            return folder
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoServer("there is no PostgreSQL server; install one (Debian: postgresql), or name its bin folder: ENTENTE_POSTGRES_BINARIES")
    return Path(on_path).resolve().parent


class NativePostgres:
    """One server. `with NativePostgres() as server: url = server.new_database("gateway")`."""

    def __init__(self, **settings: str) -> None:
        """`settings`: lines of postgresql.conf that a test wants otherwise."""
        self._bin = binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="entente-postgres-"))
        self._data = self._folder / "data"
        self._settings = settings
        self._password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def admin(self) -> str:
        """The libpq address of the one who may do everything."""
        return conninfo.make_conninfo(host="127.0.0.1", port=self.port, user="postgres", password=self._password, dbname="postgres")

    def start(self) -> None:
        """Starts it, the first time with an empty cluster, and waits until it answers. The port stays the same over restarts."""
        if not self._data.exists():
            self._initialise()
        log = (self._folder / "log").open("ab")
        with log:
            command = [*_as_account(), str(self._bin / "postgres"), "-D", str(self._data)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")  # noqa: S603 - this machine's own server
        self._wait_until_it_answers()

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stops it: `fast` cuts all connections and checkpoints, `immediate` is a crash that the next start recovers from."""
        if self._process is None:
            return
        self._process.send_signal(_STOPS[mode])
        self._process.wait(LONGEST)
        self._process = None

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stops and starts it."""
        self.stop(mode)
        self.start()

    def new_database(self, name: str) -> str:
        """A new database with a role of its own, both with this name; gives its SQLAlchemy address, password and all."""
        (made,) = provision(self.admin, [name], self._folder / "credentials")
        return f"postgresql+psycopg://{name}:{made.password_file.read_text()}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, name: str) -> None:
        """Takes a database and its role away, whoever is connected."""
        with self.connect() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            server.execute(f'DROP ROLE IF EXISTS "{name}"'.encode())

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that may do everything, each statement a transaction."""
        return psycopg.connect(conninfo.make_conninfo(self.admin, dbname=database), autocommit=True)

    def cut_connections(self, database: str | None = None) -> int:
        """Cuts every client's connection (to one database); gives how many there were."""
        query = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = coalesce(%s, datname)"
        )
        with self.connect() as server:
            found = server.execute(query, (database,)).fetchone()
        return 0 if found is None else found[0]

    def log(self) -> str:
        """What the server wrote."""
        return (self._folder / "log").read_text(errors="replace")

    def _initialise(self) -> None:
        secret = self._folder / "admin"
        secret.write_text(self._password)
        secret.chmod(0o600)
        if _as_account():
            for path in (self._folder, secret):
                shutil.chown(path, ACCOUNT)
        cluster = ["--pgdata", str(self._data), "--username", "postgres", "--pwfile", str(secret), "--auth", "scram-sha-256"]
        command = [*_as_account(), str(self._bin / "initdb"), *cluster, "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603 - this machine's own server
        assert made.returncode == 0, made.stderr
        self.port = _free_port()
        lines = SETTINGS | {"port": str(self.port)} | self._settings
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        end = time.monotonic() + LONGEST
        while True:
            assert self._process.poll() is None, f"the server ended: {self.log()[-2000:]}"
            try:
                self.connect().close()
            except psycopg.OperationalError:
                assert time.monotonic() < end, f"the server does not answer: {self.log()[-2000:]}"
                time.sleep(0.02)
            else:
                return


@cache
def shared() -> NativePostgres:
    """The one server of this test process; started at the first call, gone with the process."""
    server = NativePostgres()
    server.__enter__()
    atexit.register(server.__exit__, None, None, None)
    return server


def _as_account() -> list[str]:
    """What a command is put behind so that it runs as the server's account; it keeps its process id."""
    return ["setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
