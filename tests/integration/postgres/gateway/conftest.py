"""The gateway as its own tests have it, on PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.integration.postgres.again import module_of, names_of

from entente_eventkit.clock import SetClock
from entente_gateway.app import gateway
from entente_testkit.backends import new_database
from entente_testkit.servers.postgres import NativePostgres

globals().update(names_of("conftest.py", of="services/gateway/tests"))
_gateway = module_of("services/gateway/tests/conftest.py")


@pytest.fixture
def world(server: NativePostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(_gateway, "_migrated", lambda: Path(__file__))
    with new_database(tmp_path, gateway.metadata, backend="native") as database, ExitStack() as stack:
        monkeypatch.setattr(_gateway, "Database", lambda _: database)
        yield _gateway.start(tmp_path, stack, SetClock(_gateway.NOW))
