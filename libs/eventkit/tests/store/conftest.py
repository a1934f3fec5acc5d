"""A store in a temporary file, on a clock that stands still, and a small decider to try it with."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entente_contracts.events.observations import ObservationRetracted
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.refused import Refused
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.clock import SetClock
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import migrate
from entente_eventkit.store.because import Because
from entente_eventkit.store.decider import Decider
from entente_eventkit.store.store import EventStore


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2023, 10, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store's file, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "empty.sqlite"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "gateway.sqlite"
    shutil.copyfile(migrated, file)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture
def store(database: Database, clock: SetClock) -> EventStore:
    return EventStore(database, clock, "gateway")


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
