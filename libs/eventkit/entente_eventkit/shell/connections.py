"""HTTP connections as the services keep them: none that says nothing is waited for long, and no more than can be served."""

import json
from asyncio import Transport
from asyncio.events import TimerHandle
from http import HTTPStatus

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST = 1_000
"""Connections to one process at once."""

HEADERS_WITHIN = 15.0
"""Seconds from the beginning of a request, or of a connection, to the end of its headers."""


class Connection(H11Protocol):
    """Cuts off, with the reason as a problem document, what is one too many and what does not end its headers in time."""

    most = MOST
    headers_within = HEADERS_WITHIN
    _headers_due: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Counts it in, or turns it away."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            self._turn_away(HTTPStatus.SERVICE_UNAVAILABLE, "too-many-connections", f"{self.most} connections are open, which is the most")
        else:
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Waits for the headers of each request, and no longer once they are there."""
        if self.transport.is_closing():
            return
        if not self._answering() and self._headers_due is None:
            self._await_headers()
        super().data_received(data)
        if self._answering():
            self._stop_waiting()

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request, whatever uvicorn declares
        return cycle is not None and not cycle.response_complete

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(self.headers_within, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _too_slow(self) -> None:
        self._headers_due = None
        if not self.transport.is_closing():
            self._turn_away(HTTPStatus.REQUEST_TIMEOUT, "slow-headers", f"the headers did not end within {self.headers_within:g} seconds")

    def _turn_away(self, status: HTTPStatus, code: str, detail: str) -> None:
        problem = {"type": f"/problems#{code}", "title": status.phrase, "status": status.value, "code": code, "detail": detail}
        body = json.dumps(problem).encode()
        retry = b"retry-after: 1\r\n" if status is HTTPStatus.SERVICE_UNAVAILABLE else b""
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: application/problem+json\r\ncontent-length: %d\r\nconnection: close\r\n%s\r\n%s"
            % (status.value, status.phrase.encode(), len(body), retry, body)
        )
        self.transport.close()
