"""What was observed of each country and pair of states, by whom, and since when it was known.

Buckets are exact integers that only ever have something added: a revision learnt on the day K adds, at K, the old amounts with a minus and
the new ones with a plus. What was known at the end of any day is the sum of what was added up to it. Every row is keyed by source and
country, which is to say by stream, so that no fold reads what another stream wrote.
"""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Field, SQLModel

from entente_contracts.event import Event
from entente_contracts.events.observations import ObservationBody, ObservationReported, ObservationRetracted, ObservationRevised
from entente_contracts.recorded import Recorded
from entente_contracts.topics import OBSERVATIONS
from entente_eventkit.projecting.projection import Projection, Touched
from entente_eventkit.projecting.rows import Rows
from entente_stability.domain.buckets import amounts_of, day_of, pairs_of
from entente_stability.domain.channels import NOTHING, Amounts
from entente_stability.tables import AmountColumns, Row


class Bucket(AmountColumns):
    """What was added, on the day `known`, to what `source` reports of a country's day."""

    country: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    known: date = Field(primary_key=True)
    source: str = Field(primary_key=True)


class PairBucket(AmountColumns):
    """The same of a pair of states, `a` before `b` in the alphabet; `country` is where it happened."""

    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    known: date = Field(primary_key=True)
    source: str = Field(primary_key=True)
    country: str = Field(primary_key=True)


class Sighting(AmountColumns):
    """One version of an observation with the facts that explain its share: known from the day `known` until the day `until`.

    `version` is the sequence of its event in its stream. `states` and `who` are separated by semicolons.
    """

    country: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    observation: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    known: date
    until: date | None = None
    first: date
    last: date
    date_precision: str
    event: str
    foreign_source: str | None = None
    foreign_id: str | None = None
    kind: str
    vocabulary: str
    code: str
    title: str
    who: str
    states: str
    place: str | None = None
    place_precision: str
    deaths_low: int | None = None
    deaths_best: int | None = None
    deaths_high: int | None = None
    grading: str | None = None


class Current(SQLModel):
    """The version of an observation that holds now; a retracted one has none."""

    country: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    observation: str = Field(primary_key=True)
    version: int


class Watcher(SQLModel):
    """A source that ever reported a country: since when, and the last day on which anything was learnt from it."""

    country: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    since: date
    until: date


class PairWatcher(SQLModel):
    """A source that ever reported a pair of states together, and since when; `country` is where it happened."""

    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    since: date


class News(SQLModel):
    """How many events a source sent of a country on a day of the clock."""

    country: str = Field(primary_key=True)
    known: date = Field(primary_key=True)
    source: str = Field(primary_key=True)
    events: int


class BucketRow(Row, Bucket, table=True):
    __tablename__ = "observed_bucket"


class PairBucketRow(Row, PairBucket, table=True):
    __tablename__ = "observed_pair_bucket"


class SightingRow(Row, Sighting, table=True):
    __tablename__ = "observed_sighting"


class CurrentRow(Row, Current, table=True):
    __tablename__ = "observed_current"


class WatcherRow(Row, Watcher, table=True):
    __tablename__ = "observed_watcher"


class PairWatcherRow(Row, PairWatcher, table=True):
    __tablename__ = "observed_pair_watcher"


class NewsRow(Row, News, table=True):
    __tablename__ = "observed_news"


observed = Projection(
    "observed", BucketRow, PairBucketRow, SightingRow, CurrentRow, WatcherRow, PairWatcherRow, NewsRow, code=2, reads=[OBSERVATIONS]
)


def _touches(e: Recorded[ObservationReported | ObservationRevised]) -> Touched:
    source, country = _stream_of(e)
    known, day = e.recordedtime.date(), day_of(e.data)
    yield Current, (country, source, e.data.observation)
    yield Watcher, (country, source)
    yield News, (country, known, source)
    yield Bucket, (country, day, known, source)
    for a, b in pairs_of(e.data):
        yield PairBucket, (a, b, day, known, source, country)
        yield PairWatcher, (a, b, source, country)


@observed.on(ObservationReported, touches=_touches)
def _reported(rows: Rows, e: Recorded[ObservationReported]) -> None:
    _replace(rows, e)


@observed.on(ObservationRevised, touches=_touches)
def _revised(rows: Rows, e: Recorded[ObservationRevised]) -> None:
    _replace(rows, e)


@observed.on(ObservationRetracted)
def _retracted(rows: Rows, e: Recorded[ObservationRetracted]) -> None:
    source, country = _stream_of(e)
    watcher = rows.get(Watcher, country, source)
    if watcher is None or rows.get(Current, country, source, e.data.observation) is None:
        return
    known = _hear(rows, watcher, e)
    _withdraw(rows, country, source, e.data.observation, known)
    rows.delete(Current, country, source, e.data.observation)


def _replace(rows: Rows, e: Recorded[ObservationReported | ObservationRevised]) -> None:
    """A report takes the place of what was reported of the same observation before; a revision of something unknown is its first report."""
    source, country = _stream_of(e)
    if e.data.where.country != country:
        raise ValueError(f"{e.subject} holds an observation in {e.data.where.country}; report it in the stream of that country")
    watcher = rows.get(Watcher, country, source)
    if watcher is None:
        watcher = Watcher(country=country, source=source, since=e.recordedtime.date(), until=e.recordedtime.date())
        rows.put(watcher)
    known = _hear(rows, watcher, e)
    _withdraw(rows, country, source, e.data.observation, known)
    sighting = _sighting(e, source, country, known)
    rows.put(sighting)
    rows.put(Current(country=country, source=source, observation=e.data.observation, version=e.sequence))
    for a, b in pairs_of(e.data):
        if rows.get(PairWatcher, a, b, source, country) is None:
            rows.put(PairWatcher(a=a, b=b, source=source, country=country, since=known))
    _add(rows, sighting, known, sighting.amounts)


def _hear(rows: Rows, watcher: Watcher, e: Recorded[Event]) -> date:
    """The day on which this was learnt, which never goes back within a stream, even where a clock did; leaves the mark for it."""
    known = max(watcher.until, e.recordedtime.date())
    if known > watcher.until:
        rows.put(watcher.model_copy(update={"until": known}))
    news = rows.get(News, watcher.country, known, watcher.source)
    before = news.events if news is not None else 0
    rows.put(News(country=watcher.country, known=known, source=watcher.source, events=before + 1))
    rows.mark(f"{watcher.country}/{known.isoformat()}")
    return known


def _withdraw(rows: Rows, country: str, source: str, observation: str, known: date) -> None:
    """Ends the version that holds now, if there is one, and takes its amounts away from `known` on."""
    current = rows.get(Current, country, source, observation)
    old = rows.get(Sighting, country, source, observation, current.version) if current is not None else None
    if old is not None:
        rows.put(old.model_copy(update={"until": known}))
        _add(rows, old, known, old.amounts.negated())


def _add(rows: Rows, sighting: Sighting, known: date, amounts: Amounts) -> None:
    """Adds to the country's bucket and to those of its pairs; a bucket that comes to nothing is no row."""
    country, day, source = sighting.country, sighting.last, sighting.source
    _put(rows, Bucket(country=country, day=day, known=known, source=source), amounts, country, day, known, source)
    for a, b in _pairs(sighting.states):
        empty = PairBucket(a=a, b=b, day=day, known=known, source=source, country=country)
        _put(rows, empty, amounts, a, b, day, known, source, country)


def _put(rows: Rows, empty: Bucket | PairBucket, amounts: Amounts, *key: str | date) -> None:
    held = rows.get(type(empty), *key) or empty
    total = held.amounts.plus(amounts)
    if total == NOTHING:
        rows.delete(type(empty), *key)
    else:
        rows.put(held.model_copy(update=total._asdict()))


def _pairs(states: str) -> Iterator[tuple[str, str]]:
    names = states.split(";") if states else []
    yield from ((a, b) for i, a in enumerate(names) for b in names[i + 1 :])


def _stream_of(e: Recorded[Event]) -> tuple[str, str]:
    """Source and country of `observation/<source>/<ISO3>`."""
    match e.subject.split("/"):
        case ["observation", source, country]:
            return source, country
        case _:
            raise ValueError(f"{e.subject!r} is no stream of observations; it must read observation/<source>/<ISO3>")


def _sighting(e: Recorded[ObservationReported | ObservationRevised], source: str, country: str, known: date) -> Sighting:
    body: ObservationBody = e.data
    deaths, grading = body.deaths, body.grading
    return Sighting(
        country=country,
        source=source,
        observation=body.observation,
        version=e.sequence,
        known=known,
        first=body.when.first,
        last=body.when.last,
        date_precision=body.when.precision.value,
        event=e.id,
        foreign_source=e.origin.source if e.origin is not None else None,
        foreign_id=e.origin.id if e.origin is not None else None,
        kind=body.kind.value,
        vocabulary=body.what.vocabulary.value,
        code=body.what.code,
        title=(body.what.title or body.summary or body.what.code)[:200],
        who="; ".join(participant.name for participant in body.who),
        states=";".join(sorted({participant.country for participant in body.who if participant.country is not None})),
        place=body.where.place,
        place_precision=body.where.precision.value,
        deaths_low=deaths.low if deaths is not None else None,
        deaths_best=deaths.best if deaths is not None else None,
        deaths_high=deaths.high if deaths is not None else None,
        grading=f"{grading.reliability}{grading.credibility}" if grading is not None else None,
        **amounts_of(body)._asdict(),
    )
