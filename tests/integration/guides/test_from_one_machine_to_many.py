"""The guide is run as it stands, command after command; what it compares must be equal."""

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from entente_testkit.servers.containers import cannot_run

HOUSE = Path(__file__).parents[3]
GUIDE = HOUSE / "docs" / "from-one-machine-to-many.md"
PORTS = {"ENTENTE_GATEWAY_PORTS": "8651-8659", "ENTENTE_STABILITY_PORTS": "8631-8639", "ENTENTE_PARTNERSHIPS_PORTS": "8641-8649"}
"""Beside those that somebody's own deployment on this machine may have taken."""

THREE = ["-f", "docker-compose.yml", "-f", "infra/compose/three-nodes.yml"]


@pytest.fixture
def environment(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """A project of its own in folders of its own; nothing of it is left at the end."""
    if (why := cannot_run()) is not None:
        said = f"the guide needs containers: {why}"
        (pytest.fail if request.config.getoption("--every-column") else pytest.skip)(said)
    own = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COMPOSE_PROJECT_NAME": f"entente-guide-{secrets.token_hex(3)}",
        "ENTENTE_DATA": str(tmp_path / "data"),
        "ENTENTE_SECRETS": str(tmp_path / "secrets"),
        **PORTS,
    }
    (tmp_path / "data").mkdir(mode=0o700)
    yield os.environ | own
    down = [
        shutil.which("docker") or "docker",
        "compose",
        *THREE,
        "--profile",
        "move",
        "down",
        "--volumes",
        "--remove-orphans",
        "--timeout",
        "5",
    ]
    subprocess.run(down, cwd=HOUSE, env=os.environ | own, check=False, capture_output=True, timeout=120)


@pytest.mark.timeout(900)
def test_the_guide_from_one_machine_to_many_holds_command_by_command(environment: dict[str, str]) -> None:
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL))
    shell = [shutil.which("bash") or "bash", "-euo", "pipefail", "-m", "-x", "-c", script]
    run = subprocess.run(shell, cwd=HOUSE, env=environment, capture_output=True, text=True, check=False, timeout=850)
    assert run.returncode == 0, f"{run.stdout[-3000:]}\n{run.stderr[-6000:]}"
