"""The gate before a service's routes: the permission is judged and the body's size limited before a byte of the body is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entente_eventkit.shell.errors import BodyTooLarge, too_large
from entente_eventkit.shell.permissions import UndeclaredRoute, authorise, permissions_of, routes_of, undeclared
from entente_eventkit.shell.problems import Problem, answer

DEFAULT_BODY_LIMIT = 1024 * 1024
"""Bytes that a route takes which sets no `max_body_size` of its own."""


@dataclass(frozen=True, slots=True)
class Way:
    """One route, as far as the gate needs to know it; `path` is what it is called in traces and metrics."""

    path: str
    form: re.Pattern[str]
    methods: frozenset[str]
    permission: str
    limit: int


def ways_of(app: FastAPI) -> list[Way]:
    """The application's routes in their order; raises `UndeclaredRoute` naming each that does not declare exactly one permission."""
    if missing := undeclared(app):
        raise UndeclaredRoute(
            f"{app.title}: these routes do not declare exactly one permission: {'; '.join(missing)}; "
            'give each `dependencies=[requires("...")]`'
        )
    return [
        Way(path, context.path_regex, frozenset(context.methods or ()), permissions_of(context)[0], _limit(context.max_body_size))
        for path, context in routes_of(app.routes)
    ]


def _limit(own: int | None) -> int:
    return DEFAULT_BODY_LIMIT if own is None else own


class Gate:
    """Lets a request through to the route that it is meant for, if its caller may."""

    def __init__(self, app: ASGIApp, ways: Sequence[Way]) -> None:
        self.app, self.ways = app, ways

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        way = self._way(scope)
        limit = DEFAULT_BODY_LIMIT if way is None else way.limit
        try:
            if way is not None:
                request.state.route = scope.get("root_path", "") + way.path
                authorise(request, way.permission)
            _refuse_announced(request, limit)
        except Problem as problem:
            await answer(request, problem)(scope, receive, send)
            return
        await self.app(scope, _counting(receive, limit), send)

    def _way(self, scope: Scope) -> Way | None:
        path, method = scope["path"].removeprefix(scope.get("root_path", "")), scope["method"]
        return next((way for way in self.ways if method in way.methods and way.form.match(path)), None)


def _refuse_announced(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and len(announced) < len(str(limit)) + 5 and int(announced) <= limit:
        return
    raise too_large(limit)


def _counting(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(limit)
        return message

    return counted
