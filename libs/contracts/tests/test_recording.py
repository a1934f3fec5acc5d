import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_contracts import registry, strict_json
from entente_contracts.cloudevent import CloudEvent
from entente_contracts.codec import http, kafka
from entente_contracts.events.observation_reported_v1 import ObservationReportedV1
from entente_contracts.events.observations import DatePrecision, Deaths, Kind, ObservationReported, What, When, Where
from entente_contracts.recorded import Actor, AuthType, Recorded
from entente_contracts.recording import Undecodable, UnknownType, UnknownVersion, body_of, decode, encode
from entente_testkit import arbitrary

REPORTED = ObservationReported(
    observation="417",
    kind=Kind.MATERIAL_CONFLICT,
    what=What(vocabulary="ucdp", code="1"),
    where=Where(country="SDN"),
    when=When(first=date(2023, 10, 1), last=date(2023, 10, 2), precision=DatePrecision.DAY),
    deaths=Deaths(low=1, best=2, high=3),
)
RECORDED = Recorded(
    id="018b0000-0000-7000-8000-000000000000",
    source="entente/gateway",
    type="entente.observations.reported.v2",
    subject="observation/ucdp/SDN",
    sequence=7,
    time=datetime(2023, 10, 1, 12, 30, 0, 250, tzinfo=UTC),
    recordedtime=datetime(2023, 10, 2, tzinfo=UTC),
    correlationid="urn:ucdp#1",
    causationid="urn:ucdp#1",
    actor=Actor(AuthType.SERVICE_ACCOUNT, "ucdp", "SWE"),
    data=REPORTED,
)


@pytest.mark.parametrize("model", registry.CURRENT, ids=lambda model: model.event_name)
@given(data=st.data())
def test_every_event_comes_back_as_it_was_recorded(model, data):
    recorded = data.draw(arbitrary.recorded(arbitrary.events(model)))
    assert decode(encode(recorded)) == recorded


@given(arbitrary.recorded(arbitrary.events()))
def test_every_event_survives_kafka(recorded):
    key, headers, value = kafka.to_kafka(encode(recorded))
    assert key.decode() == recorded.subject
    assert decode(kafka.from_kafka(key, headers, value)) == recorded
    assert kafka.routing(headers) == (recorded.type, recorded.subject, recorded.sequence, recorded.id)


@given(arbitrary.recorded(arbitrary.events()))
def test_every_event_survives_http_in_each_mode(recorded):
    event = encode(recorded)
    for write in (http.to_binary, http.to_structured, lambda each: http.to_batch([each])):
        [arrival] = http.parse(*write(event))
        assert arrival.event == event


@given(arbitrary.events())
def test_a_body_is_canonical_json(event):
    body = body_of(event)
    assert strict_json.canonical(json.loads(body)) == body


def test_the_envelope_has_the_published_attributes():
    assert encode(RECORDED).attributes == {
        "specversion": "1.0",
        "id": "018b0000-0000-7000-8000-000000000000",
        "source": "entente/gateway",
        "type": "entente.observations.reported.v2",
        "subject": "observation/ucdp/SDN",
        "time": "2023-10-01T12:30:00.000250Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:entente:event:entente.observations.reported.v2",
        "sequence": "00000000000000000007",
        "partitionkey": "observation/ucdp/SDN",
        "correlationid": "urn:ucdp#1",
        "causationid": "urn:ucdp#1",
        "recordedtime": "2023-10-02T00:00:00.000000Z",
        "authtype": "service_account",
        "authid": "ucdp",
        "authclaims": '{"party":"SWE"}',
    }


def test_a_moment_with_another_offset_is_the_same_moment():
    elsewhere = replace(RECORDED, time=RECORDED.time.astimezone(timezone(timedelta(hours=3))))
    assert encode(elsewhere) == encode(RECORDED)


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="has no offset"):
        encode(replace(RECORDED, time=datetime(2023, 10, 1)))  # noqa: DTZ001 - the fault under test


@given(arbitrary.events(ObservationReportedV1))
def test_version_1_of_an_observation_is_read_with_unknown_precision(event):
    recorded = replace(RECORDED, type="entente.observations.reported.v1")
    seen = decode(encode(recorded, body_of(event)))
    assert seen.type == "entente.observations.reported.v1"
    assert seen.data.when == When(first=event.when.first, last=event.when.last, precision=DatePrecision.UNKNOWN)
    assert seen.data.model_dump(exclude={"when", "threat"}) == event.model_dump(exclude={"when"})
    assert seen.data.threat is None


def test_an_older_version_is_written_only_with_the_body_that_it_came_with():
    with pytest.raises(ValueError, match="give the body as it was written"):
        encode(replace(RECORDED, type="entente.observations.reported.v1"))


def test_added_fields_and_extensions_are_passed_over():
    event = encode(RECORDED)
    more = json.loads(event.data)
    more["mood"], more["where"]["mood"] = 1, 1
    assert decode(CloudEvent({**event.attributes, "mood": "1"}, json.dumps(more).encode())) == RECORDED


def changed(data=None, without=(), **attributes):
    event = encode(RECORDED)
    kept = {name: value for name, value in event.attributes.items() if name not in without}
    return CloudEvent(kept | attributes, event.data if data is None else data)


@pytest.mark.parametrize(
    "type", ["entente.observations.seen.v1", "entente.observations.reported", "entente.observations.reported.vx", "", "v1"]
)
def test_an_event_of_another_name_is_of_unknown_type(type):
    with pytest.raises(UnknownType):
        decode(changed(type=type))


def test_an_event_without_a_type_is_of_unknown_type():
    with pytest.raises(UnknownType):
        decode(changed(without=["type"]))


@pytest.mark.parametrize("version", ["0", "3", "99"])
def test_an_event_of_another_version_is_of_unknown_version(version):
    with pytest.raises(UnknownVersion, match="known: 1, 2"):
        decode(changed(type=f"entente.observations.reported.v{version}"))


@pytest.mark.parametrize(
    "name", ["id", "source", "subject", "sequence", "time", "recordedtime", "correlationid", "causationid", "authtype", "authid"]
)
def test_an_event_without_a_part_of_its_envelope_is_undecodable(name):
    with pytest.raises(Undecodable, match=name):
        decode(changed(without=[name]))


@pytest.mark.parametrize(
    "attributes",
    [
        {"sequence": "-1"},
        {"sequence": "\u0661"},
        {"sequence": "1" * 21},
        {"time": "yesterday"},
        {"time": "2023-10-01"},
        {"time": "0001-01-01T00:00:00+09:00"},
        {"authtype": "king"},
        {"authclaims": "{}"},
        {"authclaims": "[]"},
        {"authclaims": '{"party":1}'},
        {"authclaims": "["},
        {"origin": "somewhere"},
    ],
    ids=str,
)
def test_an_event_with_an_unreadable_envelope_is_undecodable(attributes):
    with pytest.raises(Undecodable, match=r"entente\.observations\.reported\.v2"):
        decode(changed(**attributes))


@pytest.mark.parametrize("type", ["entente.observations.reported.v1", "entente.observations.reported.v2"])
@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"1", b"null", b"\xff", b'{"when": 1}', b'{"when": {}}', b"[" * 100_000], ids=lambda data: data[:9]
)
def test_an_event_with_unreadable_data_is_undecodable(type, data):
    with pytest.raises(Undecodable):
        decode(changed(data, type=type))


def test_an_event_without_data_is_undecodable():
    with pytest.raises(Undecodable, match="no data"):
        decode(replace(changed(), data=None))


@given(st.binary(), st.sampled_from([model.event_type() for model in registry.EVENTS]))
def test_arbitrary_bytes_are_decoded_or_undecodable(data, type):
    with suppress(Undecodable):
        decode(changed(data, type=type))
