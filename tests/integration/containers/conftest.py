"""What the tests here share: the services' image, and the platform by docker compose."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from entente_testkit.servers import compose as of_compose
from entente_testkit.servers.containers import cannot_run

HOUSE = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def image() -> str:
    """The services' image, built from this checkout."""
    why = cannot_run()
    if why is not None:
        pytest.skip(f"containers: {why}")
    return of_compose.build(HOUSE)


@pytest.fixture(scope="module")
def compose(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[of_compose.Compose]:
    """The platform, up from nothing and healthy."""
    with of_compose.running(HOUSE, tmp_path_factory.mktemp("secrets")) as up:
        yield up
