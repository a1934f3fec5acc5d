"""Paging, the same everywhere: `limit`, an opaque `after`, and `Link: <...>; rel="next"` where there is more."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import Depends, Query, Request

from entente_eventkit.shell import kinds
from entente_eventkit.shell.problems import Problem

T = TypeVar("T")
Scalar = str | int
CURSOR_LIMIT = 1000
LARGEST = 2**63


class Page:
    """One page of a listing: `after` is the key of the last item of the page before (None: the first page)."""

    def __init__(self, request: Request, limit: int, after: tuple[Scalar, ...] | None) -> None:
        self._request, self.limit, self.after = request, limit, after

    def cut(self, found: Sequence[T], key: Callable[[T], tuple[Scalar, ...]]) -> Sequence[T]:
        """The page's items, of up to `limit + 1` that were found; where there is one more, the answer links to the next page."""
        if len(found) <= self.limit:
            return found
        page = found[: self.limit]
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name not in {"limit", "after"}]
        query = urlencode([*kept, ("limit", self.limit), ("after", write_cursor(key(page[-1])))], errors="replace")
        self._request.state.answer_headers["Link"] = f'<{quote(self._request.scope["path"], errors="replace")}?{query}>; rel="next"'
        return page


def page_of(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500, description="how many items a page has")] = 50,
    after: Annotated[str | None, Query(max_length=CURSOR_LIMIT, description="from the `Link` header of the page before")] = None,
) -> Page:
    """The page that a request asks for."""
    return Page(request, limit, None if after is None else read_cursor(after))


InPage = Annotated[Page, Depends(page_of)]


def write_cursor(key: tuple[Scalar, ...]) -> str:
    """A key as a cursor: no promise about its form is made to clients."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def read_cursor(cursor: str) -> tuple[Scalar, ...]:
    """The key of a cursor; raises the 400 for what none of our listings gave out."""
    try:
        key: Any = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if isinstance(key, list) and key and all(_fits(part) for part in key):
            return tuple(key)
    except (ValueError, binascii.Error, RecursionError):
        pass
    raise Problem(kinds.BAD_CURSOR, f"{cursor[:40]!r} is no cursor of this listing", where="query after")


def _fits(part: Any) -> bool:
    if isinstance(part, str):
        return part.isprintable()
    return isinstance(part, int) and not isinstance(part, bool) and -LARGEST <= part < LARGEST
