import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    packages = [*(house / "libs").iterdir(), *(house / "services").iterdir()]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--config", str(HOUSE / ".importlinter"), "--no-cache"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, packages)), "COLUMNS": "200"},
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in [*(HOUSE / "libs").iterdir(), *(HOUSE / "services").iterdir()]:
        package = next(part.glob("entente_*"))
        shutil.copytree(
            package, tmp_path / part.relative_to(HOUSE) / package.name, ignore=shutil.ignore_patterns("__pycache__", "*.csv", "*.json")
        )
    return tmp_path


def test_the_house_keeps_its_import_rules():
    result = lint(HOUSE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("room", "planted", "rule"),
    [
        ("services/gateway/entente_gateway/api/events.py", "import entente_stability.app", "Services never import each other"),
        ("libs/eventkit/entente_eventkit/clock.py", "import entente_gateway.app", "Imports run one way"),
        ("libs/contracts/entente_contracts/event.py", "import entente_eventkit.clock", "Contracts import no part of the house"),
        ("services/stability/entente_stability/domain/score.py", "import pydantic", "A domain imports contracts and the standard library"),
        ("services/gateway/entente_gateway/domain/source.py", "import entente_eventkit.clock", "A domain imports contracts"),
        ("libs/client/entente_client/__init__.py", "import entente_eventkit.clock", "The client needs contracts, no kernel and no Kafka"),
        ("services/platform/entente_platform/__init__.py", "import aiokafka", "Nobody but the kernel"),
        ("services/gateway/entente_gateway/app.py", "import entente_testkit", "The testkit is for tests"),
    ],
)
def test_a_planted_import_against_a_rule_is_caught(copy: Path, room: str, planted: str, rule: str):
    file = copy / room
    file.write_text(file.read_text() + f"\n{planted}\n")
    result = lint(copy)
    broken = [line for line in result.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert result.returncode == 1, result.stdout + result.stderr
    assert any(rule in line for line in broken), result.stdout
