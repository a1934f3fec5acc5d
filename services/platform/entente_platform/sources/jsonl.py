"""JSON lines as events: each line a CloudEvent in JSON with `type`, `id`, `time` and `data`, judged as strictly as the gateway does."""

from collections.abc import Iterable, Iterator

from entente_contracts import rfc3339, strict_json
from entente_contracts.registry import UnknownType, UnknownVersion
from entente_contracts.validation import InvalidData, validate
from entente_platform.sources.rows import Publishable, Row, Unmapped

_TEXTS = ("type", "id", "time")


def read(lines: Iterable[str]) -> Iterator[Row]:
    """Maps every line that is not blank."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _mapped(number, line)


def _mapped(number: int, line: str) -> Row:
    try:
        event = strict_json.read(line.encode("utf-8", errors="surrogatepass"))
    except strict_json.NotJson as error:
        return Unmapped(number, f"not JSON: {error}", "write one JSON object a line")
    members = event if isinstance(event, dict) else {}
    missing = [name for name in _TEXTS if not isinstance(members.get(name), str) or not members[name]]
    if missing:
        return Unmapped(number, f"{', '.join(missing)} missing or no text", "write an object with type, id, time and data")
    try:
        time = rfc3339.from_text(event["time"])
    except ValueError as error:
        return Unmapped(number, f"time: {error}", "write RFC 3339, such as 2023-10-01T12:00:00Z")
    try:
        data = validate(event["type"], strict_json.canonical(event.get("data")))
    except (UnknownType, UnknownVersion) as error:
        return Unmapped(number, str(error), "use a type that the contracts know, such as entente.observations.reported.v2")
    except InvalidData as error:
        found = "; ".join(f"{each.path}: {each.text}" for each in error.errors)
        return Unmapped(number, f"data is not valid as {error.type}: {found}", error.errors[0].mend)
    return Publishable(number, event["id"], time, data)
