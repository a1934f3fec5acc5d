"""The databases of the runs: one PostgreSQL for all, a database and role a service and run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.world import SERVICES, Databases

from entente_testkit.servers.postgres import NativePostgres


@contextmanager
def databases_for_a_matrix() -> Iterator[Databases]:
    """A server, for as long as the block lasts."""
    with NativePostgres() as server:

        def for_a_run(of: Path) -> tuple[Mapping[str, str], NativePostgres]:
            run = of.name.replace("-", "_")
            return {name: server.new_database(f"{run}_{name}") for name in SERVICES}, server

        yield for_a_run
