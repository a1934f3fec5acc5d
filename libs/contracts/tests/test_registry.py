import copy

import pytest

from entente_contracts import registry
from entente_contracts.events.observation_reported_v1 import ObservationReportedV1
from entente_contracts.events.observations import ObservationReported
from entente_contracts.registry import UnknownType, UnknownVersion
from entente_contracts.topics import TOPICS
from entente_contracts.upcasters import UPCASTERS


def test_each_type_names_one_model():
    types = [model.event_type() for model in registry.EVENTS]
    assert len(set(types)) == len(types)
    assert [registry.model_of(each) for each in types] == list(registry.EVENTS)


def test_both_versions_of_an_observation_are_known():
    assert registry.model_of("entente.observations.reported.v1") is ObservationReportedV1
    assert registry.model_of("entente.observations.reported.v2") is ObservationReported
    assert registry.current_of("entente.observations.reported") is ObservationReported
    assert ObservationReportedV1 not in registry.CURRENT


def test_every_older_version_has_an_upcaster_and_no_other_has():
    older = {(model.event_name, model.event_version) for model in registry.EVENTS if model not in registry.CURRENT}
    assert set(UPCASTERS) == older


def test_every_event_is_in_a_declared_topic_named_after_it():
    for model in registry.EVENTS:
        assert model.event_topic in TOPICS
        assert model.event_name.startswith(model.event_topic.name + ".")


def test_every_event_says_what_it_means():
    assert all(model.__doc__ for model in registry.EVENTS)


def test_a_name_is_known_or_not():
    assert registry.known("entente.stability.assessed")
    assert not registry.known("entente.stability.assessed.v1")


def test_an_unknown_name_or_version_is_told_apart():
    with pytest.raises(UnknownType):
        registry.model_of("entente.stability.guessed.v1")
    with pytest.raises(UnknownVersion):
        registry.model_of("entente.stability.assessed.v2")
    with pytest.raises(UnknownType):
        registry.current_of("entente.stability.guessed")


def test_an_upcaster_leaves_what_it_was_given_as_it_was():
    given = {"observation": "1", "when": {"first": "2023-10-01", "last": "2023-10-01"}, "added": [1]}
    before = copy.deepcopy(given)
    upcasted = registry.upcast("entente.observations.reported", 1, given)
    assert given == before
    assert upcasted == {**before, "when": {**before["when"], "precision": "unknown"}}


def test_the_current_version_needs_no_upcaster():
    assert registry.upcast("entente.observations.reported", 2, {"a": 1}) == {"a": 1}
