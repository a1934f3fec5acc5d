"""Everything that the stability service is, in one list."""

from pathlib import Path

from entente_contracts.topics import STABILITY
from entente_eventkit.service import Service
from entente_stability import api, deciders, tables
from entente_stability.policies.assess_daily import assess_daily
from entente_stability.policies.assess_what_changed import assess_what_changed
from entente_stability.policies.warn_when_assessed import warn_when_assessed
from entente_stability.problems import PROBLEMS
from entente_stability.projections.assessments import assessments
from entente_stability.projections.observed import observed
from entente_stability.projections.warnings import warnings

stability = Service(
    "stability",
    "How stable each country and each pair of states is, and which events say so",
    owns=[STABILITY],
    api=api.router,
    metadata=tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    deciders=[deciders.assessment, deciders.warning],
    projections=[observed, assessments, warnings],
    policies=[warn_when_assessed],
    workers=[assess_what_changed],
    duties=[assess_daily],
    extras={"problems": PROBLEMS},
)
