"""The behaviour suites, run on the specimen service."""

from entente_testkit.specimen import specimen
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour


class TestSpecimen(ProjectionBehaviour, PolicyBehaviour):
    service = specimen
