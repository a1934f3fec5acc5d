"""The image that holds every service: what it is run as, and what is not in it."""

import subprocess

import pytest

from entente_platform.app import SERVICES
from entente_testkit.servers.compose import WITHIN, inspected

pytestmark = pytest.mark.timeout(2 * WITHIN)
BUILD_TOOLS = ("pip", "pip3", "gcc", "cc", "make", "ld", "hatch", "hatchling", "uv")
BUILD_PARTS = ("pip", "hatchling", "setuptools", "wheel", "pytest", "entente_testkit")


def run(image: str, *arguments: str, entrypoint: str | None = None) -> subprocess.CompletedProcess[str]:
    chosen = ["--entrypoint", entrypoint] if entrypoint else []
    hardened = ["--rm", "--read-only", "--network", "none", "--cap-drop", "ALL"]
    command = ["docker", "run", *hardened, *chosen, image, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN)


def test_it_runs_as_a_user_of_its_own_that_is_not_root(image: str) -> None:
    assert inspected(image)["Config"]["User"] == "10001:10001"
    assert run(image, "-u", entrypoint="id").stdout == "10001\n"


def test_nothing_in_it_builds_or_installs(image: str) -> None:
    asked = (
        f"import importlib.util, shutil; print([*filter(shutil.which, {BUILD_TOOLS}), *filter(importlib.util.find_spec, {BUILD_PARTS})])"
    )
    found = run(image, "-c", asked, entrypoint="python")
    assert found.stdout == "[]\n", found.stderr


def test_its_root_cannot_be_written_to_even_by_its_own_user(image: str) -> None:
    found = run(image, "-c", "open('/opt/entente/written', 'w')", entrypoint="python")
    assert "Error" in found.stderr
    assert found.returncode == 1


def test_it_keeps_neither_what_it_was_built_from_nor_secrets(image: str) -> None:
    asked = "from pathlib import Path; print([str(one) for top in ('/opt', '/source', '/wheels', '/run') for one in Path(top).rglob('*') "
    asked += "if one.suffix in {'.lock', '.whl', '.token', '.pem', '.c', '.pyx'} and 'certifi' not in one.parts])"
    found = run(image, "-c", asked, entrypoint="python")
    assert found.stdout == "[]\n", found.stderr


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_it_holds_every_service_which_names_what_it_must_be_told(image: str, service: str) -> None:
    told_nothing = run(image, service)
    assert told_nothing.returncode == 2
    assert f"ENTENTE_{service.upper()}_DATABASE_URL: is not set" in told_nothing.stderr


def test_a_service_that_there_is_not_is_told_those_there_are(image: str) -> None:
    asked = run(image, "stabilty")
    assert asked.returncode == 2
    assert asked.stderr.startswith("there is no service 'stabilty'; name one of gateway, partnerships, stability")


def test_a_container_without_a_service_that_answers_is_not_well(image: str) -> None:
    found = run(image, "-I", "-m", "entente_platform.well", entrypoint="python")
    assert (found.returncode, found.stdout) == (1, "nothing answers on port 8600 yet (ConnectionRefusedError)\n")
