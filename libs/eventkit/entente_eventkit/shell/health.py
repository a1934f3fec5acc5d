"""Whether a service lives, and whether it is ready."""

import logging
from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from entente_eventkit.shell import kinds
from entente_eventkit.shell.permissions import requires
from entente_eventkit.shell.problems import Problem
from entente_eventkit.shell.running import Runtime

log = logging.getLogger(__name__)


class Health(BaseModel):
    """The answer of a service that is well."""

    status: Literal["live", "ready"]
    services: list[str]


def health(runtimes: dict[str, Runtime]) -> APIRouter:
    """The health pages of the services named."""
    router = APIRouter(prefix="/health", tags=["health"], dependencies=[requires("health:read")])

    @router.get("/live")
    async def live() -> Health:
        """Answers as long as the process can answer at all."""
        return Health(status="live", services=list(runtimes))

    @router.get("/ready")
    async def ready() -> Health:
        """200 where the service can do its work, else 503 with the reasons."""
        reasons = [f"{name}: {reason}" for name, runtime in runtimes.items() for reason in await _reasons(name, runtime)]
        if reasons:
            raise Problem(kinds.NOT_READY, "; ".join(reasons), also={"reasons": reasons}, headers={"Retry-After": "2"})
        return Health(status="ready", services=list(runtimes))

    return router


async def _reasons(name: str, runtime: Runtime) -> Sequence[str]:
    try:
        return await runtime.ready()
    except Exception as error:
        log.warning("readiness of %s could not be asked", name, exc_info=True)
        return [f"it could not be asked ({type(error).__name__}); its log says more"]
