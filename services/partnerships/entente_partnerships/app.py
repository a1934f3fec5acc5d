"""Everything that the partnerships registry is, in one list."""

from pathlib import Path

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.service import Service
from entente_partnerships import tables
from entente_partnerships.api.router import router
from entente_partnerships.problems import PROBLEMS

partnerships = Service(
    "partnerships",
    "Who is bound to what, since when, until when, and why",
    owns=[PARTNERSHIPS],
    api=router,
    metadata=tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    deciders=[],
    projections=[],
    policies=[],
    workers=[],
    duties=[],
    extras={"problems": PROBLEMS},
)
