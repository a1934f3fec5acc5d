"""The catalogue of metrics: what is measured, in what unit, and what it means. The documentation's table is made from here."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an instrument counts."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One metric; `unit` in UCUM (`s`, `{event}`), `by` the attributes that its values are kept apart by."""

    name: str
    kind: Kind
    unit: str
    about: str
    by: tuple[str, ...]


APPENDED = Instrument(
    "entente.events.appended", Kind.COUNTER, "{event}", "Events written to a service's store", ("messaging.destination.name",)
)
SENT = Instrument(
    "messaging.client.sent.messages",
    Kind.COUNTER,
    "{message}",
    "Events that the relay sent and the log acknowledged",
    ("messaging.destination.name",),
)
APPLIED = Instrument(
    "entente.events.applied", Kind.COUNTER, "{event}", "Events that an instance of a projection or policy applied", ("entente.instance",)
)
PARKED = Instrument(
    "entente.events.parked",
    Kind.COUNTER,
    "{event}",
    "Events that an instance parked: poison, or waiting behind a gap",
    ("entente.instance",),
)
FORKED = Instrument(
    "entente.events.forked", Kind.COUNTER, "{event}", "Alarm: two different events met under one stream and version", ("entente.instance",)
)
UNREADABLE = Instrument(
    "entente.records.unreadable",
    Kind.COUNTER,
    "{record}",
    "Alarm: records of the log that name no stream, version or JSON",
    ("messaging.destination.name",),
)
RETRIED = Instrument("entente.work.retried", Kind.COUNTER, "{try}", "Pieces of work tried again after a transient fault", ("entente.what",))
REFUSED = Instrument(
    "entente.commands.refused", Kind.COUNTER, "{command}", "Commands and requests refused, by the problem's code", ("entente.code",)
)
QUARANTINED = Instrument("entente.events.quarantined", Kind.COUNTER, "{event}", "Foreign events put into quarantine", ("entente.reason",))
REQUESTS = Instrument(
    "http.server.request.duration",
    Kind.HISTOGRAM,
    "s",
    "How long requests took to be answered",
    ("http.request.method", "http.route", "http.response.status_code", "entente.service"),
)

CATALOGUE = (APPENDED, SENT, APPLIED, PARKED, FORKED, UNREADABLE, RETRIED, REFUSED, QUARANTINED, REQUESTS)


def table() -> str:
    """The catalogue as a Markdown table."""
    rows = [f"| `{one.name}` | {one.kind} | {one.unit} | {one.about} | {', '.join(f'`{by}`' for by in one.by)} |" for one in CATALOGUE]
    return "\n".join(["| metric | kind | unit | meaning | kept apart by |", "|---|---|---|---|---|", *rows, ""])
