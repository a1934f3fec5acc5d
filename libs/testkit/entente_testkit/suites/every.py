"""Runs a suite's tests for each part of a service, on each backend."""

import os
from collections.abc import Sequence
from typing import ClassVar

import pytest

from entente_eventkit.acting.declare import Policy
from entente_eventkit.projecting.projection import Projection
from entente_eventkit.service import Service

NOT_THERE = "not there"
"""Stands for what a test would run on where there is nothing of the kind; such a test is left out of the run."""


class EveryPart:
    """The base of the suites."""

    service: ClassVar[Service]
    backends: ClassVar[Sequence[str]] = os.environ.get("ENTENTE_TEST_BACKENDS", "sqlite").split(",")
    """The kinds of database to run on (of `backends.BACKENDS`); ENTENTE_TEST_BACKENDS names others than SQLite, with commas."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Runs each test for each projection on each backend."""
        if "projection" in metafunc.fixturenames:
            metafunc.parametrize("projection", metafunc.cls.service.projections or [NOT_THERE], ids=_name)
        if "policy" in metafunc.fixturenames:
            metafunc.parametrize("policy", metafunc.cls.service.policies or [NOT_THERE], ids=_name)
        if "backend" in metafunc.fixturenames:
            metafunc.parametrize("backend", metafunc.cls.backends)


def _name(part: Projection | Policy | str) -> str:
    return part if isinstance(part, str) else part.name
