"""Migrations run forward on both databases, from an empty store and from one filled at each revision that there ever was."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, MetaData, Table, select
from sqlalchemy.types import Boolean, TypeEngine

from entente_eventkit.service import Service
from entente_eventkit.storage import migrations
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, differences, migrate, revision_state
from entente_platform.app import SERVICES
from entente_testkit.history import START

ROWS = 3


def steps(service: Service) -> Iterator[tuple[str, ...]]:
    """The revisions that a database could stand at: those of each branch one after another, the other one at its newest."""
    script = ScriptDirectory.from_config(migrations._config(service.migrations))
    heads = script.get_heads()
    for head in heads:
        others = [other for other in heads if other != head]
        for revision in script.iterate_revisions(head, "base"):
            yield (revision.revision, *others)


CASES = [pytest.param(service, at, id="+".join(at)) for service in SERVICES for at in sorted(set(map(tuple, map(sorted, steps(service)))))]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'a.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("url")
    database = Database(url)
    yield database
    database.close()


def bring_to(database: Database, service: Service, revisions: Sequence[str]) -> None:
    config = migrations._config(service.migrations)
    with database.writing() as connection:
        config.attributes["connection"] = connection
        for revision in revisions:
            command.upgrade(config, revision)


def value(type_: TypeEngine[Any], number: int) -> Any:
    """Something that a column of the type can hold."""
    match type_:
        case Boolean():
            return bool(number % 2)
        case Integer():
            return number
        case LargeBinary():
            return bytes([number]) * 32
        case DateTime(timezone=aware):
            return START if aware else START.replace(tzinfo=None)
        case Date():
            return date(2023, 10, number)
        case _:
            return f"{number} é"


def fill(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Puts rows into every table that there is, whatever it is; gives all rows by table."""
    with database.writing() as connection:
        found = MetaData()
        found.reflect(connection)
        for table in found.sorted_tables:
            if table.name not in {"alembic_version", "head"}:
                rows = [{column.name: _value(column, number) for column in table.columns} for number in range(1, ROWS + 1)]
                connection.execute(table.insert(), rows)
        return {table.name: _rows(connection, table) for table in found.sorted_tables if table.name != "alembic_version"}


def _value(column: Column[Any], number: int) -> Any:
    return value(column.type, number)


def _rows(connection: Any, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_an_empty_database_gets_every_table_as_the_code_has_it(empty: Database, service: Service) -> None:
    migrate(empty, service.migrations)
    assert differences(empty, service.metadata) == []
    assert revision_state(empty, service.migrations) is RevisionState.UP_TO_DATE
    migrate(empty, service.migrations)
    assert differences(empty, service.metadata) == []


@pytest.mark.parametrize(("service", "at"), CASES)
def test_a_store_filled_at_each_revision_keeps_every_value(empty: Database, service: Service, at: Sequence[str]) -> None:
    bring_to(empty, service, at)
    before = fill(empty)
    assert {len(rows) for name, rows in before.items() if name != "head"} == {ROWS}
    migrate(empty, service.migrations)
    assert differences(empty, service.metadata) == []
    with empty.reading() as connection:
        found = MetaData()
        found.reflect(connection)
        for name, rows in before.items():
            after = _rows(connection, found.tables[name])
            assert [{column: row[column] for column in old} for old, row in zip(rows, after, strict=True)] == rows, name


def migrating(url: str, service: Service) -> subprocess.Popen[str]:
    environment = os.environ | {f"ENTENTE_{service.name.upper()}_DATABASE_URL": url}
    program = [sys.executable, "-m", f"entente_{service.name}.service", "migrate"]
    return subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_two_processes_that_migrate_at_once_both_end_well(url: str, service: Service) -> None:
    processes = [migrating(url, service) for _ in range(3)]
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert all(f"{service.name}: postgresql+psycopg://" in text and "is up to date" in text and ":***@" in text for text in said)
    database = Database(url)
    assert differences(database, service.metadata) == []
    database.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    (tmp_path / "0001_half.py").write_text(
        'from alembic import op\n\nrevision = "library_0001"\ndown_revision = None\nbranch_labels = ("library",)\ndepends_on = None\n\n\n'
        'def upgrade():\n    op.execute("CREATE TABLE book (isbn text)")\n    op.drop_table("shelf")\n'
    )
    database = Database(url)
    with pytest.raises(Exception, match='table "shelf" does not exist'):
        migrate(database, tmp_path)
    with database.reading() as connection:
        found = MetaData()
        found.reflect(connection)
    assert found.tables == {}
    database.close()
