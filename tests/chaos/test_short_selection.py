"""A few faults, a few hundred events: what runs in CI of the matrix that `make chaos` carries out whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.chaos.faults import BY_NAME
from tests.chaos.load import Size
from tests.chaos.report import trouble
from tests.chaos.run import carry_out
from tests.chaos.world import Backends, backends

from entente_testkit.servers.kafka import cannot_run
from entente_testkit.servers.postgres import NoServer, binaries

SHORT = Size(items=90, orders=12, rate=20.0)


@pytest.fixture(scope="module")
def shared() -> Iterator[Backends]:
    lacking = cannot_run()
    if lacking is not None:
        pytest.skip(lacking)
    try:
        binaries()
    except NoServer as none:
        pytest.skip(f"native PostgreSQL: {none}")
    with backends() as shared:
        yield shared


@pytest.mark.timeout(900)
@pytest.mark.parametrize("fault", ["commits", "gateway", "database-immediate", "log"])
def test_a_history_under_a_fault_breaks_no_rule(fault: str, tmp_path: Path, shared: Backends) -> None:
    outcome = carry_out(BY_NAME[fault], tmp_path / fault, nodes=1, seed=1, size=SHORT, backends=shared)
    assert not outcome.failed, outcome.failed
    assert trouble(outcome) == []
    assert outcome.counts["events"] > 4 * SHORT.items * 0.7
