"""Runs one service alone, against a Kafka broker and a database of its own, or migrates that database.

The embedded log reads history from the stores of all services of one process, so it is the platform's; alone there would be none to read.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import uvicorn
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette

from entente_eventkit import collector
from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.clock import SetClock, SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.recovering import command
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.connections import Connection
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.settings import Settings, WrongSetting
from entente_eventkit.shell.tokens import make_tokens
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase, is_transient
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.telemetry import logs, setup

_log_of = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.05, 5.0
GRACE = 10
"""Seconds that requests in hand get at a stop."""


def application(service: Service, settings: Settings) -> Starlette:
    """The service as an application; its life cycle starts and stops everything. The database must be at the newest revision.

    Raises `WrongSetting` where `bootstrap` or `tokens_file` is missing.
    """
    bootstrap, tokens = _needed(service, settings)
    clock = SystemClock() if settings.clock is None else SetClock(settings.clock)
    runtime = ServiceRuntime(service, settings.database(), SharedLog(_log(bootstrap, settings)), clock, migrates=False)
    telemetry = partial(setup.listening, service.name, settings.otlp_endpoint)
    return mount([build_app(service, runtime, door=make_tokens(tokens))], within=telemetry)


def main(service: Service, settings_class: type[Settings], arguments: Sequence[str] | None = None) -> int:
    """Serves, or does what the first argument says (`COMMANDS`). `arguments`: the process's own, if not given.

    Gives the exit code: 0 done; 1 its database is away or cannot be used, or it must not start; 2 it was asked or set wrongly. A sentence
    says what stands in the way.
    """
    asked = sys.argv[1:] if arguments is None else list(arguments)
    chosen = COMMANDS.get(asked[0]) if asked else serve
    if chosen is None:
        sys.stderr.write(f"{asked[0]}: there is no such command; there are {', '.join(COMMANDS)}. Without one the service is served\n")
        return 2
    try:
        return chosen(service, settings_class, asked[1:])
    except WrongSetting as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    except (CannotStart, UnusableDatabase) as why:
        sys.stderr.write(f"{service.name}: {why}\n")
    except DBAPIError as error:
        sys.stderr.write(f"{service.name}: its database cannot be used: {_said(error)}; see that it runs and lets the service in\n")
    return 1


def bring_up_to_date(service: Service, settings_class: type[Settings], arguments: Sequence[str]) -> int:
    """Brings the service's database to the newest revision of both branches."""
    if arguments:
        raise WrongSetting(f"migrate takes no arguments, and was given {' '.join(arguments)}")
    database = Database(settings_class.read(service.name).database())
    try:
        migrate(database, service.migrations)
        sys.stderr.write(f"{service.name}: {database} is up to date\n")
    finally:
        database.close()
    return 0


def recover(service: Service, settings_class: type[Settings], arguments: Sequence[str]) -> int:
    """Mends a store that is behind its log; see `recovering`."""
    settings = settings_class.read(service.name)
    if settings.bootstrap is None:
        raise WrongSetting(
            f"ENTENTE_{service.name.upper()}_BOOTSTRAP: is not set; name the Kafka broker that holds the log. An embedded log is "
            f"refilled from the stores at every start, so no store can be behind it and there is nothing to recover from it"
        )
    database, log = Database(settings.database()), _log(settings.bootstrap.split(","), settings)

    async def recovering() -> int:
        try:
            return await command.recover(service, database, log, arguments)
        finally:
            await log.stop()

    try:
        return asyncio.run(recovering())
    finally:
        database.close()


Command = Callable[[Service, type[Settings], Sequence[str]], int]
COMMANDS: dict[str, Command] = {"migrate": bring_up_to_date, "recover": recover}
"""What a service's process can do beside serving, by the word that asks for it."""


def serve(service: Service, settings_class: type[Settings], arguments: Sequence[str] = ()) -> int:  # noqa: ARG001 - a command's signature
    """Reads the settings, says them without secrets, and serves until it is told to stop; gives the exit code."""
    settings = settings_class.read(service.name)
    with logs.logged_to(None, service.name, settings.log_level):
        app = _once_the_database_answers(service, settings)
        sys.stderr.write(f"{settings}\n")
        collector.settle()
        uvicorn.run(
            app,
            http=Connection,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
        )
    return 0


def _once_the_database_answers(service: Service, settings: Settings) -> Starlette:
    wait = FIRST_WAIT
    while True:
        try:
            return application(service, settings)
        except DBAPIError as error:
            if not is_transient(error):
                raise
            _log_of.warning("%s waits for its database, and asks again in %.2f s: %s", service.name, wait, _said(error))
        time.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def _said(error: DBAPIError) -> str:
    """What the driver said, in one line, without the statement that SQLAlchemy quotes."""
    return " ".join(str(error.orig).split())


def _log(bootstrap: list[str], settings: Settings) -> KafkaLog:
    return KafkaLog(bootstrap, credentials=settings.kafka_credentials, replicas=settings.replicas)


def _needed(service: Service, settings: Settings) -> tuple[list[str], Path]:
    prefix = f"ENTENTE_{service.name.upper()}"
    if settings.bootstrap is None:
        raise WrongSetting(f"{prefix}_BOOTSTRAP: is not set; name a Kafka broker, host:port, or run all services: entente up")
    if settings.tokens_file is None:
        raise WrongSetting(f"{prefix}_TOKENS_FILE: is not set; name the folder that holds a token a role")
    return settings.bootstrap.split(","), settings.tokens_file
