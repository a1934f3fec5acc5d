"""The grading that a source's reports get which carry none."""

from typing import TypeVar

from entente_contracts import strict_json
from entente_contracts.event import Event
from entente_contracts.events.observations import Grading

E = TypeVar("E", bound=Event)

_MEMBER = "grading"


def graded(data: E, body: bytes, default: Grading | None) -> tuple[E, bytes]:
    """An observation and its body, with the source's default grading where it carries none."""
    if default is None or getattr(data, _MEMBER, default) is not None:
        return data, body
    object_ = {**strict_json.read(body), _MEMBER: default.model_dump(mode="json")}
    return data.model_copy(update={_MEMBER: default}), strict_json.canonical(object_)


def ungraded(body: bytes) -> bytes:
    """The body (canonical) without a grading: what can be compared whether or not a default was added."""
    if b'"grading"' not in body:
        return body
    found = strict_json.read(body)
    return strict_json.canonical({name: value for name, value in found.items() if name != _MEMBER}) if isinstance(found, dict) else body
