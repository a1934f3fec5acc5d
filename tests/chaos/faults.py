"""The faults, one a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos import deeds
from tests.chaos.world import World

MEMBERS = ("gateway-1", "stability-1", "stability-2")
POISON = "<poison>"
"""Stands in flags for an observation in the middle of the load."""


@dataclass(frozen=True)
class Fault:
    """`inject` is called when a third of the load is acknowledged, and returns when all is mended. `flags`: what a process starts with;
    `members`: the processes that run; `nodes`: the brokers that it takes at least."""

    name: str
    says: str
    inject: Callable[[World], None]
    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    members: tuple[str, ...] = MEMBERS
    nodes: int = 1


def _falls_at(step: str, *, instance: str = "observed@1", nth: int = 12, deed: str = "kill") -> dict[str, Sequence[str]]:
    return {"stability-1": ("--step", step, "--instance", instance, "--nth", str(nth), "--deed", deed)}


SENDING = {"gateway-1": ("--send", "during", "--nth", "40")}
CHOKING = dict.fromkeys(MEMBERS[1:], ("--poison", POISON))

FAULTS = (
    Fault("none", "nothing happens", deeds.nothing),
    Fault("batch", "kill -9 of a reader in the middle of a batch", deeds.restarted_after_its_death, _falls_at("flushed")),
    Fault("commits", "kill -9 between the database's commit and Kafka's", deeds.restarted_after_its_death, _falls_at("committed")),
    Fault("send", "kill -9 in the relay's sending, then after it", deeds.killed_twice_while_sending, SENDING),
    Fault("rebuild", "kill -9 during a rebuild", deeds.killed_while_rebuilding, _falls_at("flushed", instance="observed@2", nth=2)),
    Fault("gateway", "kill -9 of the gateway with requests in flight, three times", deeds.gateway_killed_with_requests_in_flight),
    Fault("gateways", "kill -9 of one of two gateways in its sending", deeds.one_of_two_gateways_killed, SENDING, ("gateway-2", *MEMBERS)),
    Fault("leader", "kill -9 of the broker that leads (the only one, on one node)", deeds.leader_killed),
    Fault("brokers", "kill -9 of two brokers of three", deeds.two_of_three_killed, nodes=3),
    Fault("zombie", "SIGSTOP of a member that holds a batch beyond its session, SIGCONT", deeds.zombie, _falls_at("before", deed="stop")),
    Fault("zombie-inside", "the same in the middle of its transaction", deeds.zombie, _falls_at("flushed", deed="stop")),
    Fault("members", "two members join and leave, again and again", deeds.members_come_and_go),
    Fault("database-fast", "PostgreSQL restarted in good order", deeds.database_restarted("fast")),
    Fault("database-immediate", "PostgreSQL stopped dead and started", deeds.database_restarted("immediate")),
    Fault("connections", "PostgreSQL's connections cut, eight times", deeds.connections_cut),
    Fault("poison", "an event that the code chokes on; mended code and a redrive", deeds.poisoned, CHOKING),
    Fault("log", "the whole Kafka cluster lost and made anew", deeds.log_lost),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
