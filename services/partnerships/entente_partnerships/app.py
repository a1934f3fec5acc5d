"""Everything that the partnerships registry is, in one list."""

from pathlib import Path

from entente_contracts.topics import PARTNERSHIPS
from entente_eventkit.service import Service
from entente_partnerships import deciders, tables
from entente_partnerships.api.router import router
from entente_partnerships.policies.channel_tests import miss_tests, schedule_tests
from entente_partnerships.policies.commitments import fall_due, schedule_dues
from entente_partnerships.policies.compare_priorities import compare_priorities
from entente_partnerships.policies.tell_who_is_bound import tell_of_agreements, tell_of_members, tell_on_the_day
from entente_partnerships.problems import PROBLEMS
from entente_partnerships.projections.commitments_due import commitments_due
from entente_partnerships.projections.crisis_channels import crisis_channels
from entente_partnerships.projections.misalignments import misalignments
from entente_partnerships.projections.what_changes import what_changes
from entente_partnerships.projections.what_is_planned import what_is_planned
from entente_partnerships.projections.what_is_wanted import what_is_wanted
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
    deciders=[
        deciders.agreement,
        deciders.body,
        deciders.binding,
        deciders.channel,
        deciders.engagement,
        deciders.priorities,
        deciders.misalignment,
    ],
    projections=[
        who_is_bound,
        who_belongs,
        what_it_gives,
        what_changes,
        crisis_channels,
        what_is_planned,
        commitments_due,
        what_is_wanted,
        misalignments,
    ],
    policies=[schedule_tests, schedule_dues],
    workers=[tell_of_agreements, tell_of_members, compare_priorities],
    duties=[tell_on_the_day, miss_tests, fall_due],
    extras={"problems": PROBLEMS},
)
