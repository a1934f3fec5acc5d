"""The embedded log on SQLite files: what `entente up` runs on."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from entente_eventkit.log.embedded import EmbeddedLog
from entente_testkit.columns.column import Column, Log


@contextmanager
def embedded() -> Iterator[Column]:
    """The column that every machine can run."""
    yield Column("embedded", "the embedded log on SQLite", many_processes=False, new_database=_new_file, logs=_one_log)


def _new_file(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.sqlite"


@asynccontextmanager
async def _one_log() -> AsyncIterator[Callable[[], Log]]:
    log = EmbeddedLog()
    yield lambda: log
