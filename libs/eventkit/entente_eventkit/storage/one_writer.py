"""One writer at a time, in one process: what a database file needs that many threads write."""

import fcntl
import threading
from pathlib import Path
from types import TracebackType
from typing import IO


class AlreadyInUse(Exception):
    """Another process, or another `Database` of this one, writes the same file."""


class OneWriter:
    """A lock that writers take in turn. The first one also locks a file beside the database, until `release`: a second process is told
    at once, instead of disturbing the first now and then."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: IO[bytes] | None = None
        self._turn = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("this thread is in a writing transaction already; use its connection instead of opening another")
        self._turn.acquire()
        try:
            self._claim()
        except BaseException:
            self._turn.release()
            raise
        self._holder = me

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._holder = None
        self._turn.release()

    def _claim(self) -> None:
        if self._file is not None:
            return
        file = self._path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            database = self._path.with_suffix("")
            raise AlreadyInUse(
                f"{database} is being written by another process; stop that one first, or give another data folder"
            ) from None
        self._file = file

    def release(self) -> None:
        """Lets other processes write. The lock file stays: removing it would let two hold two files of one name."""
        with self._turn:
            if self._file is not None:
                self._file.close()
                self._file = None
