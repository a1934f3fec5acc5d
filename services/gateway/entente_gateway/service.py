"""Runs the gateway alone, against a Kafka broker and a database of its own: `python -m entente_gateway.service`.

The embedded log lives in the process of those who read it, so it is the platform's; alone there would be nobody to read what comes in.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from entente_eventkit.clock import SetClock, SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.settings import Settings, WrongSetting
from entente_eventkit.shell.tokens import make_tokens
from entente_eventkit.telemetry import logs, setup
from entente_gateway.app import gateway

GRACE = 10
"""Seconds that requests in hand get at a stop."""


class GatewaySettings(Settings):
    """What `ENTENTE_GATEWAY_...` says. Alone, `bootstrap` and `tokens_file` must be given too."""

    def alone(self) -> tuple[list[str], Path]:
        """The broker's addresses and the folder of tokens; raises `WrongSetting` naming what is missing."""
        if self.bootstrap is None:
            raise WrongSetting("ENTENTE_GATEWAY_BOOTSTRAP: is not set; name a Kafka broker, host:port, or run all services: entente up")
        if self.tokens_file is None:
            raise WrongSetting("ENTENTE_GATEWAY_TOKENS_FILE: is not set; name the folder that holds a token a role")
        return self.bootstrap.split(","), self.tokens_file


def application(settings: GatewaySettings) -> Starlette:
    """The gateway as an application; its life cycle starts and stops everything. The database must be at the newest revision."""
    bootstrap, tokens = settings.alone()
    clock = SystemClock() if settings.clock is None else SetClock(settings.clock)
    runtime = ServiceRuntime(gateway, settings.database_url, SharedLog(KafkaLog(bootstrap)), clock, migrates=False)
    return mount([build_app(gateway, runtime, door=make_tokens(tokens))])


def main() -> int:
    """Reads the settings, says them without secrets, and serves until it is told to stop."""
    try:
        settings = GatewaySettings.read(gateway.name)
        app = application(settings)
    except WrongSetting as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    logs.log_to(None, gateway.name, settings.log_level)
    setup.configure(gateway.name, settings.otlp_endpoint)
    sys.stderr.write(f"{settings}\n")
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
