"""What is listed in the platform is covered by the kernel's behaviour suites, on every column."""

from pathlib import Path

import pytest

from entente_platform.app import SERVICES
from entente_testkit import suites

HOUSE = Path(__file__).parents[2]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.parametrize("suite", suites.__all__)
def test_every_service_runs_every_suite(service, suite):
    file = HOUSE / "services" / service.name / "tests" / f"test_{service.name}_behaviour.py"
    listed = [line for line in file.read_text().splitlines() if line.startswith("class Test")]
    assert any(suite in line for line in listed), f"{file.name} lists no {suite}; let a test class there derive from it"
