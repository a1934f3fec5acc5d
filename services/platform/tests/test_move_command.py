"""`entente move`, where it must not begin; that it arrives is tested with a real server."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entente_platform import running
from entente_platform.command import app
from entente_platform.folder import DataFolder


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    for service in ("gateway", "partnerships", "stability"):
        folder = tmp_path / "credentials" / service
        folder.mkdir(parents=True)
        (folder / "database_password").write_text("not-a-secret")
    return tmp_path / "credentials"


def move(data: Path, credentials: Path, server: str = "127.0.0.1:1") -> Result:
    return CliRunner().invoke(app, ["move", "--data", str(data), "--server", server, "--credentials", str(credentials)])


def said(result: Result) -> str:
    return " ".join(result.stderr.split())


def test_without_a_data_folder_nothing_is_moved(tmp_path: Path, credentials: Path) -> None:
    result = move(tmp_path / "nowhere", credentials)
    assert result.exit_code == 2
    assert "there is no data folder" in said(result)


def test_without_provisioned_databases_it_says_how_to_make_them(tmp_path: Path) -> None:
    result = move(tmp_path, tmp_path)
    assert result.exit_code == 2
    assert "database_password cannot be read: No such file or directory" in said(result)
    assert "make the databases first: entente database provision" in said(result)


def test_a_platform_that_runs_is_not_moved(tmp_path: Path, credentials: Path) -> None:
    with running.alone(DataFolder(tmp_path / "data")):
        result = move(tmp_path / "data", credentials)
    assert result.exit_code == 1
    assert "another platform runs on the data folder" in said(result)
    assert "stop it first: what it still writes would be left behind" in said(result)


def test_a_server_that_is_not_there_is_told_and_no_password_is_shown(tmp_path: Path, credentials: Path) -> None:
    (tmp_path / "data").mkdir()
    result = move(tmp_path / "data", credentials)
    assert result.exit_code == 1
    assert "127.0.0.1" in said(result)
    assert "not-a-secret" not in result.output
