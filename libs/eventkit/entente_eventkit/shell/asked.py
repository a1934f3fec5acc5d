"""What is known of a request before anybody looks at it: its own id, the chain that it belongs to, and headers for its answer."""

import re
from typing import Any

from starlette.requests import Request

from entente_eventkit.clock import Clock, new_id
from entente_eventkit.shell import kinds
from entente_eventkit.shell.problems import Problem
from entente_eventkit.telemetry import traceparent, tracing

CORRELATION_HEADER = "X-Correlation-Id"
KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
WORD = re.compile(r"[!-~]{1,200}", re.ASCII)
TAG = re.compile(r'"(0|[1-9][0-9]{0,17})"', re.ASCII)


def begin(request: Request, clock: Clock) -> None:
    """Gives the request its id, its correlation and the headers that its answer starts with; raises the 400 for what cannot be read."""
    state = request.state
    state.request_id = f"request/{new_id(clock)}"
    state.correlationid = state.request_id
    state.answer_headers = {}
    if "\x00" in request.scope["path"] or b"%00" in request.scope.get("query_string", b""):
        raise Problem(kinds.UNREADABLE, "the address holds a NUL character", where="address")
    state.correlationid = word(request, CORRELATION_HEADER) or state.request_id
    incoming = request.headers.get("traceparent")
    state.traceparent = incoming if traceparent.read(incoming) else None


def word(request: Request, header: str) -> str | None:
    """A header of up to 200 printable ASCII characters without blanks; None where it was not sent."""
    value = request.headers.get(header)
    if value is not None and WORD.fullmatch(value) is None:
        raise Problem(
            kinds.BAD_HEADER, f"{header} is empty, too long or holds blanks or characters beyond ASCII", where=f"header {header}",
            mend=f"send {header} with 1 to 200 printable ASCII characters, no blanks, or leave it out",
        )  # fmt: skip
    return value


def expected_version(request: Request) -> int | None:
    """The version that `If-Match` names; None where it was not sent."""
    value = request.headers.get("if-match")
    if value is None:
        return None
    found = TAG.fullmatch(value.strip())
    if found is None:
        raise Problem(
            kinds.BAD_HEADER, f"If-Match is {value[:80]!r}, which is no tag of this service", where="header If-Match",
            mend='send If-Match with the `ETag` of the answer that you decide by, for example `"3"`',
        )  # fmt: skip
    return int(found[1])


def tag(version: int) -> str:
    """The `ETag` of a stream that stands at a version."""
    return f'"{version}"'


def traceparent_of(request: Request) -> str | None:
    """The trace that what follows belongs to: our own span where spans are recorded, else the caller's, passed on."""
    current: Any = tracing.current() or getattr(request.state, "traceparent", None)
    return current if isinstance(current, str) else None
