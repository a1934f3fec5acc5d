"""Waiting until the platform has drawn every consequence of what it was sent."""

import time
from datetime import date

from entente_platform.command.reach import Platform
from entente_platform.command.trouble import Trouble

WITHIN = 60.0
"""Seconds after which it is a fault."""
LOOK_EVERY = 0.02
LOOKS = 2


class Settling:
    """Asks a platform, over HTTP, whether anything is left to do."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def wait(self, *, assessed: date) -> None:
        """Until nothing is behind or marked and every watched country was assessed for the day `assessed`, at two looks in a row: between
        its parts, one look could pass by what is on its way from one to the other."""
        deadline = time.monotonic() + WITHIN
        quiet = 0
        while quiet < LOOKS:
            left = self._left(assessed)
            quiet = quiet + 1 if left is None else 0
            if time.monotonic() > deadline:
                raise Trouble(f"the platform did not settle within {WITHIN:.0f} s: {left}", "try again on a machine with less to do")
            if left is not None:
                time.sleep(LOOK_EVERY)

    def _left(self, assessed: date) -> str | None:
        """What is left to do; None where nothing is."""
        behind = [one for service in ("gateway", "stability") for one in self._platform.get(f"/{service}/ops/lag") if one["events"]]
        if behind:
            return f"{behind[0]['instance']} is {behind[0]['events']} events behind"
        if marks := sum(one["marks"] for one in self._platform.get("/stability/ops/instances") if one["active"]):
            return f"{marks} places are to be assessed"
        items = self._platform.get("/stability/countries", limit=500)["items"]
        late = [one["country"] for one in items if date.fromisoformat(one["day"]) < assessed]
        return f"{', '.join(late)} not assessed for {assessed}" if late else None
