"""The catalogue of metrics: what is measured, in what unit, and what it means. The documentation's table is made from here."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an instrument counts."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One metric; `unit` in UCUM (`s`, `{event}`), `by` the attributes that its values are kept apart by. A gauge is asked for at each
    scrape and goes nowhere else. `bounds`: the upper ends of a histogram's buckets."""

    name: str
    kind: Kind
    unit: str
    about: str
    by: tuple[str, ...]
    bounds: tuple[float, ...] = ()

    @property
    def scraped(self) -> str:
        """What it is called on the page that Prometheus reads."""
        total = "_total" if self.kind is Kind.COUNTER else ""
        return f"{as_label(self.name)}{_SUFFIXES.get(self.unit, '')}{total}"


@dataclass(frozen=True, slots=True)
class Value:
    """What a gauge shows at one moment; `by` in the order of its instrument's."""

    of: Instrument
    now: float
    by: tuple[str, ...]


_SUFFIXES = {"s": "_seconds"}


def as_label(name: str) -> str:
    """The name of an attribute as a label of Prometheus."""
    return name.replace(".", "_")


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
    (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)

_SERVICE, _INSTANCE, _TOPIC = "entente.service", "entente.instance", "messaging.destination.name"


def _gauge(name: str, unit: str, about: str, *by: str) -> Instrument:
    return Instrument(name, Kind.GAUGE, unit, about, (_SERVICE, *by))


LAG = _gauge("entente.lag", "s", "How long ago the oldest event was written down that an instance has not applied", _INSTANCE, _TOPIC)
LAG_EVENTS = _gauge("entente.lag.events", "{event}", "Events that an instance has not applied", _INSTANCE, _TOPIC)
PARKED_NOW = _gauge(
    "entente.parked.events", "{event}", "Events that lie parked: `poison` could not be applied, `waiting` stands behind", _INSTANCE,
    "entente.reason",
)  # fmt: skip
GAPS = _gauge("entente.gaps.open", "{stream}", "Streams that wait, for a minute and longer, for an event that has not come", _INSTANCE)
MARKS = _gauge("entente.marks.waiting", "{mark}", "Marks that folds left and no worker has taken yet", _INSTANCE)
DUES = _gauge("entente.dues.overdue", "{due}", "Dues whose time has come and that are not done yet")
UNREADABLE_NOW = _gauge(
    "entente.unreadable.records", "{record}", "Alarm: records of a topic's newest generation that could not be read at all", _TOPIC
)
POSITION = _gauge("entente.store.position", "{event}", "The position of the last event in the store")
HALTED = _gauge("entente.store.halted", "{boolean}", "1 where the store takes nothing, being older than its log")
UNSENT = _gauge("entente.relay.unsent", "{event}", "Events that the relay has still to send; counted up to 100 000", _TOPIC)
UNSENT_AGE = _gauge("entente.relay.age", "s", "How long ago the oldest event was written down that is not sent yet", _TOPIC)
GENERATION = _gauge("entente.log.generation", "{generation}", "The generation of the log that the relay sends to", _TOPIC)
READY = _gauge("entente.ready", "{boolean}", "1 where the service can do its work; why not is told by `/health/ready`")
CONNECTIONS = _gauge("entente.database.connections", "{connection}", "Connections to the database that are in use")
SCRAPE_ERRORS = _gauge(
    "entente.scrape.errors", "{boolean}", "1 where what is named could not be asked in time for this page", "entente.what"
)
BUILD = _gauge("entente.build.info", "{boolean}", "Always 1; carries the version that runs", "service.version")

COUNTED = (APPENDED, SENT, APPLIED, PARKED, FORKED, UNREADABLE, RETRIED, REFUSED, QUARANTINED, REQUESTS)
"""What is counted where it happens."""

ASKED = (
    LAG, LAG_EVENTS, PARKED_NOW, GAPS, MARKS, DUES, UNREADABLE_NOW, POSITION, HALTED, UNSENT, UNSENT_AGE, GENERATION, READY, CONNECTIONS,
    SCRAPE_ERRORS, BUILD,
)  # fmt: skip
"""What is asked for at each scrape."""

CATALOGUE = (*COUNTED, *ASKED)


def table() -> str:
    """The catalogue as a Markdown table; a histogram is three series, `_bucket`, `_sum` and `_count`."""
    rows = [
        f"| `{one.name}` | `{one.scraped}` | {one.kind} | {one.unit} | {one.about} | {', '.join(f'`{by}`' for by in one.by)} |"
        for one in CATALOGUE
    ]
    return "\n".join(["| metric | at `/metrics` | kind | unit | meaning | kept apart by |", "|---|---|---|---|---|---|", *rows, ""])
