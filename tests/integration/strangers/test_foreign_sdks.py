"""Programs in other languages, with the official CloudEvents SDKs and nothing of ours, publish signed events."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entente_contracts import signature
from entente_contracts.events.gateway import KeyAlgorithm
from entente_platform.command.keys import keyid_of
from entente_platform.command.reach import Platform
from entente_platform.demo.child import platform_of_ones_own

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
URI = "https://strangers.example.org/feed"

Program = Callable[..., list[str]]


def tool(name: str, request: pytest.FixtureRequest) -> str:
    """Where the tool is; a machine without it says so."""
    found = shutil.which(name)
    if found is None:
        (pytest.fail if request.config.getoption("--every-column") else pytest.skip)(f"{name} is not on this machine")
    return str(found)


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", params=["node", "go"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that runs the program, built from nothing but its own files."""
    place = tmp_path_factory.mktemp(request.param) / "example"
    shutil.copytree(EXAMPLES / request.param, place, ignore=shutil.ignore_patterns("node_modules"))
    if request.param == "node":
        run(tool("npm", request), "ci", "--no-audit", "--no-fund", cwd=place)
        return [tool("node", request), str(place / "publish.mjs")]
    run(tool("go", request), "build", "-o", str(place / "publish"), ".", cwd=place)
    return [str(place / "publish")]


@pytest.fixture(scope="module")
def publish(program: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    key = tmp_path_factory.mktemp("keys") / "key.pem"
    private, public = signature.generate_key(KeyAlgorithm.ED25519)
    key.write_bytes(private)
    with platform_of_ones_own(datetime(2023, 10, 9, 12, tzinfo=UTC)) as folder:
        with Platform(folder, "administrator") as platform:
            rights = {"types": ["entente.observations.reported"], "countries": ["SDN"]}
            keys = [{"keyid": keyid_of(public), "algorithm": "ed25519", "pem": public.decode()}]
            asked = {"name": "strangers", "uri": URI, "title": "A stranger", "rights": rights, "keys": keys, "because": "a test"}
            platform.post("/gateway/sources", asked)

        def publishing(*more: str) -> list[str]:
            command = [*program, str(folder.url()), URI, str(key), keyid_of(public), *more]
            env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)
            assert done.returncode == 0, done.stderr
            receipts = [json.loads(line)["receipts"][0] for line in done.stdout.splitlines() if line.strip()]
            return [receipt["reason"] or receipt["outcome"] for receipt in receipts]

        yield publishing


@pytest.mark.timeout(300)
def test_what_another_language_signed_is_admitted_once_in_both_modes_and_refused_when_it_was_changed(publish: Program) -> None:
    assert publish("first") == ["admitted", "admitted"]
    assert publish("first") == ["duplicate", "duplicate"]
    assert publish("second", "tamper") == ["bad_signature", "bad_signature"]
