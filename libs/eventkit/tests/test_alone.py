"""A service's own command: serves, migrates, and says in one sentence what stands in the way."""

from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from entente_eventkit import alone
from entente_eventkit.service import Service
from entente_eventkit.shell.settings import Settings
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, revision_state
from entente_testkit.specimen import specimen

NEWER = """
from alembic import op

revision = "specimen_0001"
down_revision = None
branch_labels = ("specimen",)
depends_on = None


def upgrade():
    op.execute("CREATE TABLE shelf (id INTEGER)")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENTENTE_SPECIMEN_DATABASE_URL", f"sqlite:///{tmp_path / 'specimen.sqlite'}")
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001.py").write_text(NEWER)
    return folder


def test_migrate_brings_the_database_to_this_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service = replace(specimen, migrations=folder)
    assert alone.main(service, Settings, ["migrate"]) == 0
    assert "specimen.sqlite is up to date" in capsys.readouterr().err
    database = Database(f"sqlite:///{folder.parent / 'specimen.sqlite'}")
    assert revision_state(database, folder) is RevisionState.UP_TO_DATE
    database.close()


def test_a_database_that_newer_code_has_migrated_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert alone.main(replace(specimen, migrations=folder), Settings, ["migrate"]) == 0
    (folder / "0001.py").unlink()
    assert alone.main(replace(specimen, migrations=folder), Settings, ["migrate"]) == 1
    assert "has a revision that this code does not know; run the newer code" in capsys.readouterr().err


def test_a_database_that_is_away_is_told_without_its_password(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTENTE_SPECIMEN_DATABASE_URL", "postgresql+psycopg://specimen:hunter2@127.0.0.1:1/specimen")
    assert alone.main(replace(specimen, migrations=folder), Settings, ["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("specimen: its database cannot be used: connection failed")
    assert "hunter2" not in said


def test_a_service_waits_for_a_database_that_does_not_answer_yet_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENTENTE_SPECIMEN_DATABASE_URL", "postgresql+psycopg://specimen:hunter2@127.0.0.1:1/specimen")
    monkeypatch.setenv("ENTENTE_SPECIMEN_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("ENTENTE_SPECIMEN_TOKENS_FILE", str(tmp_path / "tokens"))
    there, served = Starlette(), []
    openings = iter([alone.application, lambda *_: there])

    def open_next(service: Service, settings: Settings) -> Starlette:
        return next(openings)(service, settings)

    monkeypatch.setattr(alone, "application", open_next)
    monkeypatch.setattr(uvicorn, "run", lambda app, **_: served.append(app))
    assert alone.main(specimen, Settings, []) == 0
    said = capsys.readouterr().err
    assert "specimen waits for its database, and asks again in 0.05 s: connection failed" in said
    assert "hunter2" not in said
    assert served == [there]


def test_a_wrong_setting_ends_it_with_2(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ENTENTE_SPECIMEN_DATABASE_URL", "nowhere")
    assert alone.main(replace(specimen, migrations=folder), Settings, ["migrate"]) == 2
    assert "ENTENTE_SPECIMEN_DATABASE_URL: is no database address" in capsys.readouterr().err


def test_a_command_that_is_not_there_ends_it_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert alone.main(specimen, Settings, ["dance"]) == 2
    assert capsys.readouterr().err.startswith("dance: there is no such command; there are migrate, recover")
