import json
import re

import jsonschema_rs
import pytest
from hypothesis import given

from entente_contracts import asyncapi, registry, schemas
from entente_contracts.codec.kafka import to_kafka
from entente_contracts.recording import encode
from entente_contracts.topics import OBSERVATIONS, TOPICS
from entente_testkit import arbitrary


def test_the_committed_schemas_are_those_that_the_models_generate():
    committed = {path.name: path.read_text(encoding="utf-8") for path in schemas.FOLDER.glob("*.json")}
    assert committed == schemas.schema_files(), "run `make schemas`"


def test_the_committed_asyncapi_document_is_the_one_that_is_generated():
    assert asyncapi.FILE.read_text(encoding="utf-8") == schemas.as_text(asyncapi.document()), "run `make schemas`"


@pytest.mark.parametrize("model", registry.EVENTS, ids=lambda model: model.event_type())
def test_a_schema_is_sound_and_names_itself(model):
    schema = schemas.schema_of(model)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:entente:event:{model.event_type()}"
    assert schema["title"] == model.event_type()
    assert schema["description"]


@given(arbitrary.recorded(arbitrary.events()))
def test_an_event_names_the_schema_of_its_data(recorded):
    assert encode(recorded).attributes["dataschema"] == schemas.schema_of(type(recorded.data))["$id"]


@pytest.mark.parametrize("model", registry.EVENTS, ids=lambda model: model.event_type())
def test_every_field_says_what_it_means(model):
    schema = schemas.schema_of(model)
    parts = {model.event_type(): schema, **schema.get("$defs", {})}
    silent = [
        f"{part}.{name}" for part, said in parts.items() for name, field in said.get("properties", {}).items() if not described(field)
    ]
    assert silent == []


def described(field):
    return "description" in field or any(described(each) for each in field.get("anyOf", ()))


def test_a_schema_stays_open_for_added_fields():
    assert "additionalProperties" not in json.dumps([schemas.schema_of(model) for model in registry.EVENTS])


def test_schemas_of_every_event_and_of_receipts_are_written_where_one_says(tmp_path, capsys):
    schemas.main([str(tmp_path / "new")])
    assert {path.name: path.read_text() for path in (tmp_path / "new").iterdir()} == schemas.schema_files()
    assert f"{len(registry.EVENTS) + 2} schemas in" in capsys.readouterr().out


def test_the_asyncapi_document_is_written_where_one_says(tmp_path, capsys):
    asyncapi.main([str(tmp_path / "asyncapi.json")])
    assert json.loads((tmp_path / "asyncapi.json").read_text()) == asyncapi.document()
    assert "AsyncAPI document in" in capsys.readouterr().out


DOCUMENT = asyncapi.document()


def references(value, at="#"):
    """Every `$ref` outside of payloads, which have their own root, with the place where it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield at, inner
            elif name != "payload":
                yield from references(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from references(inner, f"{at}/{number}")


def resolved(reference):
    found = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_every_reference_of_the_asyncapi_document_leads_somewhere():
    found = list(references(DOCUMENT))
    assert found
    for place, reference in found:
        assert isinstance(resolved(reference), dict), place


def test_the_asyncapi_document_has_what_version_3_requires():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(DOCUMENT["info"])
    assert set(DOCUMENT) <= {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation.get("messages", ()))
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel.get("parameters", ()))


def test_every_topic_is_a_channel_with_its_events_and_partitions():
    channels = {channel["title"]: channel for channel in DOCUMENT["channels"].values()}
    assert set(channels) == {*(topic.name for topic in TOPICS), "entente.inbound", "entente.replies.{source}"}
    for topic in TOPICS:
        channel = channels[topic.name]
        assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
        assert str(topic.event_limit) in channel["description"]
        assert set(channel["messages"]) == {model.event_type() for model in registry.EVENTS if model.event_topic is topic}
        assert set(channel["parameters"]) == {"generation"}


def test_what_foreign_systems_write_is_described_with_its_signature_and_for_how_long_it_is_kept():
    inbound = DOCUMENT["channels"]["inbound"]
    assert "gone after 7 days" in inbound["description"]
    observations = {f"foreign.{model.event_type()}" for model in registry.EVENTS if model.event_topic is OBSERVATIONS}
    assert set(inbound["messages"]) == observations
    required = DOCUMENT["components"]["messageTraits"]["foreignCloudEvent"]["headers"]["schema"]["required"]
    assert {"ce_id", "ce_source", "ce_type", "ce_dssematerial"} <= set(required)


@given(arbitrary.recorded(arbitrary.events()))
def test_the_headers_of_a_record_are_those_of_the_asyncapi_document(recorded):
    _, headers, _ = to_kafka(encode(recorded))
    schema = DOCUMENT["components"]["messageTraits"]["cloudEvent"]["headers"]["schema"]
    texts = {name: value.decode() for name, value in headers}
    jsonschema_rs.validate(schema, texts)
    assert set(texts) <= set(schema["properties"])
