"""The behaviour suites, run on the specimen service."""

from entente_testkit.specimen import specimen
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour


class TestSpecimen(ProjectionBehaviour, PolicyBehaviour):
    service = specimen

    def test_a_service_may_add_tests_of_its_own(self):
        assert self.service is specimen
