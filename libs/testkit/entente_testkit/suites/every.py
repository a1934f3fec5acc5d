"""Runs a suite's tests for each part of a service; the columns' plugin runs them on each backend."""

from typing import ClassVar

import pytest

from entente_eventkit.acting.declare import Policy
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.service import Service
from entente_testkit.columns.column import NOT_THERE


class EveryPart:
    """The base of the suites."""

    service: ClassVar[Service]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs each test for each projection or policy."""
        if "projection" in metafunc.fixturenames:
            metafunc.parametrize("projection", metafunc.cls.service.projections or [NOT_THERE], ids=_name)
        if "policy" in metafunc.fixturenames:
            metafunc.parametrize("policy", metafunc.cls.service.policies or [NOT_THERE], ids=_name)


def _name(part: Projection | Policy | str) -> str:
    return part if isinstance(part, str) else part.name
