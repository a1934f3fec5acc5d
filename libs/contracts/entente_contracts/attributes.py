"""What CloudEvents 1.0 asks of context attributes, checked on all that comes from outside."""

import re
from collections.abc import Mapping

from entente_contracts import rfc3339
from entente_contracts.cloudevent import NotACloudEvent

REQUIRED = ("specversion", "id", "source", "type")
OPTIONAL = ("datacontenttype", "dataschema", "subject", "time")

_NAME = re.compile(r"[a-z0-9]+")
_RESERVED = frozenset({"data", "data_base64"})
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def check(attributes: Mapping[str, str]) -> None:
    """Raises `NotACloudEvent` for the first attribute that is missing, empty, ill named or holds what no attribute may hold."""
    version = attributes.get("specversion", "1.0")
    if version != "1.0":
        raise NotACloudEvent(f"specversion is {version[:40]!r}; only 1.0 is read")
    for name in REQUIRED:
        if not attributes.get(name):
            raise NotACloudEvent(f"attribute {name} is missing or empty; every CloudEvent has one")
    for name, value in attributes.items():
        _check_one(name, value)
    for name in OPTIONAL:
        if attributes.get(name) == "":
            raise NotACloudEvent(f"attribute {name} is empty; leave it out or give it a value")
    if "time" in attributes:
        try:
            rfc3339.zulu(attributes["time"])
        except ValueError as error:
            raise NotACloudEvent(f"attribute time: {error}") from error


def _check_one(name: str, value: str) -> None:
    if _NAME.fullmatch(name) is None or name in _RESERVED:
        raise NotACloudEvent(f"attribute name {name[:80]!r} is not allowed; use lower-case letters a-z and digits")
    forbidden = _FORBIDDEN.search(value)
    if forbidden is not None:
        raise NotACloudEvent(f"attribute {name} holds U+{ord(forbidden[0]):04X}, which no attribute may; leave it out")
