"""Runs one service alone, against a Kafka broker and a database of its own.

The embedded log reads history from the stores of all services of one process, so it is the platform's; alone there would be none to read.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from entente_eventkit import collector
from entente_eventkit.clock import SetClock, SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.settings import Settings, WrongSetting
from entente_eventkit.shell.tokens import make_tokens
from entente_eventkit.telemetry import logs, setup

GRACE = 10
"""Seconds that requests in hand get at a stop."""


def application(service: Service, settings: Settings) -> Starlette:
    """The service as an application; its life cycle starts and stops everything. The database must be at the newest revision.

    Raises `WrongSetting` where `bootstrap` or `tokens_file` is missing.
    """
    bootstrap, tokens = _needed(service, settings)
    clock = SystemClock() if settings.clock is None else SetClock(settings.clock)
    runtime = ServiceRuntime(service, settings.database_url, SharedLog(KafkaLog(bootstrap)), clock, migrates=False)
    return mount([build_app(service, runtime, door=make_tokens(tokens))])


def serve(service: Service, settings_class: type[Settings]) -> int:
    """Reads the settings, says them without secrets, and serves until it is told to stop; gives the exit code."""
    try:
        settings = settings_class.read(service.name)
        app = application(service, settings)
    except WrongSetting as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.log_to(None, service.name, settings.log_level)
    setup.configure(service.name, settings.otlp_endpoint)
    sys.stderr.write(f"{settings}\n")
    collector.settle()
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE)
    return 0


def _needed(service: Service, settings: Settings) -> tuple[list[str], Path]:
    prefix = f"ENTENTE_{service.name.upper()}"
    if settings.bootstrap is None:
        raise WrongSetting(f"{prefix}_BOOTSTRAP: is not set; name a Kafka broker, host:port, or run all services: entente up")
    if settings.tokens_file is None:
        raise WrongSetting(f"{prefix}_TOKENS_FILE: is not set; name the folder that holds a token a role")
    return settings.bootstrap.split(","), settings.tokens_file
