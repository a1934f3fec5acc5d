"""Every service's migrations make the tables that its code has, indexes and all."""

from pathlib import Path

import pytest

from entente_eventkit.service import Service
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import differences, migrate
from entente_platform.app import SERVICES


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_an_empty_database_gets_every_table_and_index_as_the_code_has_them(service: Service, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    try:
        migrate(database, service.migrations)
        assert differences(database, service.metadata) == []
    finally:
        database.close()
