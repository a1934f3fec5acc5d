"""The root of a process: services under their names, the front page, and the life cycle that starts and stops them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext

from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from entente_eventkit.cannot_start import CannotStart
from entente_eventkit.service import Service
from entente_eventkit.shell.build import assemble
from entente_eventkit.shell.health import health
from entente_eventkit.shell.measuring import Measuring
from entente_eventkit.shell.metrics import metrics
from entente_eventkit.shell.pages import front
from entente_eventkit.shell.rebuilds import Rebuilds
from entente_eventkit.shell.running import Runtime

ABOUT = "The process that the services run in."


def mount(
    apps: Sequence[FastAPI], *, also: APIRouter | None = None, within: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Starlette:
    """The root application of a process that runs these services (each from `build_app`), each under `/<service>`.

    `/` lists them, `/problems` what can go wrong, `/health/...` and `/metrics` speak for all. `also`: routes of the process itself, at
    the root, each with its permission. `within`: what is entered before the first runtime starts and left after the last one stopped,
    its telemetry. Runtimes start in order before the first request and stop in reverse after the last one; what fails to
    start stops what had started, and the process ends; `state.cannot_start` is the `CannotStart` that it ended for, if it was one.
    """
    if not apps:
        raise ValueError("there is no service to mount; give at least one application")
    services: list[Service] = [app.state.service for app in apps]
    runtimes: dict[str, Runtime] = {app.state.service.name: app.state.runtime for app in apps}
    problems = [kind for app in apps for kind in app.state.problems.values()]
    measured = [Measuring(name, runtime) for name, runtime in runtimes.items()]
    front_page = front([(service.name, service.about) for service in services], problems)
    routers = [front_page, health(runtimes), metrics(measured), *([also] if also else [])]
    first = apps[0].state
    home = assemble("process", ABOUT, routers, door=first.door, clock=first.clock, problems=problems, prefix="")

    @asynccontextmanager
    async def lifespan(root: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.enter_context(within())
            for app in apps:
                runtime, rebuilds = app.state.runtime, app.state.rebuilds
                stack.push_async_callback(_stop, runtime, rebuilds)
                try:
                    await runtime.start()
                except CannotStart as why:
                    root.state.cannot_start = why
                    raise
            for one in measured:
                stack.push_async_callback(one.stop)
            yield

    routes = [Mount(f"/{service.name}", app=app, name=service.name) for service, app in zip(services, apps, strict=True)]
    root = Starlette(routes=[*routes, Mount("/", app=home, name="home")], lifespan=lifespan)
    root.router.default = home  # an address with a line break fits no mount
    return root


async def _stop(runtime: Runtime, rebuilds: Rebuilds) -> None:
    await rebuilds.stop()
    await runtime.stop()
