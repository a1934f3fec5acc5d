"""Judging an event's data as strictly as its producer should have: what the gateway does with all that comes in."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from entente_contracts import strict_json
from entente_contracts.event import Event
from entente_contracts.registry import model_of


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: where (a JSON path from `$`), what, and what to do about it."""

    path: str
    text: str
    mend: str


class InvalidData(ValueError):
    """The data is not what its type says; `errors` has every fault found."""

    def __init__(self, type: str, errors: tuple[FieldError, ...]) -> None:
        super().__init__(f"not valid as {type}: " + "; ".join(f"{error.path}: {error.text}" for error in errors))
        self.type, self.errors = type, errors


def validate(type: str, data: bytes) -> Event:
    """The event that the data holds, in the very version that the type names.

    Strict, as for a producer: no added fields, no text where a number belongs, nothing that two readers could read differently.
    Raises `InvalidData`, or `UnknownType` and `UnknownVersion` of the registry.
    """
    model = model_of(type)
    try:
        strict_json.read(data)
        return model.model_validate_json(data, strict=True, extra="forbid")
    except strict_json.NotJson as error:
        raise InvalidData(type, (FieldError("$", f"not JSON: {error}", "send one JSON object in UTF-8"),)) from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidData(type, tuple(FieldError(_path(each["loc"]), each["msg"], _mend(type, each["type"])) for each in found)) from error


def _path(location: tuple[Any, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step[:80]}" for step in location)


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
