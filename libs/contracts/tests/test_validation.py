import json

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts import registry, schemas
from entente_contracts.recording import UnknownType, UnknownVersion, body_of
from entente_contracts.validation import FieldError, InvalidData, validate
from entente_testkit import arbitrary

V2 = "entente.observations.reported.v2"
V1 = "entente.observations.reported.v1"
GOOD = {
    "observation": "417",
    "kind": "material_conflict",
    "what": {"vocabulary": "ucdp", "code": "1"},
    "where": {"country": "SDN"},
    "when": {"first": "2023-10-01", "last": "2023-10-01", "precision": "day"},
}


def errors(data, type=V2):
    with pytest.raises(InvalidData) as caught:
        validate(type, data if isinstance(data, bytes) else json.dumps(data).encode())
    return caught.value.errors


@pytest.mark.parametrize("model", registry.EVENTS, ids=lambda model: model.event_type())
@given(data=st.data())
def test_what_is_written_is_valid(model, data):
    event = data.draw(arbitrary.events(model))
    assert validate(model.event_type(), body_of(event)) == event


@pytest.mark.parametrize("model", registry.EVENTS, ids=lambda model: model.event_type())
@given(data=st.data())
def test_what_is_written_agrees_with_the_published_schema(model, data):
    schema = jsonschema_rs.Draft202012Validator(schemas.schema_of(model), validate_formats=True)
    schema.validate(json.loads(data.draw(arbitrary.bodies(model))))


def test_every_fault_is_told_with_its_path_and_how_to_mend_it():
    found = errors(
        {
            "observation": 417,
            "kind": "war",
            "what": {"vocabulary": "ucdp", "code": "1", "mood": 1},
            "who": [{"name": "A"}, {}],
            "where": {"country": "sd"},
            "when": {"first": "2023-10-01", "last": "2023-10-01"},
            "mood": 1,
        }
    )
    assert [each.path for each in found] == [
        "$.observation",
        "$.kind",
        "$.what.mood",
        "$.who[1].name",
        "$.where.country",
        "$.when.precision",
        "$.mood",
    ]
    assert FieldError("$.who[1].name", "Field required", "add the field") in found
    assert all(each.mend for each in found)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"deaths": {"low": "1", "best": 2, "high": 3}}, "$.deaths.low"),
        ({"deaths": {"low": 1.5, "best": 2, "high": 3}}, "$.deaths.low"),
        ({"deaths": {"low": True, "best": 2, "high": 3}}, "$.deaths.low"),
        ({"deaths": {"low": 3, "best": 2, "high": 1}}, "$.deaths"),
        ({"deaths": {"low": -1, "best": 2, "high": 3}}, "$.deaths.low"),
        ({"when": {"first": 19_631, "last": "2023-10-01", "precision": "day"}}, "$.when.first"),
        ({"when": {"first": "2023-10-01T00:00:00", "last": "2023-10-01", "precision": "day"}}, "$.when.first"),
        ({"when": {"first": "2023-10-02", "last": "2023-10-01", "precision": "day"}}, "$.when"),
        ({"where": {"country": "SDN\n"}}, "$.where.country"),
        ({"where": {"country": "SDN", "point": {"latitude": "1", "longitude": 2}}}, "$.where.point.latitude"),
        ({"where": {"country": "SDN", "point": {"latitude": 91, "longitude": 2}}}, "$.where.point.latitude"),
        ({"who": {}}, "$.who"),
        ({"who": [{"name": "A"}] * 21}, "$.who"),
        ({"observation": "x" * 201}, "$.observation"),
        ({"observation": ""}, "$.observation"),
        ({"kind": None}, "$.kind"),
    ],
    ids=str,
)
def test_a_producer_is_held_to_the_types_and_bounds(change, path):
    assert [each.path for each in errors(GOOD | change)] == [path]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "Expecting value"),
        (b"\xff", "not UTF-8"),
        (b"{" * 100_000, "Expecting"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": 9007199254740993}', "would be rounded"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "would be rounded"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"a": "\\u0000"}', "U+0000"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_data_that_readers_could_read_differently_is_not_json(data, text):
    [error] = errors(data)
    assert error.path == "$"
    assert text in error.text


@pytest.mark.parametrize("data", [b"[]", b"1", b"null", b'"x"'])
def test_data_is_one_object(data):
    assert [each.path for each in errors(data)] == ["$"]


def test_version_1_is_judged_as_version_1():
    v1 = GOOD | {"when": {"first": "2023-10-01", "last": "2023-10-01"}}
    assert validate(V1, json.dumps(v1).encode()).event_version == 1
    assert [each.path for each in errors(GOOD, V1)] == ["$.when.precision"]
    assert [each.path for each in errors(v1, V2)] == ["$.when.precision"]
    assert [each.path for each in errors(v1 | {"when": {"first": "2023-10-02", "last": "2023-10-01"}}, V1)] == ["$.when"]


def test_the_message_has_every_fault():
    bad = GOOD | {"kind": "war", "where": {}}
    with pytest.raises(InvalidData, match=r"not valid as .*v2: \$\.kind: .*; \$\.where\.country: Field required"):
        validate(V2, json.dumps(bad).encode())


def test_an_unknown_type_or_version_is_said_to_be_so():
    with pytest.raises(UnknownType):
        validate("entente.observations.seen.v1", b"{}")
    with pytest.raises(UnknownVersion):
        validate("entente.observations.reported.v3", b"{}")


@given(st.binary() | arbitrary.bodies(registry.current_of("entente.gateway.event-quarantined")))
def test_arbitrary_bytes_are_valid_or_told_why_not(data):
    for each in (V1, V2, "entente.gateway.source-registered.v1"):
        try:
            validate(each, data)
        except InvalidData as error:
            json.dumps([(fault.path, fault.text, fault.mend) for fault in error.errors], ensure_ascii=False).encode()
