"""The faults: each is done to a running world for real, and healed; the load flows all the while."""

import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx2
from tests.chaos import brokers, databases
from tests.chaos.processes import until
from tests.chaos.world import World

SESSION = 6.0
"""Seconds after which a group goes on without a member that is silent."""

MEMBERS = ("gateway-1", "stability-1", "stability-2")
OBSERVED = ("--instance", "observed@1")


@dataclass(frozen=True)
class Fault:
    """`inject` is called when a third of the load is acknowledged, and returns when all is mended. `flags`: what a process starts with;
    `members`: the processes that run; `nodes`: the brokers that it takes at least; `postgres`: whether it takes PostgreSQL."""

    name: str
    says: str
    inject: Callable[[World], None]
    flags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    members: tuple[str, ...] = MEMBERS
    nodes: int = 1
    postgres: bool = False


def _nothing(world: World) -> None:
    world.struck()
    world.heals()


def _restarted_after_its_death(world: World, name: str = "stability-1", *next_flags: str) -> None:
    world.process(name).wait_killed()
    world.struck()
    world.heals()
    world.process(name).start(*next_flags)
    world.process(name).wait_ready()


def _killed_twice_while_sending(world: World) -> None:
    _restarted_after_its_death(world, "gateway-1", "--send", "after", "--nth", "4")
    _restarted_after_its_death(world, "gateway-1")


def _killed_while_rebuilding(world: World) -> None:
    assert world.operate("stability-1", "POST", "/stability/ops/rebuild/observed").status_code == httpx2.codes.ACCEPTED
    _restarted_after_its_death(world)
    until(lambda: _rebuilt(world), "observed is rebuilt", within=90.0, every=0.3)


def _rebuilt(world: World) -> bool:
    """Begins a rebuild where none runs; True once one has switched."""
    answer = world.operate("stability-1", "GET", "/stability/ops/rebuild/observed")
    if answer.is_success and answer.json()["state"] == "switched":
        return True
    if not answer.is_success or answer.json()["state"] != "running":
        world.operate("stability-1", "POST", "/stability/ops/rebuild/observed")
    return False


def _gateway_killed_with_requests_in_flight(world: World) -> None:
    for _ in range(3):
        until(lambda: world.journal.in_flight >= 2, "requests are in flight", every=0.001)
        world.process("gateway-1").kill()
        world.struck()
        world.process("gateway-1").start()
        world.process("gateway-1").wait_ready()
        world.wait_moving("events flow again")
    world.heals()


def _one_of_two_gateways_killed(world: World) -> None:
    world.process("gateway-1").wait_killed()
    world.struck()
    world.wait_moving("the other gateway goes on")
    world.heals()
    world.process("gateway-1").start()
    world.process("gateway-1").wait_ready()


def _leader_killed(world: World) -> None:
    leader = brokers.leader_of(world.cluster.bootstrap, "entente.observations.g1", 0)
    brokers.kill(world.cluster, leader)
    world.struck()
    if world.nodes > 1:
        world.wait_moving("two brokers go on without their leader")
    else:
        time.sleep(3.0)
    world.heals()
    world.cluster.start_node(leader)


def _two_of_three_killed(world: World) -> None:
    for node in (1, 2):
        brokers.kill(world.cluster, node)
    world.struck()
    published = world.watch.looks[-1].progress[1]
    stored = world.watch.looks[-1].progress[0]
    until(lambda: world.watch.looks[-1].progress[0] > stored + 20, "the gateway stores what comes in", within=60.0)
    assert world.watch.looks[-1].progress[1] - published < 500, "one broker of three must not acknowledge anything"
    world.heals()
    for node in (1, 2):
        world.cluster.start_node(node)


def _zombie(world: World) -> None:
    zombie = world.process("stability-1")
    zombie.wait_stopped()
    world.struck()
    since = time.monotonic()
    until(lambda: time.monotonic() - since > SESSION + 2, "the session of the stopped member ends")
    world.wait_moving("the others go on without the stopped member")
    world.heals()
    zombie.signal(signal.SIGCONT)
    zombie.wait_ready()


def _members_come_and_go(world: World) -> None:
    world.struck()
    for number in range(4):
        name = f"stability-{3 + number % 2}"
        world.process(name).start()
        world.process(name).wait_ready()
        world.wait_moving("the group goes on with another member")
        world.process(name).end()
    world.heals()


def _poisoned(world: World) -> None:
    until(lambda: databases.parked(world.databases["stability"]) > 0, "the poison is parked")
    world.struck()
    world.wait_moving("other streams flow")
    world.heals()
    for process in [one for one in world.processes.values() if one.role == "stability"]:
        process.end()
        process.start()
        process.wait_ready()
    world.wait_moving("live events flow")
    answer = world.operate("stability-1", "POST", "/stability/ops/redrive", json={"instance": "observed@1"})
    assert answer.is_success, answer.text
    assert answer.json()["applied"] > 0, answer.text


def _log_lost(world: World) -> None:
    world.cluster.down()
    world.struck()
    shutil.rmtree(world.cluster.folder)
    world.heals()
    world.cluster.up()


def _database_restarted(mode: str) -> Callable[[World], None]:
    def restarted(world: World) -> None:
        world.struck()
        world.postgres.stop(mode)
        time.sleep(1.0)
        world.heals()
        world.postgres.start()

    return restarted


def _connections_cut(world: World) -> None:
    world.struck()
    for _ in range(8):
        databases.cut(world.postgres)
        time.sleep(0.4)
    world.heals()


POISON = "acled-60"

FAULTS = (
    Fault("none", "nothing happens", _nothing),
    Fault("batch", "kill -9 of a reader in the middle of a batch", _restarted_after_its_death, {"stability-1": ("--step", "flushed", *OBSERVED, "--nth", "12")}),
    Fault("commits", "kill -9 between the database's commit and Kafka's", _restarted_after_its_death, {"stability-1": ("--step", "committed", *OBSERVED, "--nth", "12")}),
    Fault("send", "kill -9 in the relay's sending, then after it", _killed_twice_while_sending, {"gateway-1": ("--send", "during", "--nth", "12")}),
    Fault("rebuild", "kill -9 during a rebuild", _killed_while_rebuilding, {"stability-1": ("--step", "flushed", "--instance", "observed@2", "--nth", "2")}),
    Fault("gateway", "kill -9 of the gateway with requests in flight, three times", _gateway_killed_with_requests_in_flight),
    Fault("gateways", "two gateways relay; kill -9 of one in its sending", _one_of_two_gateways_killed, {"gateway-1": ("--send", "during", "--nth", "12")}, ("gateway-2", *MEMBERS), postgres=True),
    Fault("leader", "kill -9 of the broker that leads (the only one, on one node)", _leader_killed),
    Fault("brokers", "kill -9 of two brokers of three", _two_of_three_killed, nodes=3),
    Fault("zombie", "SIGSTOP of a member that holds a batch, beyond its session, then SIGCONT", _zombie, {"stability-1": ("--step", "before", *OBSERVED, "--nth", "12", "--deed", "stop")}, postgres=True),
    Fault("zombie-in-transaction", "the same in the middle of its transaction", _zombie, {"stability-1": ("--step", "flushed", *OBSERVED, "--nth", "12", "--deed", "stop")}, postgres=True),
    Fault("members", "two members join and leave, again and again", _members_come_and_go, postgres=True),
    Fault("database-fast", "PostgreSQL restarted in good order", _database_restarted("fast"), postgres=True),
    Fault("database-immediate", "PostgreSQL stopped dead and started", _database_restarted("immediate"), postgres=True),
    Fault("connections", "PostgreSQL's connections cut, eight times", _connections_cut, postgres=True),
    Fault("poison", "an event that the code chokes on; then mended code and a redrive", _poisoned, {name: ("--poison", POISON) for name in MEMBERS[1:]}),
    Fault("log", "the whole Kafka cluster lost and made anew", _log_lost),
)  # fmt: skip
BY_NAME = {fault.name: fault for fault in FAULTS}
