"""Arbitrary events for property tests: whatever a published schema allows, and envelopes around it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from entente_contracts.event import Event
from entente_contracts.recorded import Actor, AuthType, Origin, Recorded
from entente_contracts.recording import body_of
from entente_contracts.registry import CURRENT
from entente_contracts.schemas import schema_of

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")

TEXT = st.text(_CHARACTERS)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the bounds have to be naive

_DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
_LARGEST = 2**53 - 1
_ORDERED = {"Deaths": ("low", "best", "high"), "When": ("first", "last"), "WhenV1": ("first", "last")}
"""What a schema cannot say: values that must not decrease, by the name of their part."""


def _attributed(said: dict[str, Any]) -> dict[str, Any]:
    if said.get("attributed_to") is None:
        return {**said, "attribution": "none"}
    return {**said, "attribution": "low"} if said.get("attribution", "none") == "none" else said


def _boarded(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "crew_taken": None} if said["outcome"] in {"approached", "foiled"} else said


_AGREEING: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"CyberOperation": _attributed, "Piracy": _boarded}
"""What a schema cannot say: values that must agree, by the name of their part."""


def values(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> st.SearchStrategy[Any]:
    """JSON values that the schema allows; of JSON Schema, what the events use. No text holds U+0000, which databases cannot keep."""
    root = schema if root is None else root
    if "$ref" in schema:
        return values(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([values(each, root) for each in schema[several]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return _BY_TYPE[schema["type"]](schema, root)


@cache
def events(model: type[Event] | None = None) -> st.SearchStrategy[Event]:
    """Events of a model, else of any current one."""
    if model is None:
        return st.one_of([events(each) for each in CURRENT])
    return values(schema_of(model)).map(model.model_validate)


def bodies(model: type[Event]) -> st.SearchStrategy[bytes]:
    """Data of a model as it is written."""
    return events(model).map(body_of)


def recorded(data: st.SearchStrategy[Event]) -> st.SearchStrategy[Recorded[Event]]:
    """Events with an arbitrary envelope, of the type that they have."""
    return data.flatmap(_enveloped)


def _enveloped(event: Event) -> st.SearchStrategy[Recorded[Event]]:
    return st.builds(
        Recorded,
        id=st.uuids().map(str),
        source=NAMES,
        type=st.just(event.event_type()),
        subject=NAMES,
        sequence=st.integers(1, 10**19),
        time=MOMENTS,
        recordedtime=MOMENTS,
        correlationid=NAMES,
        causationid=NAMES,
        actor=st.builds(Actor, st.sampled_from(AuthType), NAMES, st.none() | NAMES),
        data=st.just(event),
        traceparent=st.none() | NAMES,
        dataclassification=st.none() | NAMES,
        origin=st.none() | st.builds(Origin, NAMES, NAMES, _DIGESTS, st.none() | st.integers(0, 2**40)),
    )


def _objects(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    required = set(schema.get("required", ()))
    members = {name: values(said, root) for name, said in schema["properties"].items()}
    found = st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in required},
        optional={name: member for name, member in members.items() if name not in required},
    )
    title = schema.get("title", "")
    names = _ORDERED.get(title, ())
    ordered = found.map(lambda value: {**value, **dict(zip(names, sorted(value[name] for name in names), strict=True))})
    return ordered.map(_AGREEING[title]) if title in _AGREEING else ordered


def _arrays(schema: Mapping[str, Any], root: Mapping[str, Any]) -> st.SearchStrategy[list[Any]]:
    if "prefixItems" in schema:
        return st.tuples(*(values(each, root) for each in schema["prefixItems"])).map(list)
    return st.lists(values(schema["items"], root), min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 3), 3))


def _texts(schema: Mapping[str, Any], _root: Mapping[str, Any]) -> st.SearchStrategy[str]:
    match schema:
        case {"format": "date"}:
            return st.dates().map(lambda day: day.isoformat())
        case {"format": "date-time"}:
            return MOMENTS.map(lambda moment: moment.isoformat())
        case {"pattern": pattern}:
            return st.from_regex(pattern.replace("$", r"\Z"), alphabet=st.characters(max_codepoint=0x7F))
    return st.text(_CHARACTERS, min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 60), 60))


def _integers(schema: Mapping[str, Any], _root: Mapping[str, Any]) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum", -_LARGEST), schema.get("maximum", _LARGEST))


def _numbers(schema: Mapping[str, Any], _root: Mapping[str, Any]) -> st.SearchStrategy[float]:
    return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)


def _booleans(_schema: Mapping[str, Any], _root: Mapping[str, Any]) -> st.SearchStrategy[bool]:
    return st.booleans()


def _nulls(_schema: Mapping[str, Any], _root: Mapping[str, Any]) -> st.SearchStrategy[None]:
    return st.none()


_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], st.SearchStrategy[Any]]] = {
    "object": _objects,
    "array": _arrays,
    "string": _texts,
    "integer": _integers,
    "number": _numbers,
    "boolean": _booleans,
    "null": _nulls,
}
