"""Migrations: the kernel's branch and a service's own, side by side in one database.

A service gives its version folder (`Service.migrations`). The first revision there has `down_revision = None` and
`branch_labels = ("<service>",)`; revision ids begin with the service's name (`gateway_0001`), as the kernel's begin with `kernel_`.
"""

import threading
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from entente_eventkit.storage import dialect
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase
from entente_eventkit.storage.tables import kernel

_HERE = Path(__file__).parent
_KERNEL = _HERE / "versions"

_one_at_a_time = threading.Lock()
"""Alembic keeps the migration that is running in global names."""


class RevisionState(StrEnum):
    """How a database stands to the migrations that this code has."""

    UP_TO_DATE = "up to date"
    BEHIND = "behind"
    UNKNOWN = "unknown"


def migrate(database: Database, service: Path | None = None) -> None:
    """Brings the database to the newest revision of both branches, in one transaction: wholly, or not at all. Of two processes that do
    so at once, one waits for the other and finds nothing left to do.

    Raises `UnusableDatabase` where newer or other code has migrated it already.
    """
    config = _config(service)
    with _one_at_a_time, database.writing() as connection:
        dialect.alone(connection, "migrate")
        if _state(connection, config) is RevisionState.UNKNOWN:
            raise UnusableDatabase(
                f"{database} has a revision that this code does not know; run the newer code, or restore an older backup"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")


def revision_state(database: Database, service: Path | None = None) -> RevisionState:
    """Whether this code may run on the database. `UNKNOWN`: newer or other code has migrated it; `BEHIND`: migrate first."""
    with database.reading() as connection:
        return _state(connection, _config(service))


def _state(connection: Connection, config: Config) -> RevisionState:
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    current = set(MigrationContext.configure(connection).get_current_heads())
    if not current <= known:
        return RevisionState.UNKNOWN
    return RevisionState.UP_TO_DATE if current == set(script.get_heads()) else RevisionState.BEHIND


def differences(database: Database, *tables: MetaData) -> list[Any]:
    """What Alembic would still have to change so that the database has the kernel's tables and these, and no others; empty is right."""
    expected = MetaData(naming_convention=kernel.naming_convention)
    for metadata in (kernel, *tables):
        for table in metadata.tables.values():
            table.to_metadata(expected)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, expected))


def _config(service: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", _escaped(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_escaped(folder) for folder in (_KERNEL, service) if folder is not None))
    return config


def _escaped(folder: Path) -> str:
    return str(folder).replace("%", "%%")
