"""A secured Kafka, and gateways that read `entente.inbound` there."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from entente_backing.kafka import NativeCluster
from entente_contracts import signature
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.events.gateway import KeyAlgorithm, PublicKey, Rights
from entente_contracts.recorded import Actor, AuthType
from entente_contracts.strict_json import canonical
from entente_contracts.topics import GATEWAY
from entente_eventkit.acting.acting import Acting
from entente_eventkit.clock import SystemClock
from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.runtime import ServiceRuntime, SharedLog
from entente_eventkit.store.because import Because
from entente_gateway.app import gateway
from entente_gateway.domain.changing_sources import REPORTABLE
from entente_gateway.domain.source_commands import RegisterSource
from entente_gateway.intake.registered import SOURCE, claim_uri
from entente_platform.app import SERVICES
from entente_testkit.servers.kafka import native_kafka
from entente_testkit.servers.postgres import NoServer, shared

SOURCES = {"ucdp": "https://ucdp.example/ged", "other": "//other"}
BECAUSE = Because(causationid="request/test", correlationid="request/test", actor=Actor(AuthType.USER, "administrator"))


@dataclass
class Sender:
    """A source with its key pair."""

    name: str
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def __post_init__(self) -> None:
        self.private, self.public = signature.generate_key(KeyAlgorithm.ED25519)

    def event(self, id: str | None = None, **changed: Any) -> CloudEvent:
        data = {
            "observation": "SDN-1", "kind": "material_conflict", "what": {"vocabulary": "ucdp", "code": "1"},
            "where": {"country": "SDN"}, "when": {"first": "2023-10-03", "last": "2023-10-03", "precision": "day"},
        }  # fmt: skip
        attributes = {
            "specversion": "1.0", "id": id or f"{self.name}-{next(self.numbers)}", "source": SOURCES[self.name],
            "type": "entente.observations.reported.v2", "datacontenttype": "application/json", "time": "2023-10-03T00:00:00Z",
        }  # fmt: skip
        return signature.sign(CloudEvent(attributes, canonical(data | changed)), self.private, "k1")


def register(acting: Acting, sender: Sender) -> None:
    key = PublicKey(keyid="k1", algorithm=KeyAlgorithm.ED25519, pem=sender.public.decode())
    claim_uri(acting, SOURCES[sender.name], sender.name)
    rights = Rights(types=REPORTABLE)
    acting.execute(SOURCE, RegisterSource(sender.name, SOURCES[sender.name], None, sender.name, rights, (key,), "a test"), BECAUSE)


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """One secured node that knows every service and two foreign sources."""
    with native_kafka(tmp_path_factory.mktemp("secure"), secure=True) as cluster:
        cluster.provision({service.name: service.reads for service in SERVICES})
        for source in SOURCES:
            cluster.invite(source)
        yield cluster


@pytest.fixture(scope="session")
def senders() -> dict[str, Sender]:
    return {name: Sender(name) for name in SOURCES}


Start = Callable[[str], Any]


@pytest.fixture
async def start(secure: NativeCluster) -> AsyncIterator[Start]:
    """Starts a gateway on a database; all of them are stopped at the end."""
    async with AsyncExitStack() as stack:

        async def begin(url: str) -> ServiceRuntime:
            log = KafkaLog(secure.bootstrap, credentials=secure.credentials / "gateway", replicas=1, metadata_refresh=1.0)
            runtime = ServiceRuntime(gateway, url, SharedLog(log), SystemClock(), migrates=True)
            stack.push_async_callback(runtime.stop)
            await runtime.start()
            return runtime

        yield begin


async def let_in(runtime: ServiceRuntime, *senders: Sender) -> None:
    """Registers sources in a gateway's store, where they are not yet."""

    def work(connection: Any) -> None:
        with runtime.store.head(connection) as head:
            for sender in senders:
                if head.version(GATEWAY, f"source/{sender.name}"):
                    continue
                register(Acting(connection, head, runtime.clock), sender)

    await runtime.database.write(work)


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one store that belongs to this cluster's log: on PostgreSQL where that can be had."""
    try:
        return shared().new_database("inbound")
    except NoServer:
        return f"sqlite:///{tmp_path_factory.mktemp('inbound') / 'gateway.sqlite'}"
