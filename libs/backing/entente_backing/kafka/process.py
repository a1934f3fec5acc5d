"""A process that outlives the one that started it, known by its id and the moment of its start, so that a reused id is not taken for it."""

import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """`started`: clock ticks from the machine's start to the process's."""

    pid: int
    started: int

    @classmethod
    def spawn(cls, command: Sequence[str], says: Path) -> Self:
        """Starts a program in a session of its own; what it says is appended to the file `says`, which its owner alone can read."""
        out = os.open(says, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, out, 1),
                (os.POSIX_SPAWN_DUP2, out, 2),
            ]
            pid = os.posix_spawn(command[0], list(command), os.environ, file_actions=actions, setsid=True)
        finally:
            os.close(out)
        started = _started(pid)
        return cls(pid, -1 if started is None else started)

    @classmethod
    def noted(cls, file: Path) -> Self | None:
        """The process that a file names, None where there is no such file, or that process has ended."""
        try:
            found = json.loads(file.read_bytes())
            process = cls(int(found["pid"]), int(found["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return process if process.alive() else None

    def note(self, file: Path) -> None:
        """Writes it down, whole or not at all."""
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps({"pid": self.pid, "started": self.started}) + "\n", encoding="ascii")
        draft.replace(file)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        with suppress(ChildProcessError):  # it was started by another process
            os.waitpid(self.pid, os.WNOHANG)
        return _started(self.pid) == self.started

    def tell(self, what: signal.Signals) -> None:
        """Sends it a signal, where it still runs."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, what)

    def ended(self, within: float) -> bool:
        """Waits for its end for so many seconds; gives whether it came."""
        until = time.monotonic() + within
        while self.alive():
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_EVERY)
        return True


def _started(pid: int) -> int | None:
    """When a process was started; None where it has ended, also where nobody has asked yet how."""
    try:
        # The program's name, in brackets, may hold anything; what follows the last bracket is fields 3 and on.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {b"Z", b"X"} else int(fields[19])
