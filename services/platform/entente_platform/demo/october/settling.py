"""Waiting until the platform has drawn every consequence of what it was sent."""

import time
from datetime import date
from typing import Any

from entente_platform.command.reach import Platform
from entente_platform.command.trouble import Trouble

WITHIN = 60.0
"""Seconds after which it is a fault."""
LOOK_EVERY = 0.1


class Settling:
    """Asks a platform, over HTTP, whether anything is left to do. The cheap questions come first, so that asking holds nothing up."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def wait(self, *, assessed: date) -> None:
        """Until nothing is behind or marked and every watched country was assessed for the day `assessed`."""
        deadline = time.monotonic() + WITHIN
        while (left := self._left(assessed)) is not None:
            if time.monotonic() > deadline:
                raise Trouble(f"the platform did not settle within {WITHIN:.0f} s: {left}", "try again on a machine with less to do")
            time.sleep(LOOK_EVERY)

    def _left(self, assessed: date) -> str | None:
        """What is left to do; None where nothing is. Lag is asked twice: what the worker wrote after the first look shows in the second."""
        return self._behind() or self._marked() or self._late(assessed) or self._behind()

    def _behind(self) -> str | None:
        lag: list[dict[str, Any]] = self._platform.get("/stability/ops/lag")
        return next((f"{one['instance']} is {one['events']} events behind" for one in lag if one["events"]), None)

    def _marked(self) -> str | None:
        marks = sum(one["marks"] for one in self._platform.get("/stability/ops/instances") if one["active"])
        return f"{marks} places are to be assessed" if marks else None

    def _late(self, assessed: date) -> str | None:
        items = self._platform.get("/stability/countries", limit=500)["items"]
        late = [one["country"] for one in items if date.fromisoformat(one["day"]) < assessed]
        return f"{', '.join(late)} not assessed for {assessed}" if late else None
