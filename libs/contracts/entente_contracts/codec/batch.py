"""Cutting a JSON array into the bytes of its elements, without judging them: each can then be kept, and refused, alone."""

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from entente_contracts.cloudevent import NotACloudEvent

_WHITESPACE = b" \t\n\r"
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(_STRING + rb'|["\[\]{},]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def elements(array: bytes, most: int | None = None) -> list[bytes]:
    """The bytes of each element as they were sent, without the white space around them.

    An element may be anything, also no JSON at all, as long as its strings and brackets close. Raises `NotACloudEvent` where the
    array itself does not hold together, so that nobody can say where an element ends. With `most`, stops after one element more.
    """
    body = array.strip(_WHITESPACE)
    if not body.startswith(b"["):
        raise NotACloudEvent("a batch is one JSON array of events; send [ ... ]")
    cuts = list(islice(_cuts(body), None if most is None else most + 2))
    found = [body[begin + 1 : end].strip(_WHITESPACE) for begin, end in pairwise(cuts)]
    return [] if found == [b""] else found


def _cuts(body: bytes) -> Iterator[int]:
    """The places of the array's own brackets and commas."""
    depth = 0
    for match in _TOKEN.finditer(body):
        token = match[0]
        if token in _OPENING:
            depth += 1
            if depth == 1:
                yield match.start()
        elif token in _CLOSING:
            depth -= 1
            if depth == 0:
                if token != b"]" or match.end() != len(body):
                    raise NotACloudEvent(f"the batch's array ends at byte {match.end()} and something follows; send one array only")
                yield match.start()
        elif token == b"," and depth == 1:
            yield match.start()
        elif token == b'"':
            raise NotACloudEvent(f"the string at byte {match.start()} of the batch does not end; send the whole array")
    if depth:
        raise NotACloudEvent("the batch's array does not end; send the whole of it")
