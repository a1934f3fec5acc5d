"""The pages for people: API pages with Swagger UI, the list of services, the list of problems. They load nothing from elsewhere."""

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Path
from starlette.responses import HTMLResponse, JSONResponse, Response

from entente_eventkit.shell.kinds import Kind
from entente_eventkit.shell.permissions import requires

READING = [requires("docs:read")]
ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
SWAGGER_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
"""Swagger UI writes style attributes and draws its icons from `data:` addresses."""
START = """\
window.addEventListener("load", () => SwaggerUIBundle({
  url: "openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
}));
"""
STYLE = """\
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 0.2rem; } p { margin: 0.2rem 0; }
code { background: #f0f2f4; padding: 0 0.2rem; }
a { color: #0b57d0; }
"""


def page(title: str, body: str, head: str = "") -> HTMLResponse:
    """One HTML page; `body` and `head` are markup, `title` is text."""
    shown = html.escape(title)
    return HTMLResponse(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{shown}</title>\n{head}</head>\n<body>\n{body}</body>\n</html>\n"
    )


def docs(app: FastAPI, title: str) -> APIRouter:
    """`/docs`, what it is made of, and `/openapi.json`."""
    router = APIRouter(include_in_schema=False, dependencies=READING)
    shipped = files("fastapi_offline").joinpath("static")

    @router.get("/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @router.get("/docs")
    async def api_page() -> HTMLResponse:
        head = (
            '<link rel="stylesheet" href="docs/assets/swagger-ui.css">\n<link rel="icon" href="docs/assets/favicon.png">\n'
            '<script src="docs/assets/swagger-ui-bundle.js"></script>\n<script src="docs/start.js"></script>\n'
        )
        made = page(f"{title}: API", '<div id="api"></div>\n', head)
        made.headers["Content-Security-Policy"] = SWAGGER_POLICY
        return made

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    @router.get("/docs/assets/{name}")
    async def asset(name: Annotated[Literal["swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"], Path()]) -> Response:
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(shipped.joinpath(name).read_bytes(), media_type=ASSETS[name], headers=headers)

    return router


def front(services: Sequence[tuple[str, str]], problems: Iterable[Kind]) -> APIRouter:
    """`/`, which lists the services (name, about), and `/problems`, which lists what can go wrong."""
    router = APIRouter(include_in_schema=False, dependencies=READING)
    kinds = sorted({kind.code: kind for kind in problems}.values(), key=lambda kind: (kind.status, kind.code))
    head = '<link rel="stylesheet" href="style.css">\n'

    @router.get("/")
    async def list_services() -> HTMLResponse:
        body = "".join(
            f'<h2>{html.escape(name)}</h2>\n<p>{html.escape(about)}</p>\n<p><a href="{name}/docs">API page</a> · '
            f'<a href="{name}/openapi.json">OpenAPI</a> · <a href="{name}/health/ready">ready?</a></p>\n'
            for name, about in services
        )
        return page(
            "Entente",
            "<h1>Entente</h1>\n<p>Military diplomacy on a log of signed, explained events.</p>\n"
            f'{body}<h2>this process</h2>\n<p><a href="docs">API page</a> · <a href="health/ready">ready?</a> · '
            '<a href="problems">what can go wrong</a></p>\n',
            head,
        )

    @router.get("/problems")
    async def list_problems() -> HTMLResponse:
        body = "".join(
            f'<h2 id="{kind.code}">{html.escape(kind.title)}</h2>\n<p><code>{kind.code}</code>, status {kind.status}. '
            f"{html.escape(kind.about)}</p>\n<p>{html.escape(kind.mend)}</p>\n"
            for kind in kinds
        )
        note = (
            "<p>Every refusal is a problem document (RFC 9457): <code>type</code>, <code>title</code>, <code>status</code>, "
            "<code>detail</code>, <code>where</code>, <code>mend</code> and <code>instance</code>. A code that is not listed here is a "
            "rule of its service; the answer's <code>detail</code> and <code>mend</code> say all there is.</p>\n"
        )
        return page("Entente: what can go wrong", f"<h1>What can go wrong</h1>\n{note}{body}", head)

    @router.get("/style.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")

    return router
