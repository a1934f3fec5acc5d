"""Many writers at a time: the database's own locks make them wait for each other, in this process and in others."""

import threading
from types import TracebackType


class ManyWriters:
    """Lets every thread write, and tells one that would wait for itself."""

    def __init__(self) -> None:
        self._here = threading.local()

    def __enter__(self) -> None:
        if getattr(self._here, "writes", False):
            raise RuntimeError("this thread is in a writing transaction already; use its connection instead of opening another")
        self._here.writes = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._here.writes = False

    def release(self) -> None:
        """Nothing is held."""
