"""One request to the gateway, tried until it is answered or patience ends."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from entente_client.errors import GatewayRefused, GatewayUnreachable

BATCH = "application/cloudevents-batch+json"
_DRAW = random.SystemRandom().uniform
BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try again, in seconds: the n-th wait is drawn from up to `first * 2**n`, never more than `longest`.

    The gateway's Retry-After is honoured where it asks for more, up to `longest_asked`.
    """

    attempts: int = 10
    first: float = 0.25
    longest: float = 10.0
    longest_asked: float = 120.0

    def wait(self, attempt: int, asked: float | None, draw: Callable[[float, float], float]) -> float:
        """Seconds to wait after failure number `attempt` (from 0)."""
        most = min(self.longest, self.first * 2.0**attempt)
        return max(draw(most / 2, most), min(asked or 0.0, self.longest_asked))


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds that the answer asks to wait; a date is measured against the answer's own Date, so no clock of ours is needed."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(response.headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None


def send(
    http: httpx2.Client,
    url: str,
    body: bytes,
    patience: Patience,
    sleep: Callable[[float], None],
    draw: Callable[[float, float], float] = _DRAW,
) -> list[dict[str, Any]]:
    """Posts a batch and gives the receipts back as the gateway wrote them.

    Lost connections and 429, 502, 503, 504 are tried again: repeating is safe, since the gateway knows what it has admitted. Raises
    `GatewayUnreachable` when patience ends and `GatewayRefused` for every other answer than 202.
    """
    trouble = "no attempt was made"
    for attempt in range(patience.attempts):
        asked = None
        try:
            response = http.post(url, content=body, headers={"content-type": BATCH})
        except httpx2.TransportError as error:
            trouble = f"{type(error).__name__}: {error}"
        else:
            if response.status_code == httpx2.codes.ACCEPTED:
                return _receipts(response, url)
            trouble = f"HTTP {response.status_code}: {_said(response)}"
            if response.status_code not in BUSY:
                raise GatewayRefused(f"{url} refused the request with {trouble}", response.status_code)
            asked = retry_after(response)
        if attempt + 1 < patience.attempts:
            sleep(patience.wait(attempt, asked, draw))
    raise GatewayUnreachable(
        f"{url} took nothing in {patience.attempts} attempts, the last ended with {trouble}; see that the gateway runs and publish again: "
        "what was acknowledged is not sent twice"
    )


def _receipts(response: httpx2.Response, url: str) -> list[dict[str, Any]]:
    try:
        receipts: list[dict[str, Any]] = response.json()["receipts"]
    except (ValueError, KeyError, TypeError) as error:
        raise GatewayRefused(f"{url} answered 202 without receipts; is this a gateway of Entente?", response.status_code) from error
    return receipts


def _said(response: httpx2.Response) -> str:
    """The problem document's sentences (RFC 9457), else the beginning of the text."""
    try:
        problem = response.json()
        sentences = [str(problem[part]) for part in ("title", "detail", "mend") if problem.get(part)]
    except (ValueError, AttributeError):
        sentences = []
    return "; ".join(sentences) or response.text[:300]
