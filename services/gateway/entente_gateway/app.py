"""Everything that the gateway is, in one list."""

from pathlib import Path

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.service import Service
from entente_gateway import tables
from entente_gateway.api.router import router
from entente_gateway.door import source_door
from entente_gateway.intake.inbound import inbound
from entente_gateway.intake.recalling import recall
from entente_gateway.intake.registered import SOURCE
from entente_gateway.problems import PROBLEMS
from entente_gateway.projections.quarantine import quarantine
from entente_gateway.projections.sources import sources

gateway = Service(
    "gateway",
    "The front door for other governments' systems: what comes in is verified, judged, and admitted or kept apart",
    owns=[GATEWAY, OBSERVATIONS],
    api=router,
    metadata=tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    deciders=[SOURCE],
    projections=[sources, quarantine],
    intakes=[inbound],
    recall=recall,
    extras={"problems": PROBLEMS, "door": source_door},
)
