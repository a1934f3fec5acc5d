"""The behaviour suites of every service that the platform lists, on every column that was asked for.

A service's suites stand in `services/<name>/tests/test_<name>_behaviour.py`; whatever class there is a suite is run from here too.
"""

import importlib.util
import inspect
from pathlib import Path

from entente_platform.app import SERVICES
from entente_testkit.suites.every import EveryPart

HOUSE = Path(__file__).parents[2]


def suites_of(service: str) -> dict[str, type[EveryPart]]:
    file = HOUSE / "services" / service / "tests" / f"test_{service}_behaviour.py"
    found = importlib.util.spec_from_file_location(f"behaviour_of_{service}", file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    suites = inspect.getmembers(module, lambda each: inspect.isclass(each) and issubclass(each, EveryPart))
    return {name: suite for name, suite in suites if name.startswith("Test")}


for service in SERVICES:
    globals().update(suites_of(service.name))
