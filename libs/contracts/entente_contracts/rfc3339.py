"""Moments as RFC 3339 text in UTC, to the microsecond."""

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def to_text(moment: datetime) -> str:
    """The moment in UTC with six decimals and `Z`; raises `ValueError` for one without an offset, which names no moment."""
    if moment.tzinfo is not UTC:
        if moment.utcoffset() is None:
            raise ValueError(f"{moment.isoformat()} has no offset; give an aware datetime")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def from_text(text: str) -> datetime:
    """The moment that the text names, in UTC; decimals beyond the sixth are cut off. Raises `ValueError` for text without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset; write RFC 3339, such as 2023-10-01T12:00:00Z")
    return moment.astimezone(UTC)


def zulu(text: str) -> str:
    """The same moment written in UTC with `Z`, its decimals as they were; raises `ValueError` for what is not RFC 3339."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not RFC 3339; write it as in 2023-10-01T12:00:00Z")
    try:
        moment = from_text(match[1] + "T" + match[2] + text[match.end(3) if match[3] else match.end(2) :].upper())
    except OverflowError as error:
        raise ValueError(f"{text!r} leaves the years 1 to 9999 in UTC") from error
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + (match[3] or "") + "Z"
