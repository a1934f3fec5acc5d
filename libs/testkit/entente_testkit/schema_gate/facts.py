"""A JSON Schema laid out flat: what it says of each place in a value."""

from collections.abc import Iterator, Mapping
from typing import Any

KEPT = ("pattern", "format", "enum", "const", "default", "additionalProperties")
"""What must stay as it is at a place: changes of these are missed, or judged too mildly, by a comparison of accepted values."""

Facts = Mapping[str, Mapping[str, Any]]


def facts(schema: Mapping[str, Any]) -> Facts:
    """By path (`$.who[].country`), what the schema says there in the keywords of `KEPT`; alternatives other than null are merged."""
    found: dict[str, dict[str, Any]] = {}
    for path, said in _walk(schema, schema, "$", ()):
        place = found.setdefault(path, {})
        for keyword in KEPT:
            if keyword in said:
                place[keyword] = [*place.get(keyword, []), said[keyword]]
    return found


def _walk(
    schema: Mapping[str, Any], root: Mapping[str, Any], path: str, within: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, schema
    reference = schema.get("$ref")
    if reference is not None and reference not in within:
        yield from _walk(_resolved(root, reference), root, path, (*within, reference))
    for name, inner in schema.get("properties", {}).items():
        yield from _walk(inner, root, f"{path}.{name}", within)
    if "items" in schema:
        yield from _walk(schema["items"], root, f"{path}[]", within)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(keyword, ()):
            yield from _walk(inner, root, path, within)


def _resolved(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return dict(found)
