"""One service as a process of its own: started, killed, stopped for a while, ended."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2
from tests.chaos.nursery import Nursery

STARTS_WITHIN, ENDS_WITHIN = 180.0, 60.0


class NeverCame(AssertionError):
    """What was waited for did not come in time."""


def until(holds: Callable[[], bool], what: str, within: float = STARTS_WITHIN, every: float = 0.05) -> None:
    """Asks again and again until it holds; raises `NeverCame`."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise NeverCame(f"not within {within:.0f} s: {what}")
        time.sleep(every)


class Process:
    """A service process. `role`: the service that it runs; `name`: which of its replicas it is."""

    def __init__(self, nursery: Nursery, role: str, name: str, port: int, environment: Mapping[str, str], output: Path) -> None:
        self.role, self.name, self.url = role, name, f"http://127.0.0.1:{port}"
        self._nursery, self._output = nursery, output
        self._environment = dict(environment) | {f"ENTENTE_{role.upper()}_PORT": str(port)}
        self._pid: int | None = None
        self.unclean: list[int] = []

    @property
    def alive(self) -> bool:
        return self._pid is not None and self._nursery.code_of(self._pid) is None

    @property
    def pid(self) -> int:
        assert self._pid is not None, f"{self.name} was never started"
        return self._pid

    @property
    def code(self) -> int | None:
        """How it ended."""
        return self._nursery.code_of(self.pid)

    def start(self, *flags: str) -> None:
        """Starts it, with a fault point where flags name one."""
        with self._output.open("a") as output:
            output.write(f"--- {self.name} starts {' '.join(flags)}\n")
        self._pid = self._nursery.start([self.role, *flags], self._environment, self._output)

    def ready(self) -> bool:
        """Whether it says so itself."""
        try:
            return httpx2.get(f"{self.url}/health/ready", timeout=5.0).status_code == httpx2.codes.OK
        except httpx2.TransportError:
            return False

    def wait_ready(self) -> None:
        """Waits until it is."""
        until(lambda: self.ready() or not self.alive, f"{self.name} is ready")
        if not self.alive:
            raise NeverCame(f"{self.name} ended with {self.code} at its start")

    def wait_killed(self, within: float = STARTS_WITHIN) -> None:
        """Waits until its fault point has killed it."""
        until(lambda: not self.alive, f"{self.name} meets its fault point", within)
        assert self.code == -signal.SIGKILL, f"{self.name} ended with {self.code}"

    def wait_stopped(self, within: float = STARTS_WITHIN) -> None:
        """Waits until its fault point has stopped it."""
        until(self._is_stopped, f"{self.name} is stopped", within)

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        until(lambda: not self.alive, f"{self.name} is dead", ENDS_WITHIN)

    def end(self) -> None:
        """Tells it to end and waits; notes how it ended otherwise than in order (uvicorn ends by the signal itself)."""
        if not self.alive:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            until(lambda: not self.alive, f"{self.name} ends", ENDS_WITHIN)
        except NeverCame:
            self.kill()
        if self.code not in {0, -signal.SIGTERM}:
            self.unclean.append(self.code or 0)

    def _is_stopped(self) -> bool:
        state = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        return state == "T"
