"""A record of Kafka as an item, with the very bytes that arrived.

In structured mode the item is the record's value, as over HTTP its body: the same event has the same digest by either door. In binary mode
an event is spread over headers and value, so its bytes are, like those of a request: a line `name: value` CR LF for each header that is of
the event (`ce_...` and `content-type`), in the order in which they came, an empty line, and the value. Kafka's headers may hold any
bytes, so that in a name or a value every byte that is not printable ASCII, and `%` (in a name `:` too), is written as `%XX`; a header
that is null is its name alone, and a value that is null leaves the empty line out. No two records have the same bytes.
"""

import hashlib
from collections.abc import Sequence

from entente_contracts import attributes as rules
from entente_contracts.cloudevent import CloudEvent, NotACloudEvent
from entente_contracts.codec import http
from entente_contracts.codec.kafka import from_kafka
from entente_eventkit.log.port import Record
from entente_gateway.domain.examined import ITEM_LIMIT
from entente_gateway.intake.request import BEGINNING, Item, Mode

RecordHeaders = Sequence[tuple[str, bytes | None]]

_CONTENT_TYPE = "content-type"
_PREFIX = "ce_"
_PLAIN = frozenset(range(0x20, 0x7F)) - {ord("%")}


def item_of(record: Record) -> Item:
    """The item that a record is; what is no event is one too."""
    value = record.value
    content_type = next((text for name, text in record.headers if name == _CONTENT_TYPE), None)
    media = (content_type or b"").partition(b";")[0].strip().lower()
    if media == http.STRUCTURED.encode() and value is not None:
        return _item(Mode.STRUCTURED, content_type, value)
    own = tuple((name, text) for name, text in record.headers if name == _CONTENT_TYPE or name.startswith(_PREFIX))
    lines = b"".join(_line(name, text) for name, text in own)
    whole = lines if value is None else lines + b"\r\n" + value
    return _item(Mode.RECORD, content_type, whole, own, len(whole) - len(value or b""))


def decode(item: Item) -> CloudEvent:
    """The event of a record in binary mode; raises `NotACloudEvent`."""
    if (item.content_type or "").lower().startswith("application/cloudevents"):
        raise NotACloudEvent(f"a record of type {(item.content_type or '')[:100]!r} is not read; send {http.STRUCTURED} or binary mode")
    if any(name == "ce_datacontenttype" for name, _ in item.record_headers):
        raise NotACloudEvent("header ce_datacontenttype is not allowed; the content-type is the data's")
    event = from_kafka(None, item.record_headers, item.body)
    rules.check(event.attributes)
    return event


def claims(item: Item) -> dict[str, str]:
    """What the headers say of the event, as far as they are text."""
    return {name.removeprefix(_PREFIX): (text or b"").decode("utf-8", errors="replace") for name, text in item.record_headers}


def _item(mode: Mode, content_type: bytes | None, whole: bytes, headers: RecordHeaders = (), body_at: int = 0) -> Item:
    kept = whole if len(whole) <= ITEM_LIMIT else whole[:BEGINNING]
    said = None if content_type is None else content_type.decode("latin-1").replace("\0", "%00")[:1_000]
    return Item(mode, said, hashlib.sha256(whole).hexdigest(), len(whole), kept, (), body_at, headers)


def _line(name: str, text: bytes | None) -> bytes:
    written = _plain(name.encode("utf-8", errors="surrogatepass")).replace(b":", b"%3A")
    return written + b"\r\n" if text is None else written + b": " + _plain(text) + b"\r\n"


def _plain(raw: bytes) -> bytes:
    return b"".join(bytes([byte]) if byte in _PLAIN else b"%%%02X" % byte for byte in raw)
