"""The README's two examples, run as their readers would run them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entente_platform.command.keys import keyid_of, make_key
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own
from entente_platform.folder import DataFolder

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
URI = "https://desk.test/observations"


@pytest.fixture(scope="module")
def folder() -> Iterator[DataFolder]:
    with platform_of_ones_own(datetime(2023, 10, 10, tzinfo=UTC)) as running:
        yield running


@pytest.fixture(scope="module")
def arguments(folder: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Platform, source, key and key id of a registered source."""
    path = tmp_path_factory.mktemp("keys") / "desk.pem"
    public = make_key(path)
    keys = [{"keyid": keyid_of(public), "algorithm": "ed25519", "pem": public.decode()}]
    rights = {"types": ["entente.observations.reported"], "countries": None}
    with Platform(folder, "administrator") as platform:
        platform.post(
            "/gateway/sources", {"name": "desk", "uri": URI, "title": "Desk", "rights": rights, "keys": keys, "because": "a test"}
        )
    return [str(folder.url()), URI, str(path), keyid_of(public)]


def run(example: str, arguments: list[str], folder: Path) -> str:
    done = subprocess.run([sys.executable, str(EXAMPLES / example), *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def lines_of(example: str) -> int:
    return sum(bool(line.strip()) for line in (EXAMPLES / example).read_text().splitlines())


def test_twenty_lines_with_the_client_publish_an_event(arguments: list[str], tmp_path: Path) -> None:
    assert run("publish_with_client.py", arguments, tmp_path).split() == ["reported-desk-117", "admitted"]
    assert run("publish_with_client.py", arguments, tmp_path).split() == ["reported-desk-117", "admitted"]
    (tmp_path / "sent.jsonl").unlink()
    assert run("publish_with_client.py", arguments, tmp_path).split() == ["reported-desk-117", "duplicate"]
    assert lines_of("publish_with_client.py") <= 20


def test_thirty_lines_with_the_official_sdk_alone_publish_an_event(arguments: list[str], tmp_path: Path) -> None:
    (receipt,) = json.loads(run("publish_with_sdk.py", arguments, tmp_path))["receipts"]
    assert (receipt["id"], receipt["outcome"]) == ("reported-desk-118", "admitted")
    assert lines_of("publish_with_sdk.py") <= 30
    assert "entente_" not in (EXAMPLES / "publish_with_sdk.py").read_text()


@pytest.mark.parametrize("example", ["publish_with_client.py", "publish_with_sdk.py"])
def test_the_readme_shows_the_examples_as_they_are(example: str) -> None:
    readme = (EXAMPLES.parents[1] / "README.md").read_text()
    assert f"```python\n{(EXAMPLES / example).read_text()}```" in readme
