import re

import pytest

from entente_contracts.topics import GATEWAY, OBSERVATIONS
from entente_eventkit.log.names import generation_of, generations_among, pattern_of


def test_a_brokers_name_gives_topic_and_generation() -> None:
    assert generation_of("entente.gateway.g12") == ("entente.gateway", "12")


@pytest.mark.parametrize("name", ["entente.inbound", "entente.gateway.g0", "entente.gateway.gx", "__consumer_offsets", "g3"])
def test_other_names_are_no_topics_of_the_platform(name: str) -> None:
    with pytest.raises(ValueError, match=r"ends in \.g and a number"):
        generation_of(name)


def test_the_pattern_takes_every_generation_of_its_topics_and_nothing_else() -> None:
    pattern = re.compile(pattern_of([GATEWAY, OBSERVATIONS]))
    wanted = ["entente.gateway.g1", "entente.observations.g10"]
    unwanted = [
        "entente.gateway",
        "entente.gateway.g",
        "ententeXgateway.g1",
        "entente.gateway.g1.dead",
        "my.entente.gateway.g1",
        "entente.stability.g1",
    ]
    assert [name for name in wanted + unwanted if pattern.match(name)] == wanted


def test_generations_are_counted_in_numbers() -> None:
    names = ["entente.gateway.g10", "entente.gateway.g9", "entente.observations.g11", "entente.gateway"]
    assert generations_among(names, GATEWAY) == (9, 10)
