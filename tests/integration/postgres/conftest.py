"""A PostgreSQL server of this machine, and what the kernel's own tests ask for, on databases there."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.refused import Refused
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.tables import kernel
from entente_eventkit.store.because import Because
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventStore
from entente_testkit.backends import new_database
from entente_testkit.history import START
from entente_testkit.servers.postgres import NativePostgres, NoServer, shared
from entente_testkit.specimen import Tally, TallyRow, counts, metadata, specimen
from entente_testkit.suites.running import Running, running

_numbers = count(1)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> NativePostgres:
    """This test process's server. Where the machine has none, the tests say so and are skipped, or fail if every column must run."""
    try:
        return shared()
    except NoServer as why:
        lacking = pytest.fail if request.config.getoption("--every-column", default=False) else pytest.skip
        lacking(f"PostgreSQL cannot run here: {why}")


@pytest.fixture
def url(server: NativePostgres) -> Iterator[str]:
    """A new database with a role of its own, empty."""
    name = f"case_{next(_numbers)}"
    yield server.new_database(name)
    server.drop_database(name)


@pytest.fixture
def specimens(url: str) -> Iterator[Database]:
    """A new database with the specimen's tables, for tests whose other processes open it too."""
    database = Database(url)
    with database.writing() as connection:
        kernel.create_all(connection)
        metadata.create_all(connection)
    yield database
    database.close()


@pytest.fixture
def database(server: NativePostgres, tmp_path: Path) -> Iterator[Database]:
    with new_database(tmp_path, backend="native") as database:
        yield database


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def store(database: Database, clock: SetClock) -> EventStore:
    return EventStore(database, clock, "gateway")


@pytest.fixture
def service(server: NativePostgres, tmp_path: Path) -> Iterator[Running]:
    with running(specimen, tmp_path, "native") as service:
        yield service


@pytest.fixture
def instances(service: Running) -> Instances:
    return service.instances(counts)


@pytest.fixture
def tallies(service: Running) -> Callable[[], dict[str, int]]:
    def tallies() -> dict[str, int]:
        with service.database.reading() as connection:
            rows: list[Tally] = Ask(connection).all(TallyRow)
            return {row.stream: row.reports for row in rows}

    return tallies


@pytest.fixture
def all_of(service: Running) -> Callable[[Table], list[dict[str, object]]]:
    def all_of(table: Table) -> list[dict[str, object]]:
        with service.database.reading() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]

    return all_of


@pytest.fixture
def because() -> Because:
    return Because(causationid="request/1", correlationid="chain/1", actor=Actor(AuthType.USER, "ana", "SDN"))


def _decide(command: ObservationRetracted, taken_back: int | None) -> list[ObservationRetracted]:
    if command.because.startswith("nothing"):
        return []
    if (taken_back or 0) >= 3:
        raise Refused("too-many", f"{command.country} took back three already", mend="keep the rest")
    return [command] * (2 if command.because.startswith("twice") else 1)


def _evolve(taken_back: int | None, _: ObservationRetracted) -> int:
    return (taken_back or 0) + 1


@pytest.fixture
def decider() -> Decider[ObservationRetracted, int]:
    """A command is the event that it asks for; the state counts them, and three are enough."""
    return Decider("retraction", OBSERVATIONS, lambda command: f"observation/ucdp/{command.country}", _decide, _evolve)
