"""The platform by docker compose, from nothing to a score, through restarts and with two that share the work."""

import re
from pathlib import Path

import pytest
from tests.integration.containers.desk import Desk, ask, logs, observations, until

from entente_testkit.servers.compose import WITHIN, Compose, inspected, told

pytestmark = pytest.mark.timeout(3 * WITHIN)
HERE = Path()
ASSIGNED = re.compile(r"assigned to partitions: \(TopicPartition")


@pytest.fixture(scope="module")
def desk(compose: Compose, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    registered = Desk(compose, tmp_path_factory.mktemp("desk"))
    registered.register()
    return registered


def healthy(compose: Compose, service: str) -> bool:
    return all(inspected(each)["State"].get("Health", {}).get("Status") == "healthy" for each in compose.containers(service))


def test_signed_events_come_in_at_the_gateway_and_stand_behind_a_score(compose: Compose, desk: Desk) -> None:
    before = desk.sent
    assert desk.publish(5) == ["admitted"] * 5
    until(lambda: observations(compose) == before + 5, "the score knows the events")


def test_an_event_beyond_its_sources_rights_lies_in_quarantine_for_all_to_see(compose: Compose, desk: Desk) -> None:
    assert desk.publish(1, country="UKR") == ["quarantined"]
    desk.sent -= 1
    page = "/gateway/quarantine"
    until(lambda: "beyond_rights" in ask(compose, "gateway", "GET", page, "officer").text, "the quarantine shows it")


def test_a_restart_of_a_service_and_of_kafka_loses_nothing(compose: Compose, desk: Desk) -> None:
    desk.publish(2)
    compose("restart", "stability", "kafka")
    until(lambda: healthy(compose, "kafka") and healthy(compose, "stability"), "all are well again")
    assert desk.publish(2) == ["admitted"] * 2
    until(lambda: observations(compose) == desk.sent, "every event stands behind the score")


def test_two_of_a_service_share_the_partitions_and_show_the_same(compose: Compose, desk: Desk) -> None:
    compose("up", "--detach", "--wait", "--no-deps", "--no-recreate", "--scale", "stability=2", "stability")
    one, other = compose.containers("stability")
    until(lambda: all(ASSIGNED.search(logs(each)) for each in (one, other)), "each has partitions of its own")
    assert desk.publish(6) == ["admitted"] * 6
    until(lambda: observations(compose, 1) == observations(compose, 2) == desk.sent, "both show every event")
    compose("up", "--detach", "--no-deps", "--no-recreate", "--scale", "stability=1", "stability")


def test_a_service_that_starts_before_its_database_and_broker_waits_and_says_so(compose: Compose, desk: Desk) -> None:
    compose("stop", "stability", "kafka", "postgres")
    (container,) = compose.containers("stability")
    said_before = len(logs(container))
    told(HERE, "docker", "start", container)
    until(lambda: "waits for its database" in logs(container)[said_before:], "it says that it waits for its database")
    compose("start", "postgres")
    until(lambda: "publishing failed, trying again" in logs(container)[said_before:], "it says that its broker is away")
    assert inspected(container)["RestartCount"] == 0
    compose("start", "kafka")
    until(lambda: healthy(compose, "stability") and observations(compose) == desk.sent, "it serves what it had")


def test_no_secret_shows_in_what_the_engine_tells_or_in_what_anyone_logs(compose: Compose, desk: Desk) -> None:
    assert len(compose.secret) > 5
    everything = compose("logs", "--no-color") + "".join(str(inspected(each)) for each in compose.containers())
    assert not [secret for secret in compose.secret if secret in everything]


@pytest.mark.parametrize("service", ["gateway", "partnerships", "stability", "postgres", "kafka"])
def test_nobody_in_a_container_can_write_to_its_root(compose: Compose, desk: Desk, service: str) -> None:
    (container, *_) = compose.containers(service)
    assert "Read-only file system" in told(HERE, "sh", "-c", f"docker exec --user 0 {container} touch /usr/local/bin/new 2>&1", check=False)


def test_nothing_is_left_when_it_is_taken_down(compose: Compose) -> None:
    compose("down", "--volumes", "--timeout", "5")
    mine = f"label=com.docker.compose.project={compose.project}"
    left = [told(HERE, "docker", *kind, "--quiet", "--filter", mine) for kind in (("ps", "--all"), ("volume", "ls"), ("network", "ls"))]
    assert left == ["", "", ""]
