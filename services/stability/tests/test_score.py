"""The score: exact, monotone, decaying, and untouched by coverage."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_stability.domain.assessing import assess
from entente_stability.domain.buckets import Change, days_as_known
from entente_stability.domain.channels import Amounts, Channel
from entente_stability.domain.coverage import Watch
from entente_stability.domain.decay import decayed_sum
from entente_stability.domain.one_source import Taken, taken_of
from entente_stability.domain.score import CONSTANT, score_of, stability_of
from entente_stability.testing.events import day
from entente_stability.weights import weights_in_force

WEIGHTS = weights_in_force()
TODAY = date(2023, 10, 31)
amounts = st.builds(Amounts, *(st.integers(0, 50_000) for _ in Amounts._fields))
changes = st.lists(
    st.builds(
        Change,
        day=st.dates(TODAY - timedelta(days=2_000), TODAY),
        known=st.just(TODAY),
        source=st.sampled_from(["acled", "icews", "ucdp"]),
        amounts=amounts,
    ),
    max_size=30,
)


def stability(of: Sequence[Change]) -> int:
    return score_of(days_as_known(of, on=TODAY, known=TODAY), WEIGHTS, TODAY).stability


@given(changes)
def test_the_terms_add_up_to_z_exactly_and_the_score_follows_from_z(of: list[Change]) -> None:
    score = score_of(days_as_known(of, on=TODAY, known=TODAY), WEIGHTS, TODAY)
    assert sum(term.thousandths for term in score.terms) == score.z
    assert all(isinstance(term.thousandths, int) for term in score.terms)
    assert score.stability == stability_of(score.z)
    assert [term.name for term in score.terms] == [CONSTANT, *(weight.name for weight in WEIGHTS.terms)]


@given(changes)
def test_without_emerging_threats_their_term_is_nothing_and_with_them_stability_never_rises(of: list[Change]) -> None:
    calm = [replace(change, amounts=change.amounts._replace(emerging_threats=0)) for change in of]
    score = score_of(days_as_known(calm, on=TODAY, known=TODAY), WEIGHTS, TODAY)
    assert [term.thousandths for term in score.terms if term.name.startswith("emerging_threats")] == [0]
    assert stability(of) <= stability(calm)


@given(changes, st.permutations(range(30)))
def test_the_order_in_which_changes_are_met_does_not_matter(of: list[Change], order: list[int]) -> None:
    shuffled = [of[i] for i in order if i < len(of)]
    assert score_of(days_as_known(shuffled, on=TODAY, known=TODAY), WEIGHTS, TODAY) == score_of(
        days_as_known(of, on=TODAY, known=TODAY), WEIGHTS, TODAY
    )


@given(changes, st.dates(TODAY - timedelta(days=2_000), TODAY), st.sampled_from(["acled", "new"]), st.integers(1, 10_000))
@pytest.mark.parametrize("channel", [channel for channel in Channel if channel is not Channel.COOPERATION])
def test_more_conflict_never_raises_stability(channel: Channel, of: list[Change], on: date, source: str, more: int) -> None:
    added = Change(on, TODAY, source, Amounts()._replace(**{channel.value: more}))
    assert stability([*of, added]) <= stability(of)


@given(changes, st.dates(TODAY - timedelta(days=2_000), TODAY), st.sampled_from(["acled", "new"]), st.integers(1, 10_000))
def test_more_cooperation_never_lowers_stability(of: list[Change], on: date, source: str, more: int) -> None:
    assert stability([*of, Change(on, TODAY, source, Amounts(cooperation=more))]) >= stability(of)


@given(st.integers(-1_000_000, 1_000_000), st.integers(0, 10_000))
def test_stability_stays_between_its_ends_and_never_rises_with_z(z: int, more: int) -> None:
    assert 0 <= stability_of(z + more) <= stability_of(z) <= 100_000


def test_a_watched_country_without_observations_stands_where_the_constant_puts_it() -> None:
    score = score_of({}, WEIGHTS, TODAY)
    assert (score.z, score.stability) == (-4000, 98_201)


@given(st.integers(1, 10_000_000), st.integers(1, 1_000))
def test_a_sum_halves_at_its_half_life(amount: int, half_life: int) -> None:
    taken = [Taken(TODAY, "ucdp", amount)]
    assert decayed_sum(taken, half_life, TODAY) == amount
    assert decayed_sum(taken, half_life, TODAY + timedelta(days=half_life)) == pytest.approx(amount / 2)
    assert decayed_sum(taken, half_life, TODAY + timedelta(days=2 * half_life)) == pytest.approx(amount / 4)


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 1_000), max_size=20), st.integers(1, 720))
def test_stepping_over_silent_days_is_the_same_as_stepping_through_them(by_age: dict[int, int], half_life: int) -> None:
    total = 0.0
    for age in range(60, -1, -1):
        total = total * 2 ** (-1 / half_life) + by_age.get(age, 0)
    taken = [Taken(TODAY - timedelta(days=age), "ucdp", by_age[age]) for age in sorted(by_age, reverse=True)]
    assert decayed_sum(taken, half_life, TODAY) == pytest.approx(total)


def test_nothing_decays_to_nothing() -> None:
    assert decayed_sum([], 30, TODAY) == 0.0


def test_two_sources_of_one_day_are_never_added_up_and_the_larger_is_taken() -> None:
    days = {TODAY: {"acled": Amounts(deaths=7), "ucdp": Amounts(deaths=9)}}
    assert taken_of(days, Channel.DEATHS) == (Taken(TODAY, "ucdp", 9),)


def test_each_channel_takes_its_own_source() -> None:
    days = {TODAY: {"acled": Amounts(deaths=7, violent_events=3), "ucdp": Amounts(deaths=9, violent_events=1)}}
    assert taken_of(days, Channel.VIOLENT_EVENTS) == (Taken(TODAY, "acled", 3),)


def test_of_equal_sources_the_first_in_the_alphabet_is_taken() -> None:
    days = {TODAY: {"ucdp": Amounts(deaths=9), "acled": Amounts(deaths=9)}}
    assert taken_of(days, Channel.DEATHS)[0].source == "acled"


def test_a_day_without_anything_in_a_channel_takes_nobody() -> None:
    assert taken_of({TODAY: {"ucdp": Amounts(observations=1, cooperation=1)}}, Channel.DEATHS) == ()


@given(changes, st.lists(st.builds(Watch, st.text(min_size=1, max_size=5), st.dates(date(2020, 1, 1), TODAY)), min_size=1, max_size=5))
def test_coverage_never_changes_the_score(of: list[Change], watches: list[Watch]) -> None:
    seen = assess(of, watches, WEIGHTS, on=TODAY)
    alone = assess(of, [Watch("ucdp", TODAY)], WEIGHTS, on=TODAY)
    assert seen is not None
    assert alone is not None
    assert seen.score == alone.score
    assert 0 <= seen.confidence <= 100


def test_where_nobody_watches_there_is_no_score() -> None:
    assert assess([], [], WEIGHTS, on=TODAY) is None


def test_before_anybody_watched_there_is_no_score() -> None:
    assert assess([], [Watch("ucdp", TODAY)], WEIGHTS, on=TODAY - timedelta(days=1)) is None


def test_of_a_day_before_everything_reported_and_before_anybody_watched_nothing_is_made_up() -> None:
    of = [Change(day(5), day(9), "ucdp", Amounts(observations=1, deaths=3))]
    watches = [Watch("ucdp", day(9))]
    assert assess(of, watches, WEIGHTS, on=day(4), known=day(20)) is None
    told_later = assess(of, watches, WEIGHTS, on=day(6), known=day(20))
    assert told_later is not None
    assert told_later.observations == 1


def test_a_country_that_was_reported_and_taken_back_is_still_watched() -> None:
    gone = [Change(day(1), day(1), "ucdp", Amounts(observations=1, deaths=1)), Change(day(1), day(2), "ucdp", Amounts(-1, -1))]
    assessed = assess(gone, [Watch("ucdp", day(1))], WEIGHTS, on=day(3))
    assert assessed is not None
    assert assessed.score.stability == 98_201
    assert assessed.coverage.last_observed is None


def test_a_longer_history_another_source_and_fresher_news_give_more_confidence() -> None:
    once = [Change(day(1), day(1), "ucdp", Amounts(observations=1))]
    young = assess(once, [Watch("ucdp", day(1))], WEIGHTS, on=day(2))
    old = assess(once, [Watch("ucdp", date(2022, 1, 1))], WEIGHTS, on=day(2))
    two = assess(once, [Watch("ucdp", day(1)), Watch("acled", day(1))], WEIGHTS, on=day(2))
    stale = assess(once, [Watch("ucdp", day(1))], WEIGHTS, on=day(30))
    assert young is not None and old is not None and two is not None and stale is not None  # noqa: PT018 - one fact: all are watched
    assert young.confidence < old.confidence
    assert young.confidence < two.confidence
    assert stale.confidence < young.confidence


def test_coverage_counts_observed_days_of_the_last_ninety() -> None:
    of = [Change(TODAY - timedelta(days=n), TODAY, "ucdp", Amounts(observations=1)) for n in (0, 1, 89, 90, 400)]
    assessed = assess(of, [Watch("ucdp", TODAY)], WEIGHTS, on=TODAY)
    assert assessed is not None
    assert (assessed.coverage.days_observed, assessed.coverage.last_observed) == (3, TODAY)
    assert assessed.observations == 5


def test_an_observation_dated_in_the_future_waits_for_its_day() -> None:
    ahead = [Change(day(5), day(1), "ucdp", Amounts(1, 10, 1))]
    early, late = (assess(ahead, [Watch("ucdp", day(1))], WEIGHTS, on=day(n)) for n in (4, 5))
    assert early is not None
    assert late is not None
    assert early.score.stability > late.score.stability


def test_looking_back_with_later_knowledge_is_another_question_than_as_it_was_known() -> None:
    of = [Change(day(1), day(1), "ucdp", Amounts(1, 1, 1)), Change(day(1), day(9), "ucdp", Amounts(0, 99, 0))]
    then, now = (assess(of, [Watch("ucdp", day(1))], WEIGHTS, on=day(2), known=day(n)) for n in (2, 9))
    assert then is not None
    assert now is not None
    assert then.score.stability > now.score.stability
    assert replace(then, score=now.score) != then
