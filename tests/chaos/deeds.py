"""What is done to a running world: each fault for real, and healed."""

import shutil
import signal
import time
from collections.abc import Callable
from typing import Literal

import httpx2
from tests.chaos import brokers, databases
from tests.chaos.processes import until
from tests.chaos.world import World

from entente_contracts.topics import OBSERVATIONS
from entente_testkit.servers.kafka import kill

SESSION = 6.0
"""Seconds after which a group goes on without a member that is silent."""


def nothing(world: World) -> None:
    """Lets the load flow."""
    world.struck()
    world.heals()


def restarted_after_its_death(world: World, name: str = "stability-1", *next_flags: str) -> None:
    """Waits until a fault point has killed a process, and starts it again."""
    world.process(name).wait_killed()
    world.struck()
    world.heals()
    world.process(name).start(*next_flags)
    world.process(name).wait_ready()


def killed_twice_while_sending(world: World) -> None:
    """The gateway dies with records under way, is started, and dies with records acknowledged and its cursor behind them."""
    restarted_after_its_death(world, "gateway-1", "--send", "after", "--nth", "20")
    restarted_after_its_death(world, "gateway-1")


def killed_while_rebuilding(world: World) -> None:
    """The process that builds a projection anew dies; the rebuild is begun again until it has switched."""
    assert world.operate("stability-1", "POST", "/stability/ops/rebuild/observed").status_code == httpx2.codes.ACCEPTED
    restarted_after_its_death(world)
    until(lambda: _rebuilt(world), "observed is rebuilt", every=0.3)


def _rebuilt(world: World) -> bool:
    """Begins a rebuild where none runs; True once one has switched."""
    answer = world.operate("stability-1", "GET", "/stability/ops/rebuild/observed")
    if answer.is_success and answer.json()["state"] == "switched":
        return True
    if not answer.is_success or answer.json()["state"] != "running":
        world.operate("stability-1", "POST", "/stability/ops/rebuild/observed")
    return False


def gateway_killed_with_requests_in_flight(world: World) -> None:
    """The gateway dies while several clients wait for an answer, three times."""
    for _ in range(3):
        until(lambda: world.journal.in_flight >= 2, "requests are in flight", every=0.001)
        world.process("gateway-1").kill()
        world.struck()
        world.process("gateway-1").start()
        world.process("gateway-1").wait_ready()
        world.wait_moving("events flow again")
    world.heals()


def one_of_two_gateways_killed(world: World) -> None:
    """One of two relays of the same topics dies in its sending; it is missed by nobody."""
    world.process("gateway-1").wait_killed()
    world.struck()
    world.wait_moving("the other gateway goes on")
    world.heals()
    world.process("gateway-1").start()
    world.process("gateway-1").wait_ready()


def leader_killed(world: World) -> None:
    """The broker that leads a partition dies; of three the others go on, the only one is missed for three seconds."""
    leader = brokers.leader_of(world.cluster.bootstrap, world.watch.newest_of(OBSERVATIONS), 0)
    kill(world.cluster, leader)
    world.struck()
    if world.nodes > 1:
        world.wait_moving("two brokers go on without their leader")
    else:
        time.sleep(3.0)
    world.heals()
    world.cluster.start_node(leader)


def two_of_three_killed(world: World) -> None:
    """Two brokers die. The gateway goes on storing, nothing is acknowledged by the log, and all of it follows later."""
    for node in (1, 2):
        kill(world.cluster, node)
    world.struck()
    published = world.watch.looks[-1].progress[1]
    stored = world.watch.looks[-1].progress[0]
    until(lambda: world.watch.looks[-1].progress[0] > stored + 20, "the gateway stores what comes in")
    assert world.watch.looks[-1].progress[1] - published < 500, "one broker of three must not acknowledge anything"
    world.heals()
    for node in (1, 2):
        world.cluster.start_node(node)


def zombie(world: World) -> None:
    """A member is stopped by its fault point, the group goes on without it, and it wakes up in the middle of its batch."""
    zombie = world.process("stability-1")
    zombie.wait_stopped()
    world.struck()
    since = time.monotonic()
    until(lambda: time.monotonic() - since > SESSION + 2, "the session of the stopped member ends")
    world.wait_moving("the others go on without the stopped member")
    world.heals()
    zombie.signal(signal.SIGCONT)
    zombie.wait_ready()


def members_come_and_go(world: World) -> None:
    """Two more members join and leave by turns."""
    world.struck()
    for number in range(4):
        name = f"stability-{3 + number % 2}"
        world.process(name).start()
        world.process(name).wait_ready()
        world.wait_moving("the group goes on with another member")
        world.process(name).end()
    world.heals()


def poisoned(world: World) -> None:
    """Code that chokes on one event parks it and what follows in its stream; mended code is rolled out and redrives it."""
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


def log_lost(world: World) -> None:
    """All brokers are stopped and all that they hold is deleted; an empty cluster takes their place."""
    world.cluster.down()
    world.struck()
    shutil.rmtree(world.cluster.folder)
    world.heals()
    world.cluster.up()


def database_restarted(mode: Literal["fast", "immediate"]) -> Callable[[World], None]:
    """PostgreSQL is stopped in this mode, and started a second later."""

    def restarted(world: World) -> None:
        world.struck()
        world.postgres.stop(mode)
        time.sleep(1.0)
        world.heals()
        world.postgres.start()

    return restarted


def connections_cut(world: World) -> None:
    """Every connection to PostgreSQL is cut, again and again."""
    world.struck()
    for _ in range(8):
        world.postgres.cut_connections()
        time.sleep(0.4)
    world.heals()
