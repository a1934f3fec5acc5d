"""The service run alone: what it must be told, and what it says when it is not."""

from pathlib import Path

import pytest

from entente_eventkit.alone import application
from entente_eventkit.shell.settings import WrongSetting
from entente_stability.app import stability
from entente_stability.service import StabilitySettings, main


def settings(tmp_path: Path, **given: object) -> StabilitySettings:
    return StabilitySettings.read("stability", database_url=f"sqlite:///{tmp_path}/stability.sqlite", **given)


def test_alone_it_needs_a_broker(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="ENTENTE_STABILITY_BOOTSTRAP"):
        application(stability, settings(tmp_path))


def test_alone_it_needs_a_folder_of_tokens(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="ENTENTE_STABILITY_TOKENS_FILE"):
        application(stability, settings(tmp_path, bootstrap="127.0.0.1:9092"))


def test_it_is_put_together_without_a_broker_being_there(tmp_path: Path) -> None:
    app = application(
        stability, settings(tmp_path, bootstrap="127.0.0.1:9092", tokens_file=tmp_path / "tokens", clock="2023-10-01T00:00:00Z")
    )
    served = app.routes[0]
    assert served.path == "/stability"
    served.app.state.runtime.database.close()


def test_without_a_database_it_says_so_and_does_not_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("ENTENTE_STABILITY_DATABASE_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["service"])
    assert main() == 2
    assert "ENTENTE_STABILITY_DATABASE_URL" in capsys.readouterr().err
