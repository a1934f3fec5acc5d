"""A platform of one's own: a child process on a temporary folder, gone without a trace at the end."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from entente_platform.command.trouble import Trouble
from entente_platform.folder import DataFolder

PLATFORM = "entente_platform"

START_WITHIN = 60.0
STOP_WITHIN = 15.0
"""Seconds."""
LAST_WORDS = 2_000
"""Characters of what the child said that are shown when it could not start."""


@contextmanager
def platform_of_ones_own(clock: datetime) -> Iterator[DataFolder]:
    """Starts `entente up` on a free port with a set clock; ends it and takes its folder away, also on SIGTERM and Ctrl-C."""
    with place_of_ones_own() as folder, running_on(folder, clock):
        yield folder


@contextmanager
def place_of_ones_own() -> Iterator[DataFolder]:
    """A data folder that is gone in the end, also on SIGTERM and Ctrl-C."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        with tempfile.TemporaryDirectory(prefix="entente-demo-") as place:
            yield DataFolder(Path(place) / "data")
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def running_on(folder: DataFolder, clock: datetime, program: str = PLATFORM) -> Iterator[None]:
    """A platform on a data folder, on a free port with a set clock; ended in the end. `program`: the module that is run."""
    output = folder.path.with_name("output")
    with output.open("w+") as said:
        child = _start(folder, clock, program, said.fileno())
        try:
            _wait_for(child, folder, output)
            yield
        finally:
            _end(child)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _start(folder: DataFolder, clock: datetime, program: str, output: int) -> subprocess.Popen[bytes]:
    asked = ["up", "--port", "0", "--data", str(folder.path), "--clock", clock.isoformat()]
    return subprocess.Popen(  # noqa: S603 - our own command with our own arguments
        [sys.executable, "-m", program, *asked],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")},
    )


def _wait_for(child: subprocess.Popen[bytes], folder: DataFolder, output: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while folder.url() is None:
        if child.poll() is not None:
            raise Trouble(f"the platform could not start: {output.read_text()[-LAST_WORDS:]}", "mend what it says and try again")
        if time.monotonic() > deadline:
            raise Trouble(f"the platform did not start within {START_WITHIN:.0f} s", "try again on a machine with less to do")
        time.sleep(0.05)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
