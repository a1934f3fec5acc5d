"""Services that run each alone are asked by the same commands as a platform."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entente_platform.command import app
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[DataFolder]:
    """Stands for services at addresses of their own."""
    with platform_of_ones_own(datetime(2023, 11, 1, tzinfo=UTC)) as running:
        yield running


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_commands_ask_each_service_where_it_was_said_to_answer(elsewhere: DataFolder, tmp_path: Path) -> None:
    addresses = [f"gateway={elsewhere.url()}", f"stability={elsewhere.url()}/"]
    connected = run("connect", *addresses, "--tokens", elsewhere.tokens, "--data", tmp_path / "here")
    assert connected.exit_code == 0, connected.stderr
    assert connected.stdout == f"gateway at {elsewhere.url()}: ready\nstability at {elsewhere.url()}: ready\n"

    added = run("source", "add", "ucdp", "--uri", "https://ucdp.test/c", "--new-key", tmp_path / "k.pem", "--data", tmp_path / "here")
    assert added.exit_code == 0, added.stderr
    lag = json.loads(run("lag", "--data", tmp_path / "here", "--json").stdout)
    assert {one["service"] for one in lag["lag"]} == {"gateway", "stability"}


def test_a_service_whose_address_was_not_named_is_asked_for(elsewhere: DataFolder, tmp_path: Path) -> None:
    run("connect", f"gateway={elsewhere.url()}", "--tokens", elsewhere.tokens, "--data", tmp_path / "here")
    refused = run("score", "SDN", "--data", tmp_path / "here")
    assert refused.exit_code == 3
    assert "names no address of the service 'stability'; it has gateway" in " ".join(refused.stderr.split())
    assert "entente connect" in refused.stderr


@pytest.mark.parametrize("wrong", ["gateway", "=http://127.0.0.1:1", "gateway=ftp://127.0.0.1", "gateway=http://"])
def test_what_is_no_address_is_told_with_an_example(wrong: str, tmp_path: Path) -> None:
    refused = run("connect", wrong, "--tokens", tmp_path, "--data", tmp_path / "here")
    assert refused.exit_code == 2
    assert "write gateway=http://127.0.0.1:8601" in refused.stderr


def test_the_folder_of_a_running_platform_is_not_pointed_elsewhere(elsewhere: DataFolder) -> None:
    refused = run("connect", f"gateway={elsewhere.url()}", "--tokens", elsewhere.tokens, "--data", elsewhere.path)
    assert refused.exit_code == 2
    assert elsewhere.url() is not None
