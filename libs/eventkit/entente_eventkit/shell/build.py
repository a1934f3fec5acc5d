"""Puts a service's application together: its own routes, the shell's, and what surrounds them."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from entente_eventkit.clock import Clock
from entente_eventkit.service import Service
from entente_eventkit.shell.around import Around
from entente_eventkit.shell.describing import describe
from entente_eventkit.shell.errors import answer_errors
from entente_eventkit.shell.gate import Gate, ways_of
from entente_eventkit.shell.health import health
from entente_eventkit.shell.kinds import CATALOGUE, Kind
from entente_eventkit.shell.ops import ops
from entente_eventkit.shell.pages import docs
from entente_eventkit.shell.principal import Door
from entente_eventkit.shell.rebuilds import Rebuilds
from entente_eventkit.shell.running import Runtime

PROBLEMS = "problems"
"""The key of `Service.extras` under which a service declares its own kinds of problems."""

DOOR = "door"
"""The key under which it declares a door of its own: a function of the door that there is, and of the runtime."""


def _as_it_is(door: Door, _: Runtime) -> Door:
    return door


def build_app(service: Service, runtime: Runtime, *, door: Door) -> FastAPI:
    """The application of one service, to be mounted at `/<service>` by `mount`, which also starts and stops the runtime.

    Beside the service's own routes: `/health/live`, `/health/ready`, `/ops/...`, `/docs`, `/openapi.json`. Raises `UndeclaredRoute` naming
    every route that does not declare exactly one permission.
    """
    rebuilds = Rebuilds(runtime, runtime.clock)
    door = service.extras.get(DOOR, _as_it_is)(door, runtime)
    routers = [
        service.api,
        ops(runtime, rebuilds, [projection.name for projection in service.projections]),
        health({service.name: runtime}),
    ]
    app = assemble(service.name, service.about, routers, door=door, clock=runtime.clock, problems=service.extras.get(PROBLEMS, ()))
    app.state.service, app.state.runtime, app.state.rebuilds = service, runtime, rebuilds
    return app


def assemble(
    name: str,
    about: str,
    routers: Sequence[APIRouter],
    *,
    door: Door,
    clock: Clock,
    problems: Sequence[Kind] = (),
    prefix: str | None = None,
) -> FastAPI:
    """An application with the shell's conventions around these routers; `prefix`: where it will be mounted (`/<name>` if not given)."""
    known: Mapping[str, Kind] = {kind.code: kind for kind in (*CATALOGUE, *problems)}
    app = FastAPI(
        title=f"Entente {name}",
        description=about,
        version=version("entente-eventkit"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": f"/{name}" if prefix is None else prefix or "/"}],
    )
    app.state.door, app.state.clock, app.state.problems = door, clock, known
    for router in routers:
        app.include_router(router)
    app.include_router(docs(app, name))
    ways = ways_of(app)
    app.openapi = describe(app, ways)  # type: ignore[method-assign] # FastAPI's documented way to extend the document
    answer_errors(app, known)
    app.add_middleware(Gate, ways=ways)
    app.add_middleware(Around, service=name, clock=clock)
    return app
