"""A process that has imported everything once and forks the services: to import it all costs more than a service does in a whole run.

It reads a line of JSON a service to start, and writes one for each that began (`pid`) and that ended (`pid`, `code`). When its reader or
writer is gone it kills what is left and ends.
"""

import json
import os
import queue
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Nursery:
    """The other end of it. `start` gives the process id of a new service; `code_of` tells how one ended."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._born: queue.Queue[int] = queue.Queue()
        self._ended: dict[int, int] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], output: Path) -> int:
        """Starts `python -m tests.chaos.service <arguments>`, its output appended to a file."""
        assert self._child.stdin is not None
        asked = {"arguments": list(arguments), "environment": dict(environment), "output": str(output)}
        self._child.stdin.write(json.dumps(asked) + "\n")
        self._child.stdin.flush()
        return self._born.get(timeout=180.0)

    def code_of(self, pid: int) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._ended.get(pid)

    def close(self) -> None:
        """Ends it, and what it has started."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(60.0)
        self._listener.join(60.0)
        assert self._child.stdout is not None
        self._child.stdout.close()

    def _listen(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            told = json.loads(line)
            if "code" in told:
                self._ended[told["pid"]] = told["code"]
            else:
                self._born.put(told["pid"])


def main() -> None:
    """Forks what is asked for until nobody asks any more."""
    from tests.chaos import service  # noqa: PLC0415 - the other end of the pipe has no need of it

    alive: set[int] = set()
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if wake in ready:
                os.read(wake, 4096)
                _report(alive)
            if sys.stdin in ready:
                line = sys.stdin.readline()
                if not line:
                    break
                pid = _fork(service.serve, json.loads(line))
                alive.add(pid)
                _tell({"pid": pid})
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(serve: Any, asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with Path(os.devnull).open("rb") as nothing, Path(asked["output"]).open("ab") as output:
            os.dup2(nothing.fileno(), 0)
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.environ.update(asked["environment"])
        serve(asked["arguments"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _report(alive: set[int]) -> None:
    for pid in list(alive):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            alive.discard(pid)
            _tell({"pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(what: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
