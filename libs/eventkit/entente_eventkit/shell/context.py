"""What a route gets: who asks, and the ways into the service. Used by every service's `api.py`."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection

from entente_eventkit.acting.acting import Acting
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.shell.asked import KEY_HEADER, REPLAYED_HEADER, expected_version, tag, traceparent_of, word
from entente_eventkit.shell.errors import storable
from entente_eventkit.shell.permissions import principal_of
from entente_eventkit.shell.principal import Principal
from entente_eventkit.shell.running import Runtime
from entente_eventkit.store.because import Because
from entente_eventkit.store.commands import Answer, Key
from entente_eventkit.store.decider import Decider

__all__ = ["InShell", "Principal", "Shell", "shell_of"]

P = ParamSpec("P")
T = TypeVar("T")


class Shell:
    """The service as a route sees it, bound to one request."""

    principal: Principal
    because: Because
    """causationid `request/<uuid>`, correlationid the caller's `X-Correlation-Id` or the same, actor from the principal, traceparent."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._commands = 0
        self.runtime: Runtime = request.app.state.runtime
        self.clock = self.runtime.clock
        self.principal = principal_of(request)
        self.because = Because(
            causationid=request.state.request_id,
            correlationid=request.state.correlationid,
            actor=self.principal.actor,
            traceparent=traceparent_of(request),
        )

    async def ask(self, question: Callable[Concatenate[Ask, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `question(ask, ...)` in one reading transaction, in a thread."""

        def asking(connection: Connection) -> T:
            return question(Ask(connection), *args, **kwargs)

        return await storable(self.runtime.database.read(asking))

    async def command(self, decider: Decider[Any, Any], command: Any, *, first: Callable[[Acting], None] | None = None) -> Answer:
        """Decides a command, honouring the request's `Idempotency-Key` and `If-Match`; `first` is run in the same transaction before it.

        The answer carries the stream's new version as `ETag`, and says so where it only repeats an earlier one. Of several commands in one
        request each has its own key, by its place.
        """
        expected = expected_version(self._request)
        key = await self._key()

        def deciding(acting: Acting) -> Answer:
            if first is not None:
                first(acting)
            return acting.execute(decider, command, self.because, key=key, expected=expected)

        answered = await self.transact(deciding)
        self.answer_with("ETag", tag(answered.version))
        if answered.repeated:
            self.answer_with(REPLAYED_HEADER, "true")
        return answered

    async def transact(self, work: Callable[..., T], *args: Any) -> T:
        """Runs `work(acting, ...)` in one writing transaction in a thread; `acting` gives head, ask, connection, clock. For the
        gateway's batches, where many items are decided in one transaction. What was appended is sent at once after the commit."""

        def acting(connection: Connection) -> T:
            with self.runtime.store.head(connection) as head:
                return work(Acting(connection, head, self.clock), *args)

        done = await storable(self.runtime.database.write(acting))
        self.runtime.wake()
        return done

    def answer_with(self, header: str, value: str) -> None:
        """Puts a header on the answer, whatever kind of answer the route gives."""
        self._request.state.answer_headers[header] = value

    def version_is(self, version: int) -> None:
        """Says with `ETag` at which version the thing stood that a reading route shows."""
        self.answer_with("ETag", tag(version))

    async def _key(self) -> Key | None:
        given = word(self._request, KEY_HEADER)
        if given is None:
            return None
        self._commands += 1
        request = self._request
        asked = (
            request.method.encode(),
            request.scope["path"].encode("utf-8", "surrogatepass"),
            request.scope["query_string"],
            await request.body(),
        )
        digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in asked)).hexdigest()
        return Key(f"client/{self.principal.subject}", given if self._commands == 1 else f"{given}#{self._commands}", digest)


async def shell_of(request: Request) -> Shell:
    """The shell bound to a request."""
    return Shell(request)


InShell = Annotated[Shell, Depends(shell_of)]
