"""What the tests here share: the services' image, and the platform by docker compose."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from entente_testkit.servers import compose as of_compose
from entente_testkit.servers.containers import cannot_run

HOUSE = Path(__file__).parents[3]


def lacking(request: pytest.FixtureRequest, why: str) -> None:
    """Ends a test that cannot run here: a failure where every column must run."""
    (pytest.fail if request.config.getoption("--every-column", default=False) else pytest.skip)(f"containers: {why}")


@pytest.fixture(scope="session")
def composes(request: pytest.FixtureRequest) -> None:
    """That `docker compose` is there; it needs no engine to read files."""
    if shutil.which("docker") is None or "Compose" not in of_compose.told(HOUSE, "docker", "compose", "version", check=False):
        lacking(request, "there is no docker compose; infra/airgap/up.sh installs it")


@pytest.fixture(scope="session")
def image(request: pytest.FixtureRequest) -> str:
    """The services' image, built from this checkout."""
    why = cannot_run()
    if why is not None:
        lacking(request, why)
    return of_compose.build(HOUSE)


@pytest.fixture(scope="module")
def compose(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[of_compose.Compose]:
    """The platform, up from nothing and healthy."""
    with of_compose.running(HOUSE, tmp_path_factory.mktemp("secrets")) as up:
        yield up
