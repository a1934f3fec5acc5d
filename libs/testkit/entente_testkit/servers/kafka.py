"""Apache Kafka started natively for tests."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from entente_backing.kafka import NativeCluster
from entente_backing.kafka.jars import default_cache, present
from entente_backing.kafka.java import java, maven
from entente_backing.kafka.nodes import process_of
from entente_backing.kafka.trouble import KafkaTrouble

_ENDS_WITHIN = 30


def cannot_run() -> str | None:
    """Why Kafka cannot be started natively on this machine; None where it can."""
    try:
        java()
        if not present(default_cache()):
            maven()
    except KafkaTrouble as trouble:
        return f"native Kafka: {trouble.what}"
    return None


@contextmanager
def native_kafka(folder: Path, nodes: int = 1, *, secure: bool = False) -> Iterator[NativeCluster]:
    """A cluster in a folder, running; at the end no process of it is left. Skips the test, with the reason, where it cannot run."""
    lacking = cannot_run()
    if lacking is not None:
        pytest.skip(lacking)
    cluster = NativeCluster(folder, nodes, secure=secure)
    try:
        cluster.up()
        yield cluster
    finally:
        for node in range(1, nodes + 1):
            kill(cluster, node)


def kill(cluster: NativeCluster, node: int) -> None:
    """Kills a node as nothing else would: it finishes nothing."""
    process = process_of(cluster.folder, node)
    if process is not None:
        process.tell(signal.SIGKILL)
        assert process.ended(_ENDS_WITHIN), f"node {node} of {cluster.folder} does not end"
