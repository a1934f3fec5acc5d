"""Judging an event's data as strictly as its producer should have: what the gateway does with all that comes in."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from entente_contracts import strict_json
from entente_contracts.event import Event
from entente_contracts.registry import model_of
from entente_contracts.strict_json import Flaw


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: where (a JSON path from `$`), what, what to do about it, and the value that is there (JSON, cut)."""

    path: str
    text: str
    mend: str
    value: str | None = None


class InvalidData(ValueError):
    """The data is not what its type says; `errors` has every fault found, `flaw` what the bytes suffer from where they are no JSON."""

    def __init__(self, type: str, errors: tuple[FieldError, ...], flaw: Flaw | None = None) -> None:
        super().__init__(f"not valid as {type}: " + "; ".join(f"{error.path}: {error.text}" for error in errors))
        self.type, self.errors, self.flaw = type, errors, flaw


def validate(type: str, data: bytes) -> Event:
    """The event that the data holds, in the very version that the type names.

    Strict, as for a producer: no added fields, no text where a number belongs, nothing that two readers could read differently.
    Raises `InvalidData`, or `UnknownType` and `UnknownVersion` of the registry.
    """
    model = model_of(type)
    try:
        read = strict_json.read(data)
        return model.model_validate_json(data, strict=True, extra="forbid")
    except strict_json.NotJson as error:
        raise InvalidData(type, (FieldError("$", f"not JSON: {error}", "send one JSON object in UTF-8"),), error.flaw) from error
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise InvalidData(type, tuple(_error(type, each, read) for each in found)) from error


def _error(type: str, found: ErrorDetails, data: Any) -> FieldError:
    value = None if found["type"] == "missing" else shown(found["input"])
    return FieldError(_path(found["loc"], data), found["msg"], _mend(type, found["type"]), value)


LONGEST_VALUE = 60
"""Characters of a value that are shown."""


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "..."


def _path(location: tuple[Any, ...], data: Any) -> str:
    """A JSON path; the name of a union's member, which pydantic puts in between, is no step in the data and left out."""
    path, here = "$", data
    for step in location:
        if isinstance(here, dict) and step not in here and step in here.values():
            continue
        path += f"[{step}]" if isinstance(step, int) else f".{step[:80]}"
        here = _below(here, step)
    return path


def _below(here: Any, step: Any) -> Any:
    match here:
        case dict():
            return here.get(step)
        case list() if isinstance(step, int) and step < len(here):
            return here[step]
        case _:
            return None


def _mend(type: str, fault: str) -> str:
    match fault:
        case "missing":
            return "add the field"
        case "extra_forbidden":
            return f"leave the field out; {type} has none of this name"
        case "value_error":
            return "correct the values so that they agree"
        case _ if fault.endswith("_type") or fault in {"enum", "literal_error"}:
            return "write a value of the type and from the list that the schema gives"
        case _:
            return "keep to the bounds that the schema gives"
