"""Every way in which a request can fail, and the problem document that it is answered with."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from entente_eventkit.shell import kinds
from entente_eventkit.shell.asked import KEY_HEADER, tag
from entente_eventkit.shell.kinds import Kind
from entente_eventkit.shell.problems import Problem, answer, of_refusal
from entente_eventkit.storage.dialect import is_transient
from entente_eventkit.store.decider import Refused
from entente_eventkit.store.store import EventDoesNotDecode, EventTooLarge, KeyReused, StoreHalted, VersionConflict

T = TypeVar("T")
log = logging.getLogger(__name__)

VALUE_SHOWN = 80
ERRORS_SHOWN = 50
BY_STATUS = {
    400: kinds.UNREADABLE,
    404: kinds.NOT_FOUND,
    405: kinds.METHOD,
    413: kinds.TOO_LARGE,
    415: kinds.MEDIA_TYPE,
    503: kinds.NOT_READY,
}
MENDS = {
    "missing": "add it",
    "extra_forbidden": "leave it out",
}
SECRET_WORDS = ("token", "secret", "password", "private")


class BodyTooLarge(HTTPException):
    """The body grew above the route's limit while it was read."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


def too_large(limit: int) -> Problem:
    """The problem of a body above `limit` bytes."""
    return Problem(
        kinds.TOO_LARGE, f"this address takes at most {limit} bytes at once, and the body is larger", where="body",
        mend=f"send at most {limit} bytes at once", also={"limit": limit}, headers={"Connection": "close"},
    )  # fmt: skip


def answer_errors(app: FastAPI, known: Mapping[str, Kind]) -> None:
    """Makes the application answer every error with a problem document; `known`: the kinds of problems by code."""
    explain: dict[type[Exception], Callable[[Request, Any], Problem]] = {
        Problem: lambda _, problem: problem,
        Refused: lambda _, refused: of_refusal(refused, known),
        HTTPException: _of_status,
        RequestValidationError: lambda _, error: _of_values(error),
        VersionConflict: _of_conflict,
        KeyReused: lambda _, reused: Problem(kinds.KEY_REUSED, str(reused), where=f"header {KEY_HEADER}"),
        EventTooLarge: lambda _, large: Problem(kinds.EVENT_TOO_LARGE, str(large)),
        EventDoesNotDecode: lambda _, bad: Problem(kinds.INVALID_EVENT, str(bad)),
        StoreHalted: lambda _, halted: Problem(kinds.NOT_READY, str(halted)),
        DBAPIError: lambda _, error: _of_database(error),
        PoolTimeout: lambda _, error: _of_database(error),
        PendingRollbackError: lambda _, error: _of_database(error),
        DataError: lambda _, error: unstorable(),  # noqa: ARG005 - the text may quote the statement
    }
    for error, explained in explain.items():
        app.add_exception_handler(error, _answering(explained))


def _answering(explained: Callable[[Request, Any], Problem]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        return answer(request, explained(request, error))

    return handler


def unstorable() -> Problem:
    """The problem of a value that no database can hold."""
    return Problem(kinds.UNSTORABLE, "a number or text of the request is beyond what can be stored or looked for")


async def storable(work: Awaitable[T]) -> T:
    """Waits for work of the database; a value that its driver cannot take becomes the caller's problem."""
    try:
        return await work
    except (OverflowError, UnicodeEncodeError) as error:
        raise unstorable() from error


def _of_database(error: DBAPIError | PoolTimeout | PendingRollbackError) -> Problem:
    """What passes by itself is to be tried again; anything else is a fault of ours and is raised as such."""
    if not is_transient(error) and not isinstance(error, OperationalError):
        raise error
    log.warning("the database does not answer: %s", type(getattr(error, "orig", error)).__name__)
    return Problem(kinds.NOT_READY, "the service's database does not answer; nothing was written", headers={"Retry-After": "2"})


def _of_status(request: Request, error: HTTPException) -> Problem:
    if isinstance(error, BodyTooLarge):
        return too_large(error.limit)
    kind = BY_STATUS.get(error.status_code)
    path = request.scope["path"][:VALUE_SHOWN]
    if kind is kinds.NOT_FOUND and error.detail == "Not Found":
        detail = f"there is nothing at {path}"
    elif kind is kinds.METHOD:
        detail = f"{path} does not take {request.method[:VALUE_SHOWN]}"
    else:
        detail = str(error.detail)
    if kind is None:
        kind = Kind("refused", error.status_code, kinds.REFUSED.title, kinds.REFUSED.about, kinds.REFUSED.mend)
    return Problem(kind, detail, headers=error.headers)


def _of_conflict(request: Request, conflict: VersionConflict) -> Problem:
    kind = kinds.PRECONDITION if "if-match" in request.headers else kinds.CONFLICT
    return Problem(
        kind, str(conflict), also={"stream": conflict.stream, "expected": conflict.expected, "current": conflict.current},
        headers={"ETag": tag(conflict.current)},
    )  # fmt: skip


def _of_values(error: RequestValidationError) -> Problem:
    found: Sequence[Any] = error.errors()
    if found and found[0]["type"] == "json_invalid":
        position, reason = found[0]["loc"][-1], found[0].get("ctx", {}).get("error", "malformed")
        return Problem(kinds.UNREADABLE, f"the body is no JSON: {reason} at character {position}", where="body")
    places = [_place(one) for one in found[:ERRORS_SHOWN]]
    first = places[0]
    detail = f"{len(found)} value{'s' if len(found) > 1 else ''} cannot be taken; the first is {first['path']}: {first['detail']}"
    return Problem(kinds.INVALID, detail, where=first["path"], also={"errors": places, "count": len(found)})


def _place(one: Mapping[str, Any]) -> dict[str, str]:
    path = ".".join(str(part)[:VALUE_SHOWN] for part in one["loc"])
    place = {"path": path, "detail": str(one["msg"])[:400], "mend": MENDS.get(one["type"], "send a value that fits")}
    if one["type"] != "missing":
        hidden = any(word in path.lower() for word in SECRET_WORDS)
        place["value"] = "(hidden)" if hidden else repr(one.get("input"))[:VALUE_SHOWN]
    return place
