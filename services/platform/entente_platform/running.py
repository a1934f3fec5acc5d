"""All services in one process: one data folder, one clock, one embedded log, one address on loopback."""

import fcntl
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import uvicorn
from sqlalchemy.exc import DatabaseError
from starlette.applications import Starlette

from entente_eventkit import collector
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.clock import Clock, SetClock, SystemClock
from entente_eventkit.log.embedded import EmbeddedLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.connections import Connection
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.settings import WrongSetting
from entente_eventkit.shell.tokens import make_tokens
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.telemetry import setup
from entente_eventkit.telemetry.logs import logged_to
from entente_platform.app import SERVICES
from entente_platform.folder import DataFolder
from entente_platform.routes import routes
from entente_platform.settings import PlatformSettings

LOOPBACK = "127.0.0.1"
GRACE = 10
"""Seconds that requests in hand get at a stop."""


Unusable = (CannotStart, UnusableDatabase, DatabaseError, WrongSetting)
"""Why the platform cannot run on what it was given; each text says what is wrong."""


class InUse(Exception):
    """Another platform runs on the folder, or something else listens on the port; the text says which."""


def clock_at(start: datetime | None) -> Clock:
    """The machine's clock, or one that stands at `start` until it is moved."""
    return SystemClock() if start is None else SetClock(start)


@contextmanager
def alone(folder: DataFolder) -> Iterator[None]:
    """Holds the data folder for one process; raises `InUse` where another has it. The lock goes with its process, however that ends.

    What the process writes meanwhile, its owner alone can read.
    """
    folder.make()
    before = os.umask(0o077)
    try:
        with folder.lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InUse(f"another platform runs on the data folder {folder.path}") from None
            yield
    finally:
        os.umask(before)


def listening(port: int) -> socket.socket:
    """A socket on loopback (port 0: any that is free); raises `InUse`."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((LOOPBACK, port))
    except OSError as error:
        made.close()
        raise InUse(f"port {port} cannot be used: {error.strerror}") from error
    return made


def platform(folder: DataFolder, clock: Clock) -> Starlette:
    """The application of all services on a data folder, which migrates its databases and makes its tokens by itself."""
    settings = PlatformSettings.read("platform")
    log = SharedLog(EmbeddedLog())
    runtimes = {service.name: ServiceRuntime(service, address_in(folder, service), log, clock, migrates=True) for service in SERVICES}
    door = make_tokens(folder.tokens)
    apps = [build_app(service, runtimes[service.name], door=door) for service in SERVICES]
    return mount(apps, also=routes(clock, runtimes), within=partial(setup.listening, "entente-platform", settings.otlp_endpoint))


def migrate_all(folder: DataFolder) -> Iterator[str]:
    """Brings every service's database to this version; gives the names of the services, one by one as they are done."""
    for service in SERVICES:
        database = Database(address_in(folder, service))
        try:
            migrate(database, service.migrations)
        finally:
            database.close()
        yield service.name


def address_in(folder: DataFolder, service: Service) -> str:
    """The address of a service's database in a data folder."""
    return f"sqlite:///{folder.database(service.name).resolve()}"


class _Server(uvicorn.Server):
    """Says when it answers, and when it no longer will."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()


class _Untraced(logging.Filter):
    """Leaves out the traceback of a start that one sentence explains."""

    def __init__(self, app: Starlette) -> None:
        super().__init__()
        self._app = app

    def filter(self, _: logging.LogRecord) -> bool:
        return _why_not(self._app) is None


def _why_not(app: Starlette) -> CannotStart | None:
    why: CannotStart | None = getattr(app.state, "cannot_start", None)
    return why


def serve(app: Starlette, folder: DataFolder, listener: socket.socket, started: Callable[[str], None]) -> bool:
    """Runs until SIGINT or SIGTERM, then stops in order; gives whether it had started. `started(url)` is called when it answers.

    Raises `CannotStart` where a service must not start.
    """
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"

    def tell() -> None:
        collector.settle()
        folder.note_running(url)
        started(url)

    config = uvicorn.Config(app, http=Connection, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=GRACE)
    server = _Server(config, tell)
    # uvicorn stops in order on these signals and then raises them again, for handlers that were there before: nothing more is to be done.
    before = {each: signal.signal(each, lambda *_: None) for each in (signal.SIGINT, signal.SIGTERM)}
    said, quiet = logging.getLogger("uvicorn.error"), _Untraced(app)
    said.addFilter(quiet)
    try:
        with logged_to(None, "platform", PlatformSettings.read("platform").log_level):
            server.run([listener])
    except SystemExit:
        why = _why_not(app)
        if why is not None:
            raise why from None
        return False
    finally:
        said.removeFilter(quiet)
        for each, handler in before.items():
            signal.signal(each, handler)
        folder.note_stopped()
        listener.close()
    return server.started
