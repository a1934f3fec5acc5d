"""Behaviour suites: what every projection and policy must do, whatever it is about. A service gets them by being listed:

class TestStability(ProjectionBehaviour, PolicyBehaviour):
    service = stability
"""

from entente_testkit.suites.policies import PolicyBehaviour
from entente_testkit.suites.projections import ProjectionBehaviour

__all__ = ["PolicyBehaviour", "ProjectionBehaviour"]
