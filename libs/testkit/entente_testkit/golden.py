"""The golden test: fixed events make fixed rows and columns, for each code number of a projection.

A fold that changed without its code number would leave old and new rows in one instance. So the rows of fixed events are kept in a file
beside the tests, by projection and code: other rows (or columns) under the same code fail, and the code number must go up.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from entente_contracts.codec.kafka import to_kafka
from entente_contracts.event import Event
from entente_contracts.recorded import Recorded
from entente_contracts.recording import encode
from entente_eventkit.projecting.compare import canonical
from entente_eventkit.projecting.projection import Projection
from entente_testkit.projecting import folded


class GoldenMissing(AssertionError):
    """Nothing is kept for this code yet: it was written just now, look at it and commit it."""


class FoldChanged(AssertionError):
    """The same events make other rows or columns than before under the same code number."""


def check(projection: Projection, events: Sequence[Recorded[Event]], folder: Path) -> None:
    """Compares with `folder/<projection>.json`; writes what is not kept there yet and fails once, so that it is looked at."""
    path = folder / f"{projection.name}.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    now = _digests(projection, events)
    code = str(projection.code)
    if code not in kept:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**kept, code: now}, indent=2, sort_keys=True) + "\n", "utf-8")
        raise GoldenMissing(f"{projection.name} had no golden rows for code {code}; they are in {path} now: look at them and commit them")
    before = kept[code]
    if before["events"] != now["events"]:
        raise AssertionError(f"the events of {projection.name}'s golden test changed; keep them, or delete {path} and look at it anew")
    changed = [what for what in ("columns", "rows", "marks") if before[what] != now[what]]
    if changed:
        raise FoldChanged(
            f"{projection.name} makes other {' and '.join(changed)} of the same events; give it the code number {projection.code + 1}"
        )


def _digests(projection: Projection, events: Sequence[Recorded[Event]]) -> dict[str, object]:
    rows = folded(projection, events)
    return {
        "events": _digest(part for event in events for part in _bytes(event)),
        "columns": {
            shape.table.name: [f"{column.name} {column.type!r}{' key' if column.primary_key else ''}" for column in shape.table.columns]
            for shape in projection.shapes.values()
        },
        "rows": {
            shape.table.name: [json.loads(canonical({name: row.__dict__[name] for name in shape.names})) for row in rows.all(model)]
            for model, shape in projection.shapes.items()
        },
        "marks": sorted(f"{what} {event.id}" for (what, _), event in rows.marks.items()),
    }


def _bytes(event: Recorded[Event]) -> list[bytes]:
    key, headers, value = to_kafka(encode(event))
    return [key, *(f"{name}={text.decode()}".encode() for name, text in headers), value]


def _digest(parts: object) -> str:
    running = hashlib.sha256()
    for part in parts:  # type: ignore[attr-defined]  # an iterable of bytes
        running.update(len(part).to_bytes(8, "big") + part)
    return running.hexdigest()
