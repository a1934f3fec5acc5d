"""The databases of the runs: one PostgreSQL for all, a database and role a service and run."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from entente_testkit.servers.postgres import NativePostgres
from tests.chaos.world import SERVICES

Databases = Callable[[Path], tuple[Mapping[str, str], Any]]
"""(folder of a run) -> a URL a service, and the server."""


@contextmanager
def databases_for_a_matrix(folder: Path) -> Iterator[Databases]:
    """A server in a folder, for as long as the block lasts."""
    with NativePostgres(folder / "postgres") as server:

        def for_a_run(of: Path) -> tuple[Mapping[str, str], Any]:
            run = of.name.replace("-", "_")
            return {name: server.new_database(f"{run}_{name}") for name in SERVICES}, server

        yield for_a_run
