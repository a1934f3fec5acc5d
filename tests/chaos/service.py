"""Runs one service as `python -m entente_<name>.service` does, with a fault point: `python -m tests.chaos.service stability --step ...`.

Settings are the service's own variables; `CHAOS_AHEAD` says how many seconds its clock is ahead of the machine's,
`CHAOS_NODES` how many brokers there are.
"""

import os
import sys
from dataclasses import replace
from typing import Annotated, Any

import typer
import uvicorn
from tests.chaos.points import AheadClock, AtStep, FallingLog, Falls, poisoned

from entente_eventkit import alone, collector
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.service import Service
from entente_eventkit.shell.build import build_app
from entente_eventkit.shell.mounting import mount
from entente_eventkit.shell.settings import Settings
from entente_eventkit.shell.tokens import make_tokens
from entente_eventkit.telemetry import logs
from entente_gateway.app import gateway
from entente_gateway.service import GatewaySettings
from entente_stability.app import stability
from entente_stability.service import StabilitySettings

SERVICES: dict[str, tuple[Service, type[Settings]]] = {"gateway": (gateway, GatewaySettings), "stability": (stability, StabilitySettings)}


def main(
    name: str,
    step: Annotated[str, typer.Option(help="A step of a batch at which the process falls.")] = "",
    instance: Annotated[str, typer.Option(help="The instance whose batch it is.")] = "",
    send: Annotated[str, typer.Option(help="Falls while it sends: during or after.")] = "",
    nth: Annotated[int, typer.Option(help="The n-th time.")] = 1,
    deed: Annotated[str, typer.Option(help="kill or stop.")] = "kill",
    poison: Annotated[str, typer.Option(help="An observation on which the fold chokes.")] = "",
) -> None:
    """Serve until told to stop, or until the fault point is met."""
    service, settings_class = SERVICES[name]
    settings = settings_class.read(name)
    falls = Falls(nth, deed)
    if poison:
        service = replace(service, projections=[poisoned(one, poison) if one.name == "observed" else one for one in service.projections])
    kafka: dict[str, Any] = {"bootstrap": settings.bootstrap.split(","), "replicas": int(os.environ["CHAOS_NODES"])}
    log = KafkaLog(**kafka)
    if send:
        log = FallingLog(**kafka)
        log.falls, log.moment = falls, send
    runtime = ServiceRuntime(
        service,
        settings.database(),
        SharedLog(log),
        AheadClock(float(os.environ["CHAOS_AHEAD"])),
        migrates=False,
        at=AtStep(step, instance, falls) if step else None,
    )
    app = mount([build_app(service, runtime, door=make_tokens(settings.tokens_file))])
    with logs.logged_to(None, name, settings.log_level):
        collector.settle()
        uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=alone.GRACE)


def serve(arguments: list[str]) -> None:
    """Does what the command line does, within this process."""
    sys.argv = ["service", *arguments]
    typer.run(main)


if __name__ == "__main__":
    serve(sys.argv[1:])
