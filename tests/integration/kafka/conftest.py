"""Apache Kafka, for real: one node for most tests, three where copies matter."""

from collections.abc import Iterator

import pytest

from entente_backing.kafka import NativeCluster
from entente_platform.app import SERVICES
from entente_testkit.servers.kafka import native_kafka


@pytest.fixture(scope="session")
def one_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """One node that all tests share and nobody stops."""
    with native_kafka(tmp_path_factory.mktemp("one-node")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def secure_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """One secured node that knows every service and two foreign sources."""
    with native_kafka(tmp_path_factory.mktemp("secure-node"), secure=True) as cluster:
        cluster.provision({service.name: service.reads for service in SERVICES})
        for source in ("ucdp", "other"):
            cluster.invite(source)
        yield cluster


@pytest.fixture(scope="module")
def three_nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeCluster]:
    """Three nodes; who stops one starts it again."""
    with native_kafka(tmp_path_factory.mktemp("three-nodes"), 3) as cluster:
        yield cluster
