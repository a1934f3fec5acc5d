from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table, select

from entente_eventkit.projecting.ask import Ask
from entente_eventkit.projecting.instances import Instances
from entente_testkit.specimen import Tally, TallyRow, counts, specimen
from entente_testkit.suites.running import Running, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(specimen, tmp_path, "embedded") as service:
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
