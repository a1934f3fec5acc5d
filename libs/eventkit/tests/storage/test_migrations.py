"""Two branches in one database: the kernel's and a service's own."""

from pathlib import Path
from textwrap import dedent

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, inspect, select
from sqlalchemy.exc import OperationalError

from entente_eventkit.storage.database import Database
from entente_eventkit.storage.dialect import UnusableDatabase
from entente_eventkit.storage.migrations import RevisionState, differences, migrate, revision_state
from entente_eventkit.storage.tables import NAMING, head, kernel, keys


def library() -> MetaData:
    """A service's own tables, in a MetaData of their own."""
    metadata = MetaData(naming_convention=NAMING)
    Table("book", metadata, Column("isbn", String, primary_key=True), Column("title", String, nullable=False))
    return metadata


FIRST = """
    import sqlalchemy as sa
    from alembic import op

    revision = "library_0001"
    down_revision = None
    branch_labels = ("library",)
    depends_on = None

    def upgrade():
        op.create_table(
            "book",
            sa.Column("isbn", sa.String, nullable=False),
            sa.Column("title", sa.String, nullable=False),
            sa.PrimaryKeyConstraint("isbn", name="pk_book"),
        )
"""
SECOND = """
    import sqlalchemy as sa
    from alembic import op

    revision = "library_0002"
    down_revision = "library_0001"
    branch_labels = None
    depends_on = None

    def upgrade():
        op.add_column("book", sa.Column("pages", sa.Integer, nullable=True))
"""
FAILING = SECOND.rstrip() + '\n        op.drop_table("shelf")\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "100% migrations of the library"
    folder.mkdir()
    write(folder, "0001_books.py", FIRST)
    return folder


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(dedent(text), encoding="utf-8")


def test_an_empty_database_is_behind_until_it_is_migrated(database: Database) -> None:
    assert revision_state(database) is RevisionState.BEHIND
    migrate(database)
    assert revision_state(database) is RevisionState.UP_TO_DATE


def test_migrations_and_models_of_the_kernel_agree(database: Database) -> None:
    migrate(database)
    assert differences(database) == []


def test_migrations_give_every_key_and_index_the_name_that_the_models_give_it(database: Database, tmp_path: Path) -> None:
    migrate(database)
    made = Database(f"sqlite:///{tmp_path / 'made.sqlite'}")
    with made.writing() as connection:
        kernel.create_all(connection)
    names = []
    for each in (made, database):
        with each.reading() as connection:
            look = inspect(connection)
            names.append(
                {
                    table: (
                        look.get_pk_constraint(table),
                        sorted(look.get_unique_constraints(table), key=str),
                        sorted(look.get_indexes(table), key=str),
                        look.get_foreign_keys(table),
                    )
                    for table in kernel.tables
                }
            )
            assert connection.execute(select(head)).all() == [(1, 0, bytes(32))]
    made.close()
    assert names[0] == names[1]


def test_a_service_has_a_branch_of_its_own(database: Database, folder: Path) -> None:
    migrate(database, folder)
    assert revision_state(database, folder) is RevisionState.UP_TO_DATE
    assert differences(database, library()) == []


def test_a_table_without_a_migration_shows(database: Database) -> None:
    migrate(database)
    ((kind, table),) = differences(database, library())
    assert (kind, table.name) == ("add_table", "book")


def test_a_column_without_a_migration_shows(database: Database, folder: Path) -> None:
    migrate(database, folder)
    changed = library()
    changed.tables["book"].append_column(Column("pages", Integer))
    assert [each[0] for each in differences(database, changed)] == ["add_column"]


def test_a_table_without_a_model_shows(database: Database, folder: Path) -> None:
    migrate(database, folder)
    assert [each[0] for each in differences(database)] == ["remove_table"]


def test_a_service_that_joins_later_finds_the_kernels_rows_kept(database: Database, folder: Path) -> None:
    migrate(database)
    with database.writing() as connection:
        connection.execute(insert(keys), {"scope": "client", "key": "1", "request_hash": "x", "answer": b"{}"})
    assert revision_state(database, folder) is RevisionState.BEHIND
    migrate(database, folder)
    with database.reading() as connection:
        assert len(connection.execute(select(keys)).all()) == 1


def test_a_further_revision_keeps_the_rows_of_a_filled_database(database: Database, folder: Path) -> None:
    migrate(database, folder)
    book = library().tables["book"]
    with database.writing() as connection:
        connection.execute(insert(book), {"isbn": "1", "title": "On Hotlines"})
    write(folder, "0002_pages.py", SECOND)
    assert revision_state(database, folder) is RevisionState.BEHIND
    migrate(database, folder)
    assert revision_state(database, folder) is RevisionState.UP_TO_DATE
    with database.reading() as connection:
        assert connection.execute(select(book)).all() == [("1", "On Hotlines")]


def test_migrating_again_changes_nothing(database: Database, folder: Path) -> None:
    for _ in range(2):
        migrate(database, folder)
    assert differences(database, library()) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database, folder: Path) -> None:
    migrate(database, folder)
    write(folder, "0002_pages.py", FAILING)
    with pytest.raises(OperationalError, match="no such table: shelf"):
        migrate(database, folder)
    assert differences(database, library()) == []
    (folder / "0002_pages.py").unlink()
    assert revision_state(database, folder) is RevisionState.UP_TO_DATE


def test_a_revision_that_this_code_does_not_know_is_told_and_refused(database: Database, folder: Path) -> None:
    write(folder, "0002_pages.py", SECOND)
    migrate(database, folder)
    (folder / "0002_pages.py").unlink()
    assert revision_state(database, folder) is RevisionState.UNKNOWN
    with pytest.raises(UnusableDatabase, match="has a revision that this code does not know; run the newer code"):
        migrate(database, folder)


def test_a_database_of_another_service_is_unknown(database: Database, folder: Path) -> None:
    migrate(database, folder)
    assert revision_state(database) is RevisionState.UNKNOWN
