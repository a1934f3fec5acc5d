"""Behaviour suites: what every projection and policy must do, whatever it is about. A service gets them by being listed:

class TestStability(ProjectionBehaviour, PolicyBehaviour, ServiceBehaviour):
    service = stability
"""

from entente_testkit.suites.policies import PolicyBehaviour
from entente_testkit.suites.projections import ProjectionBehaviour
from entente_testkit.suites.services import ServiceBehaviour

__all__ = ["PolicyBehaviour", "ProjectionBehaviour", "ServiceBehaviour"]
