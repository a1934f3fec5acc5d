"""Problem documents (RFC 9457): what went wrong, where, and how to mend it."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from entente_eventkit.shell.kinds import Kind
from entente_eventkit.store.decider import Refused

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """Raised where a request cannot be answered as asked. `also` are members beside the usual ones; `headers` go with the answer."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        where: str | None = None,
        mend: str | None = None,
        also: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.where, self.mend = kind, detail, where, mend or kind.mend
        self.also, self.headers = dict(also or {}), dict(headers or {})


class ProblemAnswer(Response):
    """A problem document as the answer; what is no text in it is shown escaped."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=True, allow_nan=False, default=str).encode("ascii")


def answer(request: Request, problem: Problem) -> Response:
    """The answer to a request that met this problem."""
    kind = problem.kind
    return _answer(request, kind.code, kind.status, kind.title, problem.detail, problem.where, problem.mend, problem.also, problem.headers)


def answer_refusal(request: Request, refused: Refused, known: Mapping[str, Kind]) -> Response:
    """The answer to a command that the domain refused."""
    kind = known.get(refused.code)
    title = kind.title if kind else refused.code.replace("-", " ").capitalize()
    return _answer(request, refused.code, refused.status, title, refused.detail, refused.where, refused.mend, refused.also, {})


def _answer(
    request: Request,
    code: str,
    status: int,
    title: str,
    detail: str,
    where: str | None,
    mend: str,
    also: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Response:
    request.state.problem = code
    document = {
        **also,
        "type": f"/problems#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "where": where or f"{request.method} {request.scope['path']}"[:200],
        "mend": mend,
        "instance": f"/{asked}" if (asked := getattr(request.state, "request_id", None)) else None,
        "code": code,
    }
    return ProblemAnswer({name: value for name, value in document.items() if value is not None}, status, dict(headers))
