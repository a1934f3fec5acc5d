"""A service's database: whole transactions, synchronous, one thread call each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One database. Everything that differs between SQLite and PostgreSQL is in `dialect`."""

    def __init__(self, url: str) -> None:
        """`url`: SQLAlchemy's, `sqlite:///path` or `postgresql+psycopg://...`. Asserts the durable settings at the first connection."""
        raise NotImplementedError

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back where the block raises. SQLite: BEGIN IMMEDIATE."""
        raise NotImplementedError

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and writes nothing."""
        raise NotImplementedError

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(connection, ...)` as one writing transaction in a thread; a cancelled caller waits for its end (shielded)."""
        raise NotImplementedError

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `work(connection, ...)` as one reading transaction in a thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Gives all connections back."""
        raise NotImplementedError
