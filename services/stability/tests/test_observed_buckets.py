"""The fold of observations: exact under revision, retraction, repetition and removal to another country, for every day of knowledge."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel

from entente_contracts.events.observations import Kind, ObservationReported, ObservationRetracted, ObservationRevised, Vocabulary
from entente_contracts.recorded import Recorded
from entente_stability.domain.buckets import Change, amounts_of, days_as_known
from entente_stability.domain.channels import NOTHING, Amounts
from entente_stability.projections.observed import Bucket, Current, News, PairBucket, PairWatcher, Sighting, Watcher, observed
from entente_stability.testing.events import Streams, day, reported, retracted, revised

Observation = ObservationReported | ObservationRevised | ObservationRetracted


class Kept:
    """Rows in a dictionary, by the key that the table has."""

    def __init__(self) -> None:
        self.rows: dict[type[SQLModel], dict[tuple[Any, ...], SQLModel]] = defaultdict(dict)
        self.marks: set[str] = set()

    def get(self, model: type[Any], *key: Any) -> Any:
        return self.rows[model].get(key)

    def put(self, row: SQLModel) -> None:
        self.rows[type(row)][observed.shapes[type(row)].key_of(row)] = row

    def delete(self, model: type[SQLModel], *key: Any) -> None:
        self.rows[model].pop(key, None)

    def mark(self, what: str) -> None:
        self.marks.add(what)

    def all(self, model: type[Any]) -> list[Any]:
        return list(self.rows[model].values())


def fold(events: Sequence[Recorded[Observation]]) -> Kept:
    kept = Kept()
    for e in events:
        observed.handlers[type(e.data).event_name].fold(kept, e)
    return kept


def buckets(kept: Kept, country: str = "SDN") -> dict[tuple[date, date, str], Amounts]:
    return {(row.day, row.known, row.source): row.amounts for row in kept.all(Bucket) if row.country == country}


def test_a_report_fills_the_bucket_of_its_day_and_leaves_a_mark() -> None:
    kept = fold([Streams().record(reported("a", on=day(3), deaths=5), known=day(4))])
    assert buckets(kept) == {(day(3), day(4), "ucdp"): Amounts(1, 5, 1)}
    assert kept.marks == {"SDN/2023-10-04"}
    assert kept.all(Watcher) == [Watcher(country="SDN", source="ucdp", since=day(4), until=day(4))]


def test_a_revision_takes_the_old_away_and_adds_the_new_on_the_day_it_was_learnt() -> None:
    streams = Streams()
    kept = fold(
        [streams.record(reported("a", on=day(3), deaths=5), known=day(4)), streams.record(revised("a", on=day(2), deaths=7), known=day(9))]
    )
    assert buckets(kept) == {
        (day(3), day(4), "ucdp"): Amounts(1, 5, 1),
        (day(3), day(9), "ucdp"): Amounts(-1, -5, -1),
        (day(2), day(9), "ucdp"): Amounts(1, 7, 1),
    }


def test_a_revision_of_the_same_day_leaves_only_the_new() -> None:
    streams = Streams()
    kept = fold(
        [streams.record(reported("a", on=day(3), deaths=5), known=day(4)), streams.record(revised("a", on=day(3), deaths=7), known=day(4))]
    )
    assert buckets(kept) == {(day(3), day(4), "ucdp"): Amounts(1, 7, 1)}


def test_a_revision_of_something_unknown_is_its_first_report() -> None:
    assert buckets(fold([Streams().record(revised("a", on=day(3), deaths=5), known=day(4))])) == {
        (day(3), day(4), "ucdp"): Amounts(1, 5, 1)
    }


def test_a_report_twice_counts_once() -> None:
    streams = Streams()
    event = reported("a", on=day(3), deaths=5)
    kept = fold([streams.record(event, known=day(4)), streams.record(event, known=day(4))])
    assert buckets(kept) == {(day(3), day(4), "ucdp"): Amounts(1, 5, 1)}


def test_a_retraction_twice_takes_away_once() -> None:
    streams = Streams()
    kept = fold(
        [
            streams.record(reported("a", on=day(3), deaths=5), known=day(4)),
            streams.record(retracted("a"), known=day(5)),
            streams.record(retracted("a"), known=day(6)),
        ]
    )
    assert buckets(kept) == {(day(3), day(4), "ucdp"): Amounts(1, 5, 1), (day(3), day(5), "ucdp"): Amounts(-1, -5, -1)}
    assert kept.all(Current) == []


def test_a_retraction_of_something_unknown_changes_nothing_and_makes_nobody_a_watcher() -> None:
    kept = fold([Streams().record(retracted("a"), known=day(4))])
    assert not any(kept.rows.values())
    assert kept.marks == set()


def test_what_was_retracted_can_be_reported_again() -> None:
    streams = Streams()
    event = reported("a", on=day(3), deaths=5)
    kept = fold([streams.record(event, known=day(4)), streams.record(retracted("a"), known=day(4)), streams.record(event, known=day(4))])
    assert buckets(kept) == {(day(3), day(4), "ucdp"): Amounts(1, 5, 1)}


def test_an_observation_that_moves_leaves_one_country_and_enters_the_other() -> None:
    streams = Streams()
    kept = fold(
        [
            streams.record(reported("a", on=day(3), deaths=5), known=day(4)),
            streams.record(retracted("a"), known=day(5)),
            streams.record(reported("a", country="TCD", on=day(3), deaths=5), known=day(5)),
        ]
    )
    changes = {country: [Change(*key, amounts) for key, amounts in buckets(kept, country).items()] for country in ("SDN", "TCD")}
    assert days_as_known(changes["SDN"], on=day(9), known=day(9)) == {}
    assert days_as_known(changes["TCD"], on=day(9), known=day(9)) == {day(3): {"ucdp": Amounts(1, 5, 1)}}
    assert days_as_known(changes["SDN"], on=day(9), known=day(4)) == {day(3): {"ucdp": Amounts(1, 5, 1)}}


def test_a_pair_of_states_has_buckets_of_its_own_wherever_it_happened() -> None:
    streams = Streams()
    kept = fold([streams.record(reported("a", country="LBN", on=day(3), deaths=2, states=("ISR", "LBN")), known=day(3))])
    assert kept.all(PairBucket) == [
        PairBucket(a="ISR", b="LBN", country="LBN", day=day(3), known=day(3), source="ucdp", **Amounts(1, 2, 1)._asdict())
    ]
    assert kept.all(PairWatcher) == [PairWatcher(a="ISR", b="LBN", source="ucdp", country="LBN", since=day(3))]


def test_the_ledger_holds_every_version_from_when_until_when_it_was_known() -> None:
    streams = Streams()
    kept = fold(
        [
            streams.record(reported("a", on=day(3), deaths=5), known=day(4)),
            streams.record(revised("a", on=day(3), deaths=6), known=day(6)),
            streams.record(retracted("a"), known=day(8)),
        ]
    )
    assert [(row.version, row.known, row.until, row.deaths_best) for row in kept.all(Sighting)] == [
        (1, day(4), day(6), 5),
        (2, day(6), day(8), 6),
    ]


def test_a_clock_that_went_back_makes_nothing_known_before_it_was() -> None:
    streams = Streams()
    kept = fold(
        [streams.record(reported("a", on=day(3), deaths=5), known=day(6)), streams.record(revised("a", on=day(3), deaths=7), known=day(4))]
    )
    assert buckets(kept) == {(day(3), day(6), "ucdp"): Amounts(1, 7, 1)}


def test_news_counts_events_a_day_of_the_clock() -> None:
    streams = Streams()
    kept = fold([streams.record(reported(name, on=day(1)), known=day(4)) for name in "abc"])
    assert kept.all(News) == [News(country="SDN", known=day(4), source="ucdp", events=3)]


@pytest.mark.parametrize("subject", ["observation/ucdp/TCD", "observation/SDN", "source/ucdp/SDN"])
def test_an_observation_in_a_stream_that_is_not_its_own_is_refused_by_the_fold(subject: str) -> None:
    with pytest.raises(ValueError, match="observation"):
        fold([Streams().record(reported("a", on=day(1)), known=day(1), subject=subject)])


NAMES = ("a", "b", "c")
COUNTRIES = ("ISR", "LBN")
steps = st.lists(
    st.one_of(
        st.builds(
            lambda revise, name, country, on, deaths, kind, states: (revised if revise else reported)(
                name, country=country, on=on, deaths=deaths, kind=kind, states=states, vocabulary=Vocabulary.PLOVER, code="COERCE"
            ),
            st.booleans(),
            st.sampled_from(NAMES),
            st.sampled_from(COUNTRIES),
            st.dates(day(1), day(5)),
            st.none() | st.integers(0, 9),
            st.sampled_from(Kind),
            st.sampled_from([(), ("ISR",), ("ISR", "LBN"), ("ISR", "LBN", "SYR")]),
        ),
        st.builds(lambda name, country: retracted(name, country=country), st.sampled_from(NAMES), st.sampled_from(COUNTRIES)),
    ),
    max_size=25,
)


@given(steps, st.lists(st.integers(0, 2), min_size=25, max_size=25), st.lists(st.sampled_from(["icews", "ucdp"]), min_size=25, max_size=25))
def test_the_buckets_equal_a_recomputation_from_the_surviving_observations_for_every_known_day(
    events: list[Observation], waits: list[int], sources: list[str]
) -> None:
    streams, known, written = Streams(), day(1), []
    for event, wait, source in zip(events, waits, sources, strict=False):
        known += timedelta(days=wait)
        written.append(streams.record(event, known=known, source=source))
    kept = fold(written)
    for back in range((known - day(1)).days + 1):
        as_of = day(1) + timedelta(days=back)
        surviving = survivors([e for e in written if e.recordedtime.date() <= as_of])
        for country in COUNTRIES:
            changes = [Change(row.day, row.known, row.source, row.amounts) for row in kept.all(Bucket) if row.country == country]
            assert days_as_known(changes, on=date.max, known=as_of) == recomputed(surviving, country=country)
        pair = [Change(row.day, row.known, row.source, row.amounts) for row in kept.all(PairBucket) if (row.a, row.b) == ("ISR", "LBN")]
        assert days_as_known(pair, on=date.max, known=as_of) == recomputed(surviving, pair={"ISR", "LBN"})
        ledger = {
            (row.source, row.country, row.observation): row.event
            for row in kept.all(Sighting)
            if row.known <= as_of and (row.until is None or row.until > as_of)
        }
        assert ledger == {key: e.id for key, e in surviving.items()}
    assert all(row.amounts != NOTHING for row in [*kept.all(Bucket), *kept.all(PairBucket)])


def survivors(written: Sequence[Recorded[Any]]) -> dict[tuple[str, str, str], Recorded[Any]]:
    """The last word on each observation, the straightforward way."""
    last: dict[tuple[str, str, str], Recorded[Any]] = {}
    for e in written:
        _, source, country = e.subject.split("/")
        key = (source, country, e.data.observation)
        if isinstance(e.data, ObservationRetracted):
            last.pop(key, None)
        else:
            last[key] = e
    return last


def recomputed(
    surviving: dict[tuple[str, str, str], Recorded[Any]], *, country: str | None = None, pair: set[str] | None = None
) -> dict[date, dict[str, Amounts]]:
    sums: dict[date, dict[str, Amounts]] = {}
    for (source, where, _), e in surviving.items():
        states = {participant.country for participant in e.data.who}
        if where == country or (pair is not None and pair <= states):
            of_day = sums.setdefault(e.data.when.last, {})
            of_day[source] = of_day.get(source, NOTHING).plus(amounts_of(e.data))
    return sums
