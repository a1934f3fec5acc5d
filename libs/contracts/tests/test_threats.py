"""Emerging threats: what each kind says, and what is told of one that says it wrongly."""

import json
from typing import Any

import pytest

from entente_contracts.events.observations import ObservationReported
from entente_contracts.strict_json import canonical
from entente_contracts.validation import InvalidData, validate

TYPE = "entente.observations.reported.v2"
GOOD: dict[str, dict[str, Any]] = {
    "cyber_operation": {
        "effect": "disruption",
        "sectors": ["energy"],
        "systems": 12,
        "attribution": "moderate",
        "attributed_to": "PRK",
    },
    "terrorism": {"target": "civilians", "means": "explosive", "claimed_by": "a group", "hostages": 0},
    "piracy": {"vessel": "tanker", "outcome": "boarded", "imo": "9074729", "crew_taken": 2},
    "unconventional_warfare": {"forces": "proxy", "means": ["sabotage"], "sponsor": "RUS"},
    "misinformation_campaign": {
        "narrative": "the vote was called off",
        "channels": ["social_media"],
        "audiences": ["MDA"],
        "verdict": "false",
        "reach": 100_000,
    },
}
NO_ENUM = "write a value of the type and from the list that the schema gives"
BOUNDS = "keep to the bounds that the schema gives"
AGREE = "correct the values so that they agree"
ADD = "add the field"
LEAVE = "leave the field out"
BAD = [
    ("cyber_operation", {"effect": "noise"}, "effect", '"noise"', NO_ENUM),
    ("cyber_operation", {"effect": None}, "effect", "null", NO_ENUM),
    ("cyber_operation", {"systems": -1}, "systems", "-1", BOUNDS),
    ("cyber_operation", {"systems": "many"}, "systems", '"many"', NO_ENUM),
    ("cyber_operation", {"sectors": ["x"] * 11}, "sectors", '["x"', BOUNDS),
    ("cyber_operation", {"sectors": [""]}, "sectors[0]", '""', BOUNDS),
    ("cyber_operation", {"attributed_to": "prk"}, "attributed_to", '"prk"', BOUNDS),
    ("cyber_operation", {"attribution": "none"}, "", "{", AGREE),
    ("cyber_operation", {"vessel": "tanker"}, "vessel", '"tanker"', LEAVE),
    ("terrorism", {"target": "anybody"}, "target", '"anybody"', NO_ENUM),
    ("terrorism", {"target": ...}, "target", None, ADD),
    ("terrorism", {"means": "fear"}, "means", '"fear"', NO_ENUM),
    ("terrorism", {"claimed_by": ""}, "claimed_by", '""', BOUNDS),
    ("terrorism", {"claimed_by": "x" * 201}, "claimed_by", '"xxx', BOUNDS),
    ("terrorism", {"hostages": 1.5}, "hostages", "1.5", NO_ENUM),
    ("terrorism", {"hostages": 10_000_001}, "hostages", "10000001", BOUNDS),
    ("piracy", {"vessel": "submarine"}, "vessel", '"submarine"', NO_ENUM),
    ("piracy", {"vessel": ...}, "vessel", None, ADD),
    ("piracy", {"outcome": "sunk"}, "outcome", '"sunk"', NO_ENUM),
    ("piracy", {"imo": "907472"}, "imo", '"907472"', BOUNDS),
    ("piracy", {"imo": 9_074_729}, "imo", "9074729", NO_ENUM),
    ("piracy", {"outcome": "foiled"}, "", "{", AGREE),
    ("piracy", {"crew_taken": -2}, "crew_taken", "-2", BOUNDS),
    ("unconventional_warfare", {"forces": "regulars"}, "forces", '"regulars"', NO_ENUM),
    ("unconventional_warfare", {"forces": ...}, "forces", None, ADD),
    ("unconventional_warfare", {"means": []}, "means", "[]", BOUNDS),
    ("unconventional_warfare", {"means": ["magic"]}, "means[0]", '"magic"', NO_ENUM),
    ("unconventional_warfare", {"means": "sabotage"}, "means", '"sabotage"', NO_ENUM),
    ("unconventional_warfare", {"sponsor": "R"}, "sponsor", '"R"', BOUNDS),
    ("unconventional_warfare", {"effect": "disruption"}, "effect", '"disruption"', LEAVE),
    ("misinformation_campaign", {"narrative": ""}, "narrative", '""', BOUNDS),
    ("misinformation_campaign", {"narrative": ...}, "narrative", None, ADD),
    ("misinformation_campaign", {"channels": []}, "channels", "[]", BOUNDS),
    ("misinformation_campaign", {"channels": ["pigeon"]}, "channels[0]", '"pigeon"', NO_ENUM),
    ("misinformation_campaign", {"audiences": []}, "audiences", "[]", BOUNDS),
    ("misinformation_campaign", {"audiences": ["Moldova"]}, "audiences[0]", '"Moldova"', BOUNDS),
    ("misinformation_campaign", {"verdict": "true"}, "verdict", '"true"', NO_ENUM),
    ("misinformation_campaign", {"reach": True}, "reach", "true", NO_ENUM),
]


def body(kind: str, **changed: Any) -> dict[str, Any]:
    threat = {"kind": kind, **GOOD.get(kind, {}), **changed}
    return {
        "observation": "1",
        "kind": "material_conflict",
        "what": {"vocabulary": "cameo", "code": "176"},
        "where": {"country": "EST"},
        "when": {"first": "2023-10-03", "last": "2023-10-03", "precision": "day"},
        "threat": {name: value for name, value in threat.items() if value is not ...},
    }


@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_is_read_as_it_was_written(kind: str) -> None:
    event = validate(TYPE, canonical(body(kind)))
    assert isinstance(event, ObservationReported)
    assert event.threat is not None
    assert json.loads(event.threat.model_dump_json()) == body(kind)["threat"]


@pytest.mark.parametrize(("kind", "changed", "path", "value", "mend"), BAD)
def test_what_is_wrong_is_told_with_its_path_its_value_and_its_mend(
    kind: str, changed: dict[str, Any], path: str, value: str | None, mend: str
) -> None:
    with pytest.raises(InvalidData) as wrong:
        validate(TYPE, canonical(body(kind, **changed)))
    error = wrong.value.errors[0]
    assert error.path == "$.threat" + (f".{path}" if path else "")
    assert error.mend.startswith(mend)
    assert error.value is None if value is None else (error.value or "").startswith(value)


def test_every_kind_has_at_least_six_rows_in_the_table() -> None:
    assert all(sum(row[0] == kind for row in BAD) >= 6 for kind in GOOD)


@pytest.mark.parametrize("threat", [{"kind": "earthquake"}, {}, "cyber_operation"])
def test_a_kind_that_there_is_not_is_told_with_those_that_there_are(threat: object) -> None:
    with pytest.raises(InvalidData) as wrong:
        validate(TYPE, canonical({**body("piracy"), "threat": threat}))
    (error,) = wrong.value.errors
    assert error.path == "$.threat"
    assert error.mend


def test_an_attribution_names_a_state_and_a_confidence_or_neither() -> None:
    with pytest.raises(InvalidData, match="give both, or neither"):
        validate(TYPE, canonical(body("cyber_operation", attributed_to=None)))
    validate(TYPE, canonical(body("cyber_operation", attributed_to=None, attribution="none")))


def test_an_observation_without_a_threat_is_what_it_was() -> None:
    event = validate(TYPE, canonical({name: value for name, value in body("piracy").items() if name != "threat"}))
    assert isinstance(event, ObservationReported)
    assert event.threat is None
