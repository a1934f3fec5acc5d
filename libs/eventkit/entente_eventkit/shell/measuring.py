"""Asks a running service for its gauges: within a time limit, and never the same question twice at once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from importlib.metadata import version
from typing import Any

from entente_eventkit.reading.figures import figures
from entente_eventkit.shell.running import Runtime
from entente_eventkit.telemetry.instruments import BUILD, CONNECTIONS, HALTED, LAG, LAG_EVENTS, READY, SCRAPE_ERRORS, Value

_log = logging.getLogger(__name__)

ANSWERED_WITHIN = 4.0
"""Seconds that a page waits for the database and the log, all questions at once; a scraper must give it more."""

_Asking = asyncio.Task[list[Value]]


class Measuring:
    """The gauges of one service. A question that is not answered in time goes on; until it has ended it is not asked anew, so however
    often the page is read, a database or log that hangs is asked once."""

    def __init__(self, service: str, runtime: Runtime, *, within: float = ANSWERED_WITHIN) -> None:
        self.service, self.runtime = service, runtime
        self._within = within
        self._asking: dict[str, _Asking] = {}

    async def values(self) -> list[Value]:
        """Every gauge that was answered, and for each question whether it was."""
        questions: dict[str, Callable[[], Coroutine[Any, Any, list[Value]]]] = {
            "store": self._figures,
            "lag": self._lag,
            "readiness": self._readiness,
        }
        asked = {what: self._ask(what, question) for what, question in questions.items()}
        await asyncio.wait(asked.values(), timeout=self._within)
        values = self._known()
        for what, asking in asked.items():
            why = _why_not(asking)
            if why is None:
                values += asking.result()
            else:
                _log.warning("%s: its %s could not be asked for the page of metrics: %s", self.service, what, why)
            values.append(Value(SCRAPE_ERRORS, float(why is not None), (self.service, what)))
        return values

    async def stop(self) -> None:
        """Ends what is still being asked."""
        pending = list(self._asking.values())
        for asking in pending:
            asking.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def _ask(self, what: str, question: Callable[[], Coroutine[Any, Any, list[Value]]]) -> _Asking:
        before = self._asking.get(what)
        if before is not None and not before.done():
            return before
        self._asking[what] = asyncio.create_task(question())
        return self._asking[what]

    def _known(self) -> list[Value]:
        return [
            Value(BUILD, 1, (self.service, version("entente-eventkit"))),
            Value(HALTED, self.runtime.store.halted, (self.service,)),
            Value(CONNECTIONS, self.runtime.database.connections_in_use, (self.service,)),
        ]

    async def _figures(self) -> list[Value]:
        return await self.runtime.database.read(figures, self.service, self.runtime.clock.now())

    async def _lag(self) -> list[Value]:
        lags = await self.runtime.lag()
        return [
            value
            for lag in lags
            for value in (
                Value(LAG, lag.seconds, (self.service, lag.instance, lag.topic)),
                Value(LAG_EVENTS, lag.events, (self.service, lag.instance, lag.topic)),
            )
        ]

    async def _readiness(self) -> list[Value]:
        reasons: Sequence[str] = await self.runtime.ready()
        return [Value(READY, not reasons, (self.service,))]


def _why_not(asking: _Asking) -> str | None:
    if not asking.done():
        return "it does not answer"
    if asking.cancelled():
        return "the service stops"
    error = asking.exception()
    return None if error is None else type(error).__name__
