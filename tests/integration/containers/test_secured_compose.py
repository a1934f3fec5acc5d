"""The platform by docker compose on a Kafka that asks everyone who they are, and lets a service do no more than it declares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.containers.desk import Desk, logs, observations, until

from entente_backing.kafka import settings
from entente_backing.kafka.layout import Layout
from entente_platform.app import SERVICES
from entente_testkit.servers import compose
from entente_testkit.servers.compose import WITHIN, Compose, inspected, told

pytestmark = pytest.mark.timeout(3 * WITHIN)
HOUSE = Path(__file__).parents[3]
SECURE = "infra/compose/secure.yml"

TRIES = """
import sys
from pathlib import Path
from confluent_kafka import KafkaException, Producer
from entente_backing.kafka.credentials import Credentials

who, *topic = sys.argv[1:]
said = set()
within = 20 if who == "itself" else 5
settings = {"bootstrap.servers": "kafka:9092", "log_level": 0, "message.timeout.ms": within * 1000}
settings["error_cb"] = lambda error: said.add(error.name())
if who != "nobody":
    settings |= Credentials.read(Path("/run/entente/kafka")).for_librdkafka()
if who == "impostor":
    settings["sasl.password"] = "guessed"
client = Producer(settings)
try:
    if topic:
        client.produce(*topic, b"{}", on_delivery=lambda error, _: said.add(error.name() if error else "written"))
        client.flush(within + 5)
    else:
        said |= set(client.list_topics(timeout=within).topics)
except KafkaException as error:
    said.add(error.args[0].name())
client.poll(0)
print(*sorted(said))
"""
"""Run in a service's container, by its user and with its files: what whoever takes that process over could try. Prints what it got."""


@pytest.fixture(scope="module")
def secured(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """The platform on a secured Kafka, up from nothing and healthy."""
    with compose.running(HOUSE, tmp_path_factory.mktemp("secrets"), SECURE) as up:
        yield up


@pytest.fixture(scope="module")
def desk(secured: Compose, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    registered = Desk(secured, tmp_path_factory.mktemp("desk"))
    registered.register()
    return registered


def tried(secured: Compose, service: str, who: str, *topic: str) -> set[str]:
    """The topics that a client sees in a service's container, or what became of a record for a topic, or why not."""
    (container,) = secured.containers(service)
    return set(told(HOUSE, "docker", "exec", container, "python", "-c", TRIES, who, *topic).split())


@pytest.mark.usefixtures("composes")
def test_kafka_is_secured_by_the_settings_of_a_native_cluster() -> None:
    natively, plainly = (settings.properties(Layout.new(1, None, secure=secure), Path("/"), 1) for secure in (True, False))
    here = compose.configuration(HOUSE, SECURE)["services"]["kafka"]["environment"]
    for name, value in natively.items():
        if name in plainly:
            continue
        variable = "KAFKA_" + name.replace("-", "___").replace(".", "_").upper()
        assert here[variable].replace("/etc/kafka/secrets", "/certificates").replace("$$", "$") == value, name
    protocols = dict(each.split(":") for each in natively["listener.security.protocol.map"].split(","))
    assert dict(each.split(":") for each in here["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")) == protocols


@pytest.mark.usefixtures("composes")
def test_a_service_is_given_its_own_credentials_after_they_hold_and_nobody_elses() -> None:
    services = compose.configuration(HOUSE, SECURE)["services"]
    given = {name: _sources(service, "kafka") for name, service in services.items() if _sources(service, "kafka")}
    own = {service.name: [f"kafka-clients/{service.name}"] for service in SERVICES}
    assert given == own | {"kafka": ["kafka"], "kafka-provision": ["kafka-clients"]}
    for service in SERVICES:
        assert services[service.name]["depends_on"]["kafka-provision"]["condition"] == "service_completed_successfully"
    assert not [name for name, service in services.items() if _sources(service, "authority")]


def _sources(service: dict[str, list[dict[str, str]]], folder: str) -> list[str]:
    """What a container sees below one of the folders of secrets."""
    secret = str(HOUSE / "secrets") + "/"
    mounted = [volume["source"].removeprefix(secret) for volume in service.get("volumes", []) if volume["source"].startswith(secret)]
    return [source for source in mounted if source.startswith(folder)]


def test_signed_events_come_in_and_stand_behind_a_score_on_a_secured_kafka(secured: Compose, desk: Desk) -> None:
    assert desk.publish(5) == ["admitted"] * 5
    until(lambda: observations(secured) == 5, "the score knows the events")


def test_a_service_sees_its_own_topics_and_what_it_reads_and_no_other(secured: Compose, desk: Desk) -> None:
    assert tried(secured, "gateway", "itself") == {"entente.gateway.g1", "entente.observations.g1", "entente.inbound"}
    assert tried(secured, "stability", "itself") == {"entente.observations.g1", "entente.stability.g1"}


@pytest.mark.parametrize(("service", "topic"), [("gateway", "entente.stability.g1"), ("stability", "entente.observations.g1")])
def test_a_service_cannot_write_a_topic_of_another(secured: Compose, desk: Desk, service: str, topic: str) -> None:
    assert tried(secured, service, "itself", topic) == {"TOPIC_AUTHORIZATION_FAILED"}


@pytest.mark.parametrize(("who", "why"), [("nobody", {"_TRANSPORT", "_MSG_TIMED_OUT"}), ("impostor", {"_AUTHENTICATION"})])
def test_who_does_not_prove_who_they_are_sees_and_writes_nothing(secured: Compose, desk: Desk, who: str, why: set[str]) -> None:
    for topic in ((), ("entente.gateway.g1",)):
        said = tried(secured, "gateway", who, *topic)
        assert said & why
        assert all(each.startswith("_") for each in said), said


def test_credentials_and_certificates_are_made_again_without_harm(secured: Compose, desk: Desk) -> None:
    before = secured.secret
    (once,) = secured.containers("kafka-provision")
    assert "0 rights given, 0 taken; topics made: none" in told(HOUSE, "docker", "start", "--attach", once)
    told(HOUSE, "infra/compose/secrets.sh", environment=secured.environment)
    assert len(before - secured.secret) == 1, "the broker's certificate alone is new"
    secured("restart", "kafka")
    assert desk.publish(1) == ["admitted"]
    until(lambda: observations(secured) == desk.sent, "the score knows the event that came after the restart")


def test_no_secret_shows_in_what_the_engine_tells_in_processes_or_in_logs(secured: Compose, desk: Desk) -> None:
    running = secured.containers()
    told_by_engine = "".join(str(inspected(each)) for each in running)
    processes = secured("top")
    said = "".join(logs(each) for each in running)
    everything = told_by_engine + processes + said
    assert not [secret for secret in secured.secret if secret in everything]
    assert "storedKey" not in said


def test_nothing_is_left_of_a_secured_platform_when_it_is_taken_down(secured: Compose) -> None:
    secured("down", "--volumes", "--timeout", "5")
    mine = f"label=com.docker.compose.project={secured.project}"
    left = [told(HOUSE, "docker", *kind, "--quiet", "--filter", mine) for kind in (("ps", "--all"), ("volume", "ls"), ("network", "ls"))]
    assert left == ["", "", ""]
