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
    request.state.problem = kind.code
    document = {
        **problem.also,
        "type": f"/problems#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "where": problem.where or f"{request.method[:20]} {request.scope['path'][:200]}",
        "mend": problem.mend,
        "instance": f"/{request.state.request_id}",
        "code": kind.code,
    }
    return ProblemAnswer(document, kind.status, problem.headers)


def of_refusal(refused: Refused, known: Mapping[str, Kind]) -> Problem:
    """A domain's refusal as a problem; its title from the catalogue where the service declared the kind, else made of its code."""
    declared = known.get(refused.code)
    title = declared.title if declared else refused.code.replace("-", " ").capitalize()
    kind = Kind(refused.code, refused.status, title, refused.detail, refused.mend)
    return Problem(kind, refused.detail, where=refused.where, also=refused.also)
