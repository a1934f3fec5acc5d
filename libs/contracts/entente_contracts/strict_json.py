"""JSON as RFC 8259 means it and RFC 8785 can write it: no name twice, no NaN, no lone surrogate, no number that would be rounded."""

import json
import re
from enum import StrEnum
from typing import Any, NoReturn

import rfc8785

_LARGEST = 2**53 - 1
DEEPEST = 64
"""How many levels of objects and arrays are read."""

_TOO_DEEP = f"nested too deep; send at most {DEEPEST} levels"
_MOST_DIGITS = len("-100000000000000000000")
"""Larger numbers have an exponent in the canonical form."""
_NOT_PLAIN = re.compile("\\de[+-]\\d|\\.0(?:[,}\\]]|\\Z)|\\d{16}|[\ud800-\U0010ffff]")
"""Where Python's own encoder may write a number or order two names otherwise than RFC 8785; what this does not match is canonical."""
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*+\\u0000")


class Flaw(StrEnum):
    """Which kind of flaw bytes have that are not JSON which every reader understands alike."""

    NOT_JSON = "not_json"
    NOT_UTF8 = "not_utf8"
    DUPLICATE_KEYS = "duplicate_keys"
    TOO_DEEP = "too_deep"


class NotJson(ValueError):
    """The bytes are not JSON that every reader understands alike; the text says what and where, and how to mend it."""

    def __init__(self, text: str, flaw: Flaw = Flaw.NOT_JSON) -> None:
        super().__init__(text)
        self.flaw = flaw


def _integer(digits: str) -> int | float:
    if len(digits) <= _MOST_DIGITS:
        number = int(digits)
        if abs(number) <= _LARGEST:
            return number
        if rfc8785.dumps(float(number)) == digits.encode():
            return float(number)
    raise NotJson(f"the number {digits[:40]} is beyond 2^53 - 1 and would be rounded; write it as a string")


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is no JSON number; leave the field out or write null")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise NotJson(f"the name {twice[:80]!r} stands twice in one object; keep one", Flaw.DUPLICATE_KEYS)
    return found


_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object)


def read(data: bytes) -> Any:
    """The value that the bytes hold; raises `NotJson`, whatever the bytes are."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8; send JSON in UTF-8", Flaw.NOT_UTF8) from error
    if _ESCAPED_NUL.search(text):
        raise NotJson("a string holds U+0000, which databases cannot keep; leave it out")
    try:
        value = _DECODER.decode(text)
        if text.count("[") + text.count("{") > DEEPEST and _depth(value) > DEEPEST:
            raise NotJson(_TOO_DEEP, Flaw.TOO_DEEP)
        if _HALF_PAIR.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotJson("a string holds half of a surrogate pair; write whole characters") from error
    except json.JSONDecodeError as error:
        raise NotJson(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise NotJson(_TOO_DEEP, Flaw.TOO_DEEP) from error
    return value


def _depth(value: Any) -> int:
    levels, level = 0, [value]
    while level := [each for each in level if isinstance(each, dict | list)]:
        levels += 1
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return levels


def canonical(value: Any) -> bytes:
    """The value's RFC 8785 canonical form; raises `NotJson` where it has none."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
        if _NOT_PLAIN.search(text) is None:
            return text.encode("utf-8")
        return rfc8785.dumps(value)
    except RecursionError as error:
        raise NotJson(_TOO_DEEP, Flaw.TOO_DEEP) from error
    except ValueError as error:
        raise NotJson(f"no canonical form: {error}; write it otherwise") from error


def is_canonical(data: bytes, value: Any) -> bool:
    """Whether `data` is the canonical form of the `value` that it holds."""
    try:
        return canonical(value) == data
    except NotJson:
        return False
