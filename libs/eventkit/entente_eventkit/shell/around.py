"""What surrounds every request: its id and correlation, its span, its headers out, and the last net for what nobody expected."""

import logging
from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import SpanKind
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entente_eventkit.clock import Clock
from entente_eventkit.shell import kinds
from entente_eventkit.shell.asked import CORRELATION_HEADER, begin
from entente_eventkit.shell.problems import Problem, answer
from entente_eventkit.telemetry import metrics, names, tracing

log = logging.getLogger(__name__)

HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
SERVER_FAULT = 500
HUNG_UP = 499
"""What is measured where the caller was gone before the answer; nobody is sent it."""
UNTRACED = frozenset({"/metrics", "/health/live", "/health/ready"})
"""Where programs look in all day long: counted like any request, but no traces to fill a store with."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


class Around:
    """The outermost layer of a service's application."""

    def __init__(self, app: ASGIApp, service: str, clock: Clock) -> None:
        self.app, self.service, self.clock = app, service, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        began = self.clock.monotonic()
        status = SERVER_FAULT
        started = False

        async def sending(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                self._add_headers(request, MutableHeaders(scope=message))
            await send(message)

        try:
            begin(request, self.clock)
            unread = None
        except Problem as problem:
            unread = problem
        with self._span(request):
            try:
                if unread is None:
                    await self.app(scope, receive, sending)
                else:
                    await answer(request, unread)(scope, receive, sending)
            except ClientDisconnect:
                status = HUNG_UP
            except Exception as error:
                log.exception("a request met a fault", extra={"correlationid": request.state.correlationid})
                if started:
                    raise
                fault = Problem(kinds.INTERNAL, "the service met a fault that it did not expect; nothing was half done")
                await answer(request, fault)(scope, receive, sending)
                tracing.failed(type(error).__name__)
            finally:
                self._measure(request, status, self.clock.monotonic() - began)

    @staticmethod
    def _span(request: Request) -> AbstractContextManager[str | None]:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if path in UNTRACED:
            return nullcontext(None)
        return tracing.span("request", SpanKind.SERVER, parent=getattr(request.state, "traceparent", None))

    def _add_headers(self, request: Request, headers: MutableHeaders) -> None:
        for name, value in {**HEADERS, **request.state.answer_headers}.items():
            headers.setdefault(name, value)
        headers[CORRELATION_HEADER] = request.state.correlationid

    def _measure(self, request: Request, status: int, seconds: float) -> None:
        route: str = getattr(request.state, "route", "(none)")
        method = request.method if request.method in METHODS else "_OTHER"
        if code := getattr(request.state, "problem", None):
            metrics.refused(code)
        metrics.answered(method, route, status, self.service, seconds)
        if tracing.enabled():
            tracing.rename(f"{method} {route}")
            tracing.note(
                {
                    names.HTTP_METHOD: method,
                    names.HTTP_ROUTE: route,
                    names.HTTP_STATUS: status,
                    names.SERVICE: self.service,
                    names.CORRELATION: request.state.correlationid,
                }
            )
