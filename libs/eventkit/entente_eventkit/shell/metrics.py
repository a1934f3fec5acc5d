"""The page of metrics of a process, for Prometheus."""

from asyncio import gather
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from entente_eventkit.shell.measuring import Measuring
from entente_eventkit.shell.permissions import requires


def metrics(measured: Sequence[Measuring]) -> APIRouter:
    """`/metrics`, one page for all services of the process. It is answered also where what it asks does not answer."""
    router = APIRouter(tags=["metrics"])

    @router.get("/metrics", dependencies=[requires("metrics:read")], response_class=Response)
    async def page(request: Request) -> Response:
        """Counters, gauges and the process, as OpenMetrics or in Prometheus' older text."""
        from entente_eventkit.telemetry.page import render  # noqa: PLC0415 - who is never scraped saves the import

        values = [value for some in await gather(*(one.values() for one in measured)) for value in some]
        body, media = render(values, request.headers.get("accept", ""))
        return Response(body, headers={"content-type": media})

    return router
