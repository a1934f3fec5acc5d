"""Server programs as child processes: a free port, a start that is waited for, a log that is shown when it fails, an end in any case."""

import http.client
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

STOP_WITHIN = 20.0
LAST_WORDS = 4_000
"""Characters of a server's output that are shown when it does not start."""


def a_free_port() -> int:
    """A port of loopback that nobody listens on at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether an address on this machine is answered with 200."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=5.0)
    try:
        connection.request("GET", where.path or "/")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def running(
    command: Sequence[str],
    output: Path,
    ready: Callable[[], bool],
    *,
    within: float = 60.0,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program until the block ends; enters it when `ready`, which is asked again and again, first says so.

    Raises `RuntimeError` with the end of its output where it ends early or takes longer than `within` seconds.
    """
    with output.open("wb") as said:
        child = subprocess.Popen(  # noqa: S603 - the test's own command
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
        try:
            _wait_for(child, command[0], output, ready, within)
            yield child
        finally:
            _end(child)


def _wait_for(child: subprocess.Popen[bytes], name: str, output: Path, ready: Callable[[], bool], within: float) -> None:
    ends = time.monotonic() + within
    while not ready():
        ended = child.poll()
        if ended is not None or time.monotonic() > ends:
            what = f"ended with {ended}" if ended is not None else f"was not ready within {within:.0f} s"
            raise RuntimeError(f"{name} {what}; its last words:\n{output.read_text(errors='replace')[-LAST_WORDS:]}")
        time.sleep(0.05)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
