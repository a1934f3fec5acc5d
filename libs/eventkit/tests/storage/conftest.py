"""Databases in temporary files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from entente_eventkit.storage.database import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'service.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()
