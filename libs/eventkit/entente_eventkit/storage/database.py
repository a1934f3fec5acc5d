"""A service's database: whole transactions, synchronous, one thread call each."""

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.pool import QueuePool

from entente_eventkit.storage import dialect
from entente_eventkit.threads import ended

P = ParamSpec("P")
T = TypeVar("T")

_READING_THREADS = 4

_AFTER_COMMIT = "entente_after_commit"


class Database:
    """One database. Everything that differs between SQLite and PostgreSQL is in `dialect`."""

    engine: Engine

    def __init__(self, url: str) -> None:
        """`url`: SQLAlchemy's, `sqlite:///<path of a file>` or `postgresql+psycopg://user:password@host/name`.

        Asserts the durable settings at once (`dialect.UnusableDatabase`).
        """
        self.url = url
        self.engine = dialect.open_engine(url)
        self._for_reading, self._for_writing = dialect.for_reading_and_writing(self.engine)
        self._writer = dialect.turn(url)
        self._writing_thread = ThreadPoolExecutor(1, "database-write")
        self._reading_threads = ThreadPoolExecutor(_READING_THREADS, "database-read")
        with self.reading():
            pass

    @property
    def connections_in_use(self) -> int:
        """How many connections are taken at the moment, of all that this process may have."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def __str__(self) -> str:
        """Which database this is, without the password."""
        return make_url(self.url).render_as_string(hide_password=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back where the block raises.

        On SQLite writers wait for each other, and the first one claims the file: `one_writer.AlreadyInUse` where another process writes
        it. On PostgreSQL any number write, in any number of processes, and wait where they lock the same rows.
        """
        after: list[Callable[[], None]] = []
        with self._writer, self._for_writing.begin() as connection:
            connection.info[_AFTER_COMMIT] = after
            yield connection
        for work in after:
            work()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and cannot write."""
        with self._for_reading.begin() as connection:
            yield connection

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(connection, ...)` as one writing transaction in a thread. A cancelled caller waits for its end; where it had not
        begun, it never does."""
        return await _shielded(self._writing_thread, self.writing, lambda connection: work(connection, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(connection, ...)` as one reading transaction in a thread."""
        return await _shielded(self._reading_threads, self.reading, lambda connection: work(connection, *args, **kwargs))

    def close(self) -> None:
        """Waits for what is running, gives all connections back and lets other processes write a file."""
        self._writing_thread.shutdown()
        self._reading_threads.shutdown()
        self.engine.dispose()
        self._writer.release()


def after_commit(connection: Connection, work: Callable[[], None]) -> None:
    """Runs `work` once the writing transaction in hand is committed; never where it is rolled back. For what is counted, not for deeds."""
    connection.info.setdefault(_AFTER_COMMIT, []).append(work)


async def _shielded(
    threads: ThreadPoolExecutor, transaction: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], T]
) -> T:
    def run() -> T:
        with transaction() as connection:
            return work(connection)

    turn = threads.submit(contextvars.copy_context().run, run)
    running = asyncio.wrap_future(turn)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        turn.cancel()
        await ended(running)
        raise
