import copy
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from entente_contracts.registry import EVENTS
from entente_contracts.schemas import schema_of
from entente_testkit.schema_gate import Break, compare


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


class Part(BaseModel):
    code: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    level: Level = Level.LOW


class Held(BaseModel):
    """What was published."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    count: Annotated[int, Field(ge=0, le=10)]
    share: Annotated[float, Field(ge=0, le=1)]
    day: date
    noted: datetime
    part: Part
    parts: Annotated[tuple[Part, ...], Field(max_length=5)]
    words: tuple[str, ...]
    remark: str | None
    second: Part | None = None
    mood: str | None = None


PUBLISHED = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:entente:event:held.v1", **Held.model_json_schema()}


def changed(change):
    new = copy.deepcopy(PUBLISHED)
    change(new)
    return new


def at(*path):
    """A function that finds the schema at a path of property names and keywords."""

    def find(schema):
        for step in path:
            schema = schema[step]
        return schema

    return find


def put(*path, **said):
    return lambda schema: at(*path)(schema).update(said)


def drop(*path):
    return lambda schema: at(*path[:-1])(schema).pop(path[-1])


def require(name, *path):
    return lambda schema: at(*path, "required")(schema).append(name)


def unrequire(name, *path):
    return lambda schema: at(*path, "required")(schema).remove(name)


def both(*changes):
    def change(schema):
        for each in changes:
            each(schema)

    return change


P = "properties"
PART = ("$defs", "Part")

BREAKS = {
    "a required field is removed": both(drop(P, "count"), unrequire("count")),
    "an optional field is removed": drop(P, "mood"),
    "a field of a part is removed": drop(*PART, P, "level"),
    "a required field is added": both(put(P, place={"type": "string"}), require("place")),
    "a required field is added to a part": both(put(*PART, P, place={"type": "string"}), require("place", *PART)),
    "an optional field becomes required": require("mood"),
    "a required field becomes optional": unrequire("count"),
    "a type changes": put(P, "count", type="string"),
    "an integer becomes a number": put(P, "count", type="number"),
    "a number becomes an integer": put(P, "share", type="integer"),
    "a part becomes a text": put(P, part={"type": "string"}),
    "the items of an array change": put(P, "words", items={"type": "integer"}),
    "a value is added to an enumeration": put("$defs", "Level", enum=["low", "high", "top"]),
    "a value is removed from an enumeration": put("$defs", "Level", enum=["low"]),
    "an enumeration becomes free text": drop("$defs", "Level", "enum"),
    "a pattern changes": put(*PART, P, "code", pattern="^[A-Z]{2}$"),
    "a pattern becomes wider": put(*PART, P, "code", pattern="^[A-Z]+$"),
    "a pattern is added": put(P, "name", pattern="^[a-z]+$"),
    "a pattern is removed": drop(*PART, P, "code", "pattern"),
    "a date becomes a date-time": put(P, "day", format="date-time"),
    "a date-time becomes a date": put(P, "noted", format="date"),
    "a format is dropped": drop(P, "day", "format"),
    "a bound is narrowed from above": put(P, "count", maximum=9),
    "a bound is narrowed from below": put(P, "count", minimum=1),
    "a bound is widened": put(P, "count", maximum=11),
    "a bound is added": put(P, "share", exclusiveMaximum=1),
    "a bound is dropped": drop(P, "count", "maximum"),
    "a text may be shorter only": put(P, "name", maxLength=99),
    "a text may be longer": put(P, "name", maxLength=101),
    "a text must be longer": put(P, "name", minLength=2),
    "a text may be empty": put(P, "name", minLength=0),
    "a list may be shorter only": put(P, "parts", maxItems=4),
    "a list may be longer": put(P, "parts", maxItems=6),
    "a list must not be empty": put(P, "parts", minItems=1),
    "null is no longer allowed": put(P, remark={"type": "string"}),
    "null becomes allowed": put(P, name={"anyOf": [at(P, "name")(PUBLISHED), {"type": "null"}]}),
    "a default changes": put(*PART, P, "level", default="high"),
    "added fields are forbidden": put(additionalProperties=False),
    "a field is renamed": both(drop(P, "mood"), put(P, temper={"type": "string"})),
}

COMPATIBLE = {
    "nothing": both(),
    "an optional field is added": put(P, place={"type": "string"}),
    "an optional part is added": put(P, third={"anyOf": [{"$ref": "#/$defs/Part"}, {"type": "null"}], "default": None}),
    "an optional field is added to a part": put(*PART, P, place={"type": "string", "pattern": "^a", "format": "date"}),
    "a description changes": both(put(description="What is meant"), put(P, "name", description="its name", title="Name")),
    "the order of fields changes": lambda schema: schema.update(properties=dict(reversed(schema[P].items()))),
    "a definition is renamed": lambda schema: (
        schema["$defs"].update(Grade=schema["$defs"].pop("Level")),
        schema["$defs"]["Part"][P]["level"].update({"$ref": "#/$defs/Grade"}),
    ),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_it_is_a_break_when(change):
    found = compare(PUBLISHED, changed(change))
    assert found
    assert all(each.path.startswith("$") and each.text for each in found)


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_it_is_compatible_when(change):
    assert compare(PUBLISHED, changed(change)) == []


@pytest.mark.parametrize("model", EVENTS, ids=lambda model: model.event_type())
def test_every_event_is_compatible_with_itself(model):
    assert compare(schema_of(model), schema_of(model)) == []


def test_the_second_version_of_an_observation_would_have_broken_the_first():
    v1, v2 = (schema_of(model) for model in EVENTS if model.event_name == "entente.observations.reported")
    assert any("written under the old schema is not always accepted" in each.text for each in compare(v1, v2))


def test_a_break_says_where_and_what():
    assert Break("$.parts[].code", 'pattern was "^[A-Z]{3}$" and is "^x$"') in compare(
        PUBLISHED, changed(put(*PART, P, "code", pattern="^x$"))
    )
    assert Break("$.mood", "the field is gone") in compare(PUBLISHED, changed(drop(P, "mood")))
    assert Break("$.name", 'pattern was not given and is "^x$"') in compare(PUBLISHED, changed(put(P, "name", pattern="^x$")))
    [narrowed] = compare(PUBLISHED, changed(put(P, "count", maximum=9)))
    assert (
        narrowed.text == "what was written under the old schema is not always accepted by the new one; changed: #/properties/count/maximum"
    )


def test_a_schema_that_refers_to_itself_is_compared():
    tree = {
        "type": "object",
        "properties": {"inner": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]}, "day": {"type": "string", "format": "date"}},
        "$defs": {
            "Tree": {"type": "object", "properties": {"inner": {"$ref": "#/$defs/Tree"}, "day": {"type": "string", "format": "date"}}}
        },
    }
    other = copy.deepcopy(tree)
    other["$defs"]["Tree"]["properties"]["day"]["format"] = "date-time"
    assert "$.inner.day" in {each.path for each in compare(tree, other)}
