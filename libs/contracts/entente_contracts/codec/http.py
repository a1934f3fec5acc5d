"""CloudEvents over HTTP: binary mode (headers `ce-<attribute>`), structured mode (one JSON object) and batches (a JSON array)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from entente_contracts import attributes as rules
from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.codec import batch, json_format
from entente_contracts.strict_json import Flaw

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"

_PREFIX = "ce-"
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
_QUOTED_PAIR = re.compile(r"\\(.)")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it came: its bytes, and what they hold or why that is no CloudEvent.

    `raw` of a batch is the item's own slice of the body, of structured mode the body; of binary mode, where an event is spread over
    headers and body, it is their rendering by `render`.
    """

    raw: bytes
    event: CloudEvent | NotACloudEvent


def to_binary(event: CloudEvent) -> tuple[dict[str, str], bytes]:
    """Headers and body in binary mode; attribute values are percent-encoded as the HTTP binding asks."""
    headers = {
        "content-type" if name == "datacontenttype" else _PREFIX + name: value if name == "datacontenttype" else quote(value, safe=_SAFE)
        for name, value in event.attributes.items()
    }
    return headers, event.data or b""


def to_structured(event: CloudEvent) -> tuple[dict[str, str], bytes]:
    """Headers and body in structured mode."""
    return {"content-type": STRUCTURED}, json_format.write(event)


def to_batch(events: Iterable[CloudEvent]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a batch, in the order given."""
    return {"content-type": BATCH}, b"[" + b",".join(map(json_format.write, events)) + b"]"


def parse(headers: Mapping[str, str], body: bytes) -> list[Arrival]:
    """What a request holds, its mode told by its content type. Never raises: what is no CloudEvent is an arrival that says so.

    A batch that does not hold together as an array is one arrival, its whole body.
    """
    named = {name.lower(): value for name, value in headers.items()}
    content_type = named.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("application/cloudevents"):
        charset = _CHARSET.search(content_type)
        if charset is not None and charset[1].lower() not in {"utf-8", "utf8"}:
            return [Arrival(body, NotACloudEvent(f"charset {charset[1][:40]!r} is not read; send UTF-8"))]
    match media_type:
        case "application/cloudevents-batch+json":
            return _batch(body)
        case "application/cloudevents+json":
            return [_structured(body)]
        case _ if media_type.startswith("application/cloudevents"):
            return [Arrival(body, NotACloudEvent(f"{media_type[:80]!r} is not read; send {STRUCTURED}, {BATCH} or binary mode"))]
        case _:
            return [_binary(named, body)]


def render(headers: Mapping[str, str], body: bytes) -> bytes:
    """A binary-mode event as bytes that are always the same for the same event.

    Each header `ce-...` and `content-type`, its name in lower case, as `name: value` in order of name, every line ended by CR LF; an
    empty line; the body. Values are as they came, still percent-encoded; other headers are of the transport and left out.
    """
    kept = sorted((name.lower(), value) for name, value in headers.items() if _of_event(name.lower()))
    lines = "".join(f"{name}: {value}\r\n" for name, value in kept)
    return (lines + "\r\n").encode("utf-8", errors="surrogatepass") + body


def _batch(body: bytes) -> list[Arrival]:
    try:
        return [_structured(item) for item in batch.elements(body)]
    except NotACloudEvent as error:
        return [Arrival(body, error)]


def _structured(raw: bytes) -> Arrival:
    try:
        return Arrival(raw, json_format.read(raw))
    except NotACloudEvent as error:
        return Arrival(raw, error)


def _binary(headers: Mapping[str, str], body: bytes) -> Arrival:
    raw = render(headers, body)
    try:
        if not any(name.startswith(_PREFIX) for name in headers):
            raise NotACloudEvent(f"neither headers ce-... nor a CloudEvents content type; send binary mode, {STRUCTURED} or {BATCH}")
        if "ce-datacontenttype" in headers:
            raise NotACloudEvent("header ce-datacontenttype is not allowed; the content-type is the data's")
        attributes = {name[len(_PREFIX) :]: _decoded(name, value) for name, value in headers.items() if name.startswith(_PREFIX)}
        if "content-type" in headers:
            attributes["datacontenttype"] = headers["content-type"]
        rules.check(attributes)
    except NotACloudEvent as error:
        return Arrival(raw, error)
    return Arrival(raw, CloudEvent(attributes, body or None))


def _of_event(name: str) -> bool:
    return name.startswith(_PREFIX) or name == "content-type"


def _decoded(name: str, value: str) -> str:
    text = value.strip(" \t")
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _QUOTED_PAIR.sub(r"\1", text[1:-1])
    if not text.isascii():
        raise NotACloudEvent(f"header {name[:80]!r} holds more than ASCII; percent-encode its UTF-8 bytes")
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotACloudEvent(
            f"header {name[:80]!r} is not UTF-8 once percent-decoded; percent-encode its UTF-8 bytes", Flaw.NOT_UTF8
        ) from error
