"""CloudEvents in Kafka's binary mode: attributes in headers `ce_<attribute>`, the data as the record's value."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.recording import SEQUENCE_DIGITS
from entente_contracts.strict_json import Flaw

Headers = Sequence[tuple[str, bytes | None]]

_PREFIX = "ce_"
_AFTER_PREFIX = len(_PREFIX)
_CONTENT_TYPE = "content-type"
_SPECVERSION = "1.0"


class Routing(NamedTuple):
    """What decides where a record goes, read without the rest: `type`, the stream `subject`, its version `sequence`, the event's `id`."""

    type: str
    subject: str
    sequence: int
    id: str


def to_kafka(event: CloudEvent) -> tuple[bytes, tuple[tuple[str, bytes], ...], bytes]:
    """Key, headers and value. The key is the `partitionkey`, else the `subject`; an event without data has an empty value."""
    attributes = event.attributes
    key = attributes.get("partitionkey") or attributes.get("subject")
    if not key:
        raise NotACloudEvent("neither partitionkey nor subject: a record needs one of them as its key; set the subject")
    headers = tuple(
        (_CONTENT_TYPE if name == "datacontenttype" else _PREFIX + name, value.encode("utf-8")) for name, value in attributes.items()
    )
    return key.encode("utf-8"), headers, event.data or b""


def from_kafka(key: bytes | None, headers: Headers, value: bytes | None) -> CloudEvent:
    """The event of a record in binary mode; raises `NotACloudEvent` naming the header that cannot be read.

    A record without the header `ce_partitionkey` has its key as that attribute. Headers of other purposes are passed over.
    """
    attributes: dict[str, str] = {}
    for header, raw in headers:
        if header[:_AFTER_PREFIX] == _PREFIX:
            name = header[_AFTER_PREFIX:]
        elif header == _CONTENT_TYPE:
            name = "datacontenttype"
        else:
            continue
        if name in attributes:
            raise NotACloudEvent(f"header {header} stands twice; send it once")
        try:
            attributes[name] = raw.decode("utf-8")  # type: ignore[union-attr]  # a null value is told apart where it fails: this is the hot path
        except (AttributeError, UnicodeDecodeError):
            _refuse(header, raw)
    _check_required(attributes)
    if key is not None and "partitionkey" not in attributes:
        attributes["partitionkey"] = _key_text(key)
    return CloudEvent(attributes, value or None)


def routing(headers: Headers) -> Routing:
    """Where a record goes, from four headers; raises `NotACloudEvent` where one is missing or unreadable."""
    found: dict[str, bytes | None] = dict(headers)
    texts = []
    for header in ("ce_type", "ce_subject", "ce_sequence", "ce_id"):
        try:
            texts.append(found[header].decode("utf-8"))  # type: ignore[union-attr]  # as above
        except KeyError:
            raise NotACloudEvent(f"header {header} is missing; a record of this topic has it") from None
        except (AttributeError, UnicodeDecodeError):
            _refuse(header, found[header])
    sequence = texts[2]
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) <= SEQUENCE_DIGITS):
        raise NotACloudEvent(f"header ce_sequence is {sequence[:40]!r}; it must be at most {SEQUENCE_DIGITS} digits")
    return Routing(texts[0], texts[1], int(sequence), texts[3])


def _key_text(key: bytes) -> str:
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotACloudEvent(f"byte {error.start} of the key is not UTF-8; write the stream's id in UTF-8", Flaw.NOT_UTF8) from error


def _refuse(header: str, raw: bytes | None) -> NoReturn:
    if raw is None:
        raise NotACloudEvent(f"header {header} is null; leave it out or give it a value") from None
    raise NotACloudEvent(f"header {header} is not UTF-8; send its text in UTF-8", Flaw.NOT_UTF8) from None


def _check_required(attributes: dict[str, str]) -> None:
    version = attributes.get("specversion")
    if version == _SPECVERSION:
        for name in ("id", "source", "type"):
            if not attributes.get(name):
                raise NotACloudEvent(f"header ce_{name} is missing or empty; every CloudEvent has one")
        return
    if version is not None:
        raise NotACloudEvent(f"header ce_specversion is {version[:40]!r}; only 1.0 is read")
    if attributes.get("datacontenttype", "").startswith("application/cloudevents"):
        raise NotACloudEvent("the record is in structured mode; send it in binary mode, attributes as headers ce_...")
    raise NotACloudEvent("header ce_specversion is missing; send CloudEvents 1.0 in binary mode")
