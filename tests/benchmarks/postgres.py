"""PostgreSQL: which driver, and how many rows at once. `python -m tests.benchmarks.postgres` starts a server of its own.

All sides run the kernel's statements through SQLAlchemy Core on the same server, in one interleaved run.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import perf_counter, process_time
from typing import Any

from rich.console import Console
from rich.table import Table as Printed
from sqlalchemy import Connection, Engine, bindparam, create_engine, func, make_url, select
from sqlalchemy.dialects import postgresql
from tests.benchmarks import events as made
from tests.benchmarks.interleaved import ROUNDS

from entente_eventkit.storage import dialect, tables
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.inserting import insert as by_arrays
from entente_eventkit.storage.looking_up import by_keys
from entente_eventkit.store.chain import link
from entente_testkit.servers.postgres import NativePostgres

ROWS = 500
REPEATED = 3
DRIVERS = ("psycopg", "psycopg2", "pg8000")

_numbers = count(1)
_HEAD = dialect.locked(select(tables.head.c.position, tables.head.c.hash).where(tables.head.c.id == 1))
_VERSION = select(func.max(tables.events.c.version)).where(tables.events.c.topic == "t", tables.events.c.stream == bindparam("stream"))
_MOVE = tables.head.update().where(tables.head.c.id == 1).values(position=bindparam("to"), hash=bindparam("new"))
_KNOWN = select(tables.applied.c.stream, tables.applied.c.version).where(tables.applied.c.instance == "tally@1")
_BODY = made.observation(1).model_dump_json().encode()

Way = Callable[[Connection, list[dict[str, Any]]], None]


def rows_of(number: int) -> list[dict[str, Any]]:
    """Rows of the table `applied`, half of them there already."""
    first = number * ROWS // 2
    at = {"instance": "tally@1", "topic": "entente.observations", "id": "0198c0de-0000-7000-8000-000000000000"}
    return [{**at, "stream": f"observation/benchmark/{each:08d}", "version": number + 1} for each in range(first, first + ROWS)]


def arrays(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """One array a column, unnested."""
    by_arrays(connection, tables.applied, rows, replaces=True)


def _upsert() -> postgresql.Insert:
    statement = postgresql.insert(tables.applied)
    return statement.on_conflict_do_update(
        index_elements=list(tables.applied.primary_key), set_={"version": statement.excluded.version, "id": statement.excluded.id}
    )


def one_by_one(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """The driver's own executemany."""
    connection.execute(_upsert(), rows)


def values(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """One statement with a list of rows."""
    statement = postgresql.insert(tables.applied).values(rows)
    changes = {"version": statement.excluded.version, "id": statement.excluded.id}
    connection.execute(statement.on_conflict_do_update(index_elements=list(tables.applied.primary_key), set_=changes))


def batch(engine: Engine, way: Way) -> None:
    """A whole batch: lock, read what is there by key, upsert 500 rows, checkpoint, commit."""
    rows = rows_of(next(_numbers))
    with engine.begin() as connection:
        connection.execute(_HEAD).one()
        list(by_keys(connection, _KNOWN, [tables.applied.c.stream], [(row["stream"],) for row in rows]))
        way(connection, rows)
        by_arrays(
            connection,
            tables.checkpoint,
            [{"instance": "tally@1", "topic": "t", "generation": "1", "partition": 0, "next": 1}],
            replaces=True,
        )


def look_up(engine: Engine, *, listed: bool) -> None:
    """Reads 500 rows by key, from arrays as the kernel does, or by a list of parameters."""
    keys = [row["stream"] for row in rows_of(1)]
    with engine.begin() as connection:
        if listed:
            connection.execute(_KNOWN.where(tables.applied.c.stream.in_(keys))).all()
        else:
            list(by_keys(connection, _KNOWN, [tables.applied.c.stream], [(key,) for key in keys]))


def append(engine: Engine) -> None:
    """One append: lock the head, ask for the version, insert, move the head, commit."""
    number = next(_numbers)
    with engine.begin() as connection:
        head = connection.execute(_HEAD).one()
        connection.execute(_VERSION, {"stream": f"s{number}"}).scalar()
        position, hash_ = head.position + 1, link(head.hash, _BODY)
        row = {"topic": "t", "stream": f"s{number}", "version": 1, "id": f"e{number}", "keyid": None, "headers": b"{}" * 200, "body": _BODY}
        connection.execute(
            tables.events.insert(), [{**row, "position": position, "hash": hash_, "correlationid": "chain", "causationid": "request"}]
        )
        connection.execute(_MOVE, {"to": position, "new": hash_})


@contextmanager
def engines(url: str) -> Iterator[dict[str, Engine]]:
    """One engine a driver, on the same database."""
    opened = {driver: create_engine(make_url(url).set(drivername=f"postgresql+{driver}")) for driver in DRIVERS}
    try:
        yield opened
    finally:
        for engine in opened.values():
            engine.dispose()


@dataclass(frozen=True, slots=True)
class Took:
    """Median milliseconds of one time: `waited` by the clock, `computed` by this process (the rest is the server, and waiting)."""

    waited: float
    computed: float


def measure(sides: dict[str, Callable[[], None]]) -> dict[str, Took]:
    """Every round runs all sides, beginning with another one each time."""
    names = list(sides)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number in range(-1, ROUNDS):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            began = perf_counter(), process_time()
            for _ in range(REPEATED):
                sides[name]()
            if number >= 0:
                found[name].append(((perf_counter() - began[0]) / REPEATED * 1_000, (process_time() - began[1]) / REPEATED * 1_000))
    return {name: Took(*(statistics.median(each) for each in zip(*times, strict=True))) for name, times in found.items()}


def main() -> None:
    """Prints the tables."""
    console = Console()
    with NativePostgres() as server:
        url = server.new_database("benchmark")
        database = Database(url)
        with database.writing() as connection:
            tables.kernel.create_all(connection)
        database.close()
        with engines(url) as by_driver:
            batches = {
                f"{driver}, {name}": partial(batch, engine, way)
                for driver, engine in by_driver.items()
                for name, way in (("arrays", arrays), ("executemany", one_by_one))
            } | {"psycopg, VALUES list": partial(batch, by_driver["psycopg"], values)}
            show(console, f"A batch of {ROWS} rows", measure(batches), "psycopg, arrays")
            appends = {driver: partial(append, engine) for driver, engine in by_driver.items()}
            show(console, "One durable append", measure(appends), "psycopg")
            found = {f"psycopg, {name}": partial(look_up, by_driver["psycopg"], listed=name == "list") for name in ("arrays", "list")}
            show(console, f"{ROWS} rows by key", measure(found), "psycopg, arrays")


def show(console: Console, title: str, found: dict[str, Took], ours: str) -> None:
    """A table with the ratios to our side: above 1 is slower than ours."""
    printed = Printed(title=f"{title}: medians of {ROUNDS} interleaved rounds")
    for heading in ("side", "ms", "times ours", "ms of it in this process", "times ours"):
        printed.add_column(heading, justify="left" if heading == "side" else "right")
    mine = found[ours]
    for name, took in sorted(found.items(), key=lambda item: item[1].waited):
        ratios = f"{took.waited / mine.waited:.2f}", f"{took.computed / mine.computed:.2f}"
        printed.add_row(name, f"{took.waited:.2f}", ratios[0], f"{took.computed:.2f}", ratios[1])
    console.print(printed)


if __name__ == "__main__":
    main()
