"""Other processes of a test, spoken to line by line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("another_process.py")


class Another:
    """A process that does what it was told, once it is told to go on."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child
        self.lines: list[str] = []

    def hears(self, line: str) -> None:
        """Waits until it says a line, and keeps what it says before."""
        while self.line() != line:
            pass

    def line(self) -> str:
        """The next line; fails where it has died."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line, f"the process ended with {self._child.wait()} after {self.lines[-5:]}"
        self.lines.append(line.rstrip("\n"))
        return self.lines[-1]

    def go_on(self) -> None:
        """Lets it go on from where it waits."""
        assert self._child.stdin is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()

    def stop(self) -> None:
        """SIGSTOP: it stands still, whatever it holds."""
        self._child.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._child.send_signal(signal.SIGCONT)

    def acknowledged(self) -> list[dict[str, Any]]:
        """The answers that it has told of so far."""
        return [json.loads(line.removeprefix("acknowledged ")) for line in self.lines if line.startswith("acknowledged ")]


@contextmanager
def another(url: str, *arguments: str) -> Iterator[Another]:
    """A process that is ready to begin; killed at the end, whatever it does."""
    command = [sys.executable, str(PROGRAM), *arguments]
    environment = os.environ | {"ENTENTE_TEST_DATABASE": url}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            process = Another(child)
            process.hears("ready")
            yield process
        finally:
            child.kill()
            child.send_signal(signal.SIGCONT)
