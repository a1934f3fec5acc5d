"""Apache Kafka and PostgreSQL in containers: on loopback, at ports that outlive a restart, gone at the end even of a killed run."""

import atexit
import gc
import os
import secrets
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import Self

import docker
import psycopg
import pytest
from docker.errors import DockerException, ImageNotFound
from psycopg import conninfo
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from entente_backing.postgres import provision

KAFKA = "apache/kafka:4.3.1"
POSTGRES = "postgres:17"
LONGEST = 90
"""Seconds that a server may take to start on a loaded machine."""

# Left to itself, testcontainers asks the engine for its socket through a client that it never closes.
testcontainers_config.ryuk_docker_socket = os.environ.get("TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE", "/var/run/docker.sock")

_KAFKA_PORT, _POSTGRES_PORT = 9092, 5432
_STARTED = "Kafka Server started"


def cannot_run() -> str | None:
    """Why containers cannot be used on this machine, as a sentence; None where they can. A missing image is asked of a registry."""
    if not _answers():
        return "no Docker engine answers; infra/airgap/up.sh brings one up on Debian"
    missing = [image for image in (KAFKA, POSTGRES) if not _have(image)]
    if missing:
        return f"there is no image {' or '.join(missing)}, and no registry gives it; infra/airgap/up.sh builds it"
    return None


def _answers() -> bool:
    with warnings.catch_warnings():
        # Where nobody answers, the client leaves its socket to the collector, which would complain in the middle of some test.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            with closing(docker.from_env()) as engine:
                engine.ping()
        except DockerException:
            pass
        else:
            return True
        gc.collect()
        return False


@cache
def _have(image: str) -> bool:
    with closing(docker.from_env()) as engine:
        try:
            engine.images.get(image)
        except ImageNotFound:
            try:
                engine.images.pull(image)
            except DockerException:
                return False
    return True


class Server:
    """A container that is started, hurt and healed by tests. Its port on loopback is chosen before its start and stays."""

    def __init__(self, image: str, port: int) -> None:
        if not _have(testcontainers_config.ryuk_image):
            testcontainers_config.ryuk_disabled = True
        self.port = _free_port()
        self._container = DockerContainer(image)
        self._container.ports[f"{port}/tcp"] = ("127.0.0.1", self.port)  # type: ignore[assignment] # the engine's client takes the pair

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._container.start()

    def stop(self) -> None:
        """Takes it away, its data too."""
        with suppress(ImageNotFound):
            self._container.stop()

    def pause(self) -> None:
        """It stands still and keeps its connections, as a machine that hangs does."""
        self._container.get_wrapped_container().pause()

    def unpause(self) -> None:
        """It goes on."""
        self._container.get_wrapped_container().unpause()

    def kill(self) -> None:
        """It ends without finishing anything; `restart` brings it back with its data."""
        self._container.get_wrapped_container().kill()

    def restart(self) -> None:
        """Starts it again on the same port with the same data, stopping it in order where it runs, and waits until it answers."""
        self._container.get_wrapped_container().restart(timeout=30)

    def log(self) -> str:
        """What it wrote."""
        written: bytes = self._container.get_wrapped_container().logs()
        return written.decode(errors="replace")


class ContainerKafka(Server):
    """One node of Apache Kafka, plaintext, without topics: `with ContainerKafka() as kafka: kafka.bootstrap`."""

    def __init__(self) -> None:
        super().__init__(KAFKA, _KAFKA_PORT)
        self.bootstrap = [f"127.0.0.1:{self.port}"]
        settings = {
            "NODE_ID": "1",
            "PROCESS_ROLES": "broker,controller",
            "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "CONTROLLER_LISTENER_NAMES": "CONTROLLERS",
            "INTER_BROKER_LISTENER_NAME": "NODES",
            "LISTENERS": f"CLIENTS://:{_KAFKA_PORT},NODES://localhost:9094,CONTROLLERS://localhost:9093",
            "ADVERTISED_LISTENERS": f"CLIENTS://{self.bootstrap[0]},NODES://localhost:9094",
            "LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:PLAINTEXT,NODES:PLAINTEXT,CONTROLLERS:PLAINTEXT",
            "LOG_DIRS": "/var/lib/kafka/data",
            "AUTO_CREATE_TOPICS_ENABLE": "false",
            "OFFSETS_TOPIC_NUM_PARTITIONS": "1",
            "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
            "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
            "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "HEAP_OPTS": "-Xms256m -Xmx384m",
        }
        self._container.with_envs(**{f"KAFKA_{name}": value for name, value in settings.items()})
        self._container.waiting_for(LogMessageWaitStrategy(_STARTED).with_startup_timeout(LONGEST))

    def restart(self) -> None:
        """See `Server`: waits for the log line of this start."""
        before = self.log().count(_STARTED)
        super().restart()
        _until(lambda: self.log().count(_STARTED) > before, "Kafka starts again")


class ContainerPostgres(Server):
    """A PostgreSQL server; a new database has a role of its own: `with ContainerPostgres() as server: server.new_database("gateway")`."""

    def __init__(self) -> None:
        super().__init__(POSTGRES, _POSTGRES_PORT)
        self._folder = tempfile.TemporaryDirectory(prefix="entente-container-")
        self._password = secrets.token_urlsafe(24)
        self._container.with_env("POSTGRES_PASSWORD", self._password)

    @property
    def admin(self) -> str:
        """The libpq address of the one who may do everything."""
        return conninfo.make_conninfo(host="127.0.0.1", port=self.port, user="postgres", password=self._password, dbname="postgres")

    def start(self) -> None:
        """See `Server`."""
        super().start()
        _until(self._answers, "PostgreSQL starts")

    def restart(self) -> None:
        """See `Server`."""
        super().restart()
        _until(self._answers, "PostgreSQL starts again")

    def stop(self) -> None:
        """See `Server`."""
        super().stop()
        self._folder.cleanup()

    def new_database(self, name: str) -> str:
        """A new database with a role of its own, both with this name; gives its SQLAlchemy address, password and all."""
        (made,) = provision(self.admin, [name], Path(self._folder.name))
        return f"postgresql+psycopg://{name}:{made.password_file.read_text()}@127.0.0.1:{self.port}/{name}"

    def drop_database(self, name: str) -> None:
        """Takes a database and its role away, whoever is connected."""
        with self.connect() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            server.execute(f'DROP ROLE IF EXISTS "{name}"'.encode())

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection that may do everything, each statement a transaction."""
        return psycopg.connect(conninfo.make_conninfo(self.admin, dbname=database), autocommit=True, connect_timeout=5)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


@cache
def shared() -> ContainerPostgres:
    """The one PostgreSQL container of this test process; started at the first call, gone with the process."""
    server = ContainerPostgres()
    server.__enter__()
    atexit.register(server.__exit__, None, None, None)
    return server


@pytest.fixture(scope="session")
def kafka_container() -> Iterator[ContainerKafka]:
    """A node for the session; skips with the reason where containers cannot be used."""
    _skip_without_containers()
    with ContainerKafka() as kafka:
        yield kafka


@pytest.fixture(scope="session")
def postgres_container() -> Iterator[ContainerPostgres]:
    """A server for the session; skips with the reason where containers cannot be used."""
    _skip_without_containers()
    with ContainerPostgres() as server:
        yield server


def _skip_without_containers() -> None:
    if (why := cannot_run()) is not None:
        pytest.skip(f"containers: {why}")


def _free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {LONGEST} s: {what}")
        time.sleep(0.1)
