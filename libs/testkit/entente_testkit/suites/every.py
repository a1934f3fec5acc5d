"""Runs a suite's tests for each part of a service, on each backend."""

from typing import ClassVar

import pytest

from entente_eventkit.service import Service
from entente_testkit.backends import BACKENDS


class EveryPart:
    """The base of the suites."""

    service: ClassVar[Service]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs each test for each projection on each backend."""
        if "projection" in metafunc.fixturenames:
            metafunc.parametrize("projection", metafunc.cls.service.projections, ids=lambda projection: projection.name)
        if "policy" in metafunc.fixturenames:
            metafunc.parametrize("policy", metafunc.cls.service.policies, ids=lambda policy: policy.name)
        if "backend" in metafunc.fixturenames:
            metafunc.parametrize("backend", BACKENDS)
