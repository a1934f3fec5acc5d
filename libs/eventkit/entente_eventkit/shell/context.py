"""What a route gets: who asks, and the ways into the service. Used by every service's `api.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request

from entente_eventkit.projecting.ask import Ask
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Answer
from entente_eventkit.store.decider import Decider

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: subject, roles, and the party acted for. `anyone` (no token) has the role `anyone` and nothing more."""

    subject: str
    roles: frozenset[str]
    party: str | None


class Shell:
    """The service as a route sees it, bound to one request."""

    principal: Principal
    because: Because
    """causationid `request/<uuid>`, correlationid the caller's `X-Correlation-Id` or the same, actor from the principal, traceparent."""

    async def ask(self, question: Callable[Concatenate[Ask, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `question(ask, ...)` in one reading transaction, in a thread."""
        raise NotImplementedError

    async def command(self, decider: Decider[Any, Any], command: Any) -> Answer:
        """Decides a command, honouring the request's `Idempotency-Key` and `If-Match`."""
        raise NotImplementedError

    async def transact(self, work: Callable[..., T], *args: Any) -> T:
        """Runs `work(acting, ...)` in one writing transaction in a thread; `acting` gives head, ask, connection, clock. For the
        gateway's batches, where many items are decided in one transaction."""
        raise NotImplementedError


def shell_of(request: Request) -> Shell:
    """The shell bound to a request."""
    raise NotImplementedError


InShell = Annotated[Shell, Depends(shell_of)]
