"""What is counted, called by its name. Off unless an exporter is set, and then free: one name is looked at."""

from collections.abc import Iterable

from opentelemetry.metrics import Counter, Histogram, Meter

from entente_eventkit.telemetry import instruments
from entente_eventkit.telemetry.instruments import COUNTED, Instrument, Kind

_made: dict[str, Counter | Histogram] | None = None


def record(meter: Meter | None) -> None:
    """Makes the catalogue's instruments of `meter` and counts with them from now on; None switches counting off."""
    global _made  # noqa: PLW0603 - the one switch of this module; off() sets it back
    _made = None if meter is None else {one.name: _make(meter, one) for one in COUNTED}


def _make(meter: Meter, one: Instrument) -> Counter | Histogram:
    if one.kind is Kind.HISTOGRAM:
        return meter.create_histogram(one.name, one.unit, one.about, explicit_bucket_boundaries_advisory=list(one.bounds))
    return meter.create_counter(one.name, one.unit, one.about)


def _count(instrument: Instrument, n: float, *by: str | int) -> None:
    if _made is None:
        return
    attributes = dict(zip(instrument.by, by, strict=True))
    made = _made[instrument.name]
    if isinstance(made, Counter):
        made.add(n, attributes)
    else:
        made.record(n, attributes)


def expect(instances: Iterable[str], topics: Iterable[str]) -> None:
    """Shows the alarms of these instances and topics as 0: of a number that begins with its first alarm, nobody would see it rise."""
    for instance in instances:
        _count(instruments.PARKED, 0, instance)
        _count(instruments.FORKED, 0, instance)
    for topic in topics:
        _count(instruments.UNREADABLE, 0, topic)


def appended(topic: str, n: int = 1) -> None:
    """`n` events were written to the store."""
    _count(instruments.APPENDED, n, topic)


def sent(topic: str, n: int = 1) -> None:
    """`n` events were sent and acknowledged."""
    _count(instruments.SENT, n, topic)


def applied(instance: str, n: int = 1) -> None:
    """An instance applied `n` events."""
    _count(instruments.APPLIED, n, instance)


def parked(instance: str, n: int = 1) -> None:
    """An instance parked `n` events."""
    _count(instruments.PARKED, n, instance)


def forked(instance: str) -> None:
    """An instance met another event under a version that it had applied already: an alarm."""
    _count(instruments.FORKED, 1, instance)


def unreadable(topic: str) -> None:
    """A record could not be read at all: an alarm."""
    _count(instruments.UNREADABLE, 1, topic)


def retried(what: str) -> None:
    """A piece of work met a transient fault and is tried again."""
    _count(instruments.RETRIED, 1, what)


def refused(code: str) -> None:
    """A command or request was refused with this problem code."""
    _count(instruments.REFUSED, 1, code)


def quarantined(reason: str) -> None:
    """A foreign event was put into quarantine."""
    _count(instruments.QUARANTINED, 1, reason)


def answered(method: str, route: str, status: int, service: str, seconds: float) -> None:
    """A request was answered."""
    _count(instruments.REQUESTS, seconds, method, route, status, service)
