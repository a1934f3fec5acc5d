"""One service as a process of its own: started, killed, stopped for a while, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
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

    def __init__(self, role: str, name: str, port: int, environment: Mapping[str, str], output: Path) -> None:
        self.role, self.name, self.url = role, name, f"http://127.0.0.1:{port}"
        self._environment = dict(environment) | {f"ENTENTE_{role.upper()}_PORT": str(port)}
        self._output = output
        self._child: subprocess.Popen[bytes] | None = None
        self.unclean: list[int] = []

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def start(self, *flags: str) -> None:
        """Starts it, with a fault point where flags name one."""
        with self._output.open("ab") as output:
            output.write(f"--- {self.name} starts {' '.join(flags)}\n".encode())
            output.flush()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.service", self.role, *flags],
                cwd=ROOT,
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

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
            raise NeverCame(f"{self.name} ended with {self._child.returncode if self._child else None} at its start")

    def wait_killed(self, within: float = STARTS_WITHIN) -> None:
        """Waits until its fault point has killed it."""
        until(lambda: not self.alive, f"{self.name} meets its fault point", within)
        assert self._child is not None
        assert self._child.returncode == -signal.SIGKILL, f"{self.name} ended with {self._child.returncode}"

    def wait_stopped(self, within: float = STARTS_WITHIN) -> None:
        """Waits until its fault point has stopped it."""
        until(self._is_stopped, f"{self.name} is stopped", within)

    def signal(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        assert self._child is not None
        self._child.wait(ENDS_WITHIN)

    def end(self) -> None:
        """Tells it to end and waits; notes how it ended otherwise than in order (uvicorn ends by the signal itself)."""
        if self._child is None or not self.alive:
            return
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            code = self._child.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -signal.SIGKILL
        if code not in {0, -signal.SIGTERM}:
            self.unclean.append(code)

    def _is_stopped(self) -> bool:
        state = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        return state == "T"
