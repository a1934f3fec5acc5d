"""What is counted of the store: appends, by topic, once they are committed."""

from collections.abc import Iterator

import pytest

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit import telemetry
from entente_eventkit.clock import SystemClock
from entente_eventkit.telemetry import setup
from entente_testkit.brokers.stores import BECAUSE, append, arrival, new_store, open_database


@pytest.fixture
def counting() -> Iterator[None]:
    with setup.listening("test", None):
        yield
    assert telemetry.setup.counted() is None


def appended() -> dict[str, float]:
    counted = setup.counted()
    assert counted is not None
    samples = [sample for family in counted.collect() for sample in family.samples if sample.name == "entente_events_appended_total"]
    return {sample.labels["messaging_destination_name"]: sample.value for sample in samples}


async def test_an_append_is_counted_when_it_is_committed_and_what_is_rolled_back_never(tmp_path, counting: None) -> None:
    database = open_database(tmp_path, "gateway")
    store = new_store(database, SystemClock())
    await append(store, "a", "b", "a")
    await append(store, "c", topic=OBSERVATIONS)
    assert appended() == {"entente.gateway": 3, "entente.observations": 1}

    def give_up() -> None:
        with database.writing() as connection:
            with store.head(connection) as head:
                head.append(GATEWAY, "d", [arrival("-")], BECAUSE)
            raise RuntimeError("after the head was written")

    with pytest.raises(RuntimeError, match="after the head"):
        give_up()
    assert appended() == {"entente.gateway": 3, "entente.observations": 1}
    await append(store, "d")
    assert appended() == {"entente.gateway": 4, "entente.observations": 1}
    database.close()
