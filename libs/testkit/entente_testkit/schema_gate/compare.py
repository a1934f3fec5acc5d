"""Whether a published schema may be replaced by another of the same version."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jsoncompat

from entente_testkit.schema_gate.facts import KEPT, Facts, facts

Schema = Mapping[str, Any]

_SHOWN = 80
_WORDS = re.compile(r"(?<!/properties)/(?:description|title)$")


@dataclass(frozen=True, slots=True)
class Break:
    """A change that needs a new version: where (a path from `$`) and what."""

    path: str
    text: str


def compare(old: Schema, new: Schema) -> list[Break]:
    """Every reason why `new` may not take the place of `old`; none where all of this holds:

    - readers of the old schema accept whatever writers of the new one write (a writer sends no field that its schema does not name);
    - readers of the new schema accept whatever was ever written under the old one, since events are kept for ever;
    - no field is gone (its name could come back with another meaning), and no pattern, format, list of values or default
      differs, nor whether added fields are allowed.
    """
    breaks = list(_changed_facts(facts(old), facts(new)))
    if not _compatible(old, _closed(new), "serializer"):
        breaks.append(Break("$", "what new writers send is not always accepted by readers of the old schema" + _differences(old, new)))
    if not _compatible(_closed(old), new, "deserializer"):
        breaks.append(Break("$", "what was written under the old schema is not always accepted by the new one" + _differences(old, new)))
    return breaks


def _compatible(old: Schema, new: Schema, role: Literal["serializer", "deserializer"]) -> bool:
    return jsoncompat.check_compat(json.dumps(_anonymous(old)), json.dumps(_anonymous(new)), role)


def _anonymous(schema: Schema) -> Schema:
    """Without its name, which the comparison would take for a place to load from."""
    return {keyword: said for keyword, said in schema.items() if keyword != "$id"}


def _closed(schema: Any) -> Any:
    """The schema with no field allowed that it does not name: what a writer is held to."""
    match schema:
        case {"properties": dict(), **rest}:
            inner = {keyword: _closed(said) for keyword, said in rest.items()}
            properties = {name: _closed(said) for name, said in schema["properties"].items()}
            return {"additionalProperties": False, **inner, "properties": properties}
        case dict():
            return {keyword: _closed(said) for keyword, said in schema.items()}
        case list():
            return [_closed(said) for said in schema]
        case _:
            return schema


def _changed_facts(old: Facts, new: Facts) -> Iterator[Break]:
    for path, said in old.items():
        if path not in new:
            yield Break(path, "the field is gone")
            continue
        for keyword in KEPT:
            before, after = said.get(keyword), new[path].get(keyword)
            if before != after:
                yield Break(path, f"{keyword} was {_show(before)} and is {_show(after)}")


def _show(values: list[Any] | None) -> str:
    return "not given" if values is None else " or ".join(json.dumps(value)[:_SHOWN] for value in values)


def _differences(old: Schema, new: Schema) -> str:
    places = list(_differing(old, new, "#"))
    return f"; changed: {', '.join(places)}" if places else ""


def _differing(old: Any, new: Any, pointer: str) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _differing(old.get(name), new.get(name), f"{pointer}/{name}")
    elif old != new and _WORDS.search(pointer) is None:
        yield pointer
