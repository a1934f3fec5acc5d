"""The behaviour suites, run on the specimen service."""

from pathlib import Path

import pytest

from entente_testkit.alive import migrated_specimen
from entente_testkit.specimen import specimen
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour, ServiceBehaviour


class TestSpecimen(ProjectionBehaviour, PolicyBehaviour):
    service = specimen

    def test_a_service_may_add_tests_of_its_own(self):
        assert self.service is specimen


class TestSpecimenAlive(ServiceBehaviour):
    service = specimen

    @pytest.fixture(autouse=True)
    def migrated(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(type(self), "service", migrated_specimen(tmp_path))
