"""Settings: where they come from, what is said about a wrong one, and what is never printed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entente_eventkit.shell.settings import Settings, WrongSetting

URL = "postgresql+psycopg://entente:hunter2@db/gateway"


def test_settings_come_from_variables_with_the_services_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_GATEWAY_DATABASE_URL", URL)
    monkeypatch.setenv("ENTENTE_GATEWAY_PORT", "9000")
    monkeypatch.setenv("ENTENTE_GATEWAY_CLOCK", "2023-10-01T02:00:00+02:00")
    monkeypatch.setenv("ENTENTE_STABILITY_PORT", "9001")
    settings = Settings.read("gateway")
    assert (settings.database_url, settings.port, settings.host, settings.bootstrap) == (URL, 9000, "127.0.0.1", None)
    assert settings.clock == datetime(2023, 10, 1, tzinfo=UTC)


def test_what_is_given_goes_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_GATEWAY_PORT", "9000")
    assert Settings.read("gateway", database_url="sqlite:///a.sqlite", port=9002).port == 9002


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "ENTENTE_GATEWAY_PORT: Input should be a valid integer.*what would be right: a free port from 1 to 65535"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("LOG_LEVEL", "loud", "ENTENTE_GATEWAY_LOG_LEVEL.*debug, info, warning, error or critical"),
        ("DATABASE_URL", "hunter2", "ENTENTE_GATEWAY_DATABASE_URL: is no database address; what would be right: sqlite"),
        ("DATABASE_URL", "mysql://hunter2@db", "other than SQLite and PostgreSQL"),
        ("OTLP_ENDPOINT", "collector:4317", "ENTENTE_GATEWAY_OTLP_ENDPOINT: is no http address.*4318"),
        ("CLOCK", "2023-10-01T00:00:00", "ENTENTE_GATEWAY_CLOCK: has no time zone"),
        ("CLOCK", "yesterday", "2023-10-01T00:00:00Z"),
        ("PROT", "9000", "ENTENTE_GATEWAY_PROT: there is no such setting; there are .*ENTENTE_GATEWAY_PORT"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv("ENTENTE_GATEWAY_DATABASE_URL", URL)
    monkeypatch.setenv(f"ENTENTE_GATEWAY_{name}", value)
    with pytest.raises(WrongSetting, match=says) as wrong:
        Settings.read("gateway")
    assert "hunter2" not in str(wrong.value)


def test_everything_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_GATEWAY_PORT", "0")
    monkeypatch.setenv("ENTENTE_GATEWAY_PROT", "1")
    with pytest.raises(WrongSetting) as wrong:
        Settings.read("gateway")
    assert [line.split(":")[0] for line in str(wrong.value).splitlines()] == [
        "ENTENTE_GATEWAY_DATABASE_URL",
        "ENTENTE_GATEWAY_PORT",
        "ENTENTE_GATEWAY_PROT",
    ]


def test_a_setting_that_does_not_exist_cannot_be_given_either() -> None:
    with pytest.raises(WrongSetting, match="ENTENTE_GATEWAY_COLOUR"):
        Settings.read("gateway", database_url=URL, colour="red")


@pytest.mark.parametrize("show", [str, repr, lambda settings: str(settings.shown())])
def test_settings_are_printed_without_secrets(show: Callable[[Settings], str]) -> None:
    settings = Settings.read("gateway", database_url=URL, otlp_endpoint="https://user:hunter2@collector:4318")
    text = show(settings)
    assert "hunter2" not in text
    assert "postgresql+psycopg://entente:***@db/gateway" in text
    assert "https://***@collector:4318" in text
    assert "8600" in text


def test_the_password_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/word\n")
    settings = Settings.read("gateway", database_url="postgresql+psycopg://gateway@host/gateway", database_password_file=file)
    assert settings.database() == "postgresql+psycopg://gateway:p%40ss%2Fword@host/gateway"
    assert "word" not in str(settings).replace("password", "")


def test_a_password_in_the_address_works_and_is_never_shown() -> None:
    settings = Settings.read("gateway", database_url="postgresql+psycopg://gateway:hunter2@host/gateway")
    assert settings.database() == "postgresql+psycopg://gateway:hunter2@host/gateway"
    assert "hunter2" not in str(settings)


def test_two_passwords_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(
        WrongSetting, match="ENTENTE_GATEWAY_DATABASE_PASSWORD_FILE: is given, and database_url has a password too"
    ) as wrong:
        Settings.read("gateway", database_url="postgresql+psycopg://gateway:hunter2@host/gateway", database_password_file=tmp_path / "p")
    assert "hunter2" not in str(wrong.value)


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), ("\n", "is empty")])
def test_a_password_file_without_a_password_is_told(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content)
    settings = Settings.read("gateway", database_url="postgresql+psycopg://gateway@host/gateway", database_password_file=file)
    with pytest.raises(WrongSetting, match=message):
        settings.database()
