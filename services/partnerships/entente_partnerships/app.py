"""Everything that the partnerships registry is, in one list."""

from pathlib import Path

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.service import Service
from entente_partnerships import deciders, tables
from entente_partnerships.api.router import router
from entente_partnerships.policies.tell_who_is_bound import tell_of_agreements, tell_of_members, tell_on_the_day
from entente_partnerships.problems import PROBLEMS
from entente_partnerships.projections.what_changes import what_changes
from entente_partnerships.projections.what_it_gives import what_it_gives
from entente_partnerships.projections.who_belongs import who_belongs
from entente_partnerships.projections.who_is_bound import who_is_bound

partnerships = Service(
    "partnerships",
    "Who is bound to what, since when, until when, and why",
    owns=[PARTNERSHIPS],
    api=router,
    metadata=tables.metadata,
    migrations=Path(__file__).parent / "migrations",
    deciders=[deciders.agreement, deciders.body, deciders.binding],
    projections=[who_is_bound, who_belongs, what_it_gives, what_changes],
    workers=[tell_of_agreements, tell_of_members],
    duties=[tell_on_the_day],
    extras={"problems": PROBLEMS},
)
