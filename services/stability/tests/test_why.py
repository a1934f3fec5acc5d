"""Shares: integers that add up to their term, with what was not counted beside them."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from entente_stability.domain.buckets import Change, days_as_known
from entente_stability.domain.channels import NOTHING, Amounts, Channel
from entente_stability.domain.score import score_of, thousandths_of
from entente_stability.domain.why import Evidence, LeftOut, left_out, share_out, shares_of
from entente_stability.testing.events import day
from entente_stability.weights import weights_in_force

WEIGHTS = weights_in_force()
TODAY = date(2023, 10, 31)
evidence = st.lists(
    st.builds(
        Evidence,
        source=st.sampled_from(["acled", "ucdp"]),
        name=st.uuids().map(str),
        day=st.dates(TODAY - timedelta(days=400), TODAY),
        amounts=st.builds(Amounts, st.just(1), st.integers(0, 900), *(st.integers(0, 1) for _ in range(4))),
    ),
    max_size=25,
)


@given(evidence)
def test_the_shares_of_a_term_add_up_to_it(of: list[Evidence]) -> None:
    days = days_as_known([Change(one.day, TODAY, one.source, one.amounts) for one in of], on=TODAY, known=TODAY)
    for term in score_of(days, WEIGHTS, TODAY).terms[1:]:
        shares = shares_of(term, days, of, TODAY)
        assert sum(share.thousandths for share in shares) == term.thousandths
        assert all(share.thousandths * term.thousandths >= 0 for share in shares)


@given(evidence.filter(bool))
def test_taking_one_observation_away_changes_a_term_by_no_more_than_its_share(of: list[Evidence]) -> None:
    one_source = [Evidence("ucdp", one.name, one.day, one.amounts) for one in of]
    days = days_as_known([Change(one.day, TODAY, one.source, one.amounts) for one in one_source], on=TODAY, known=TODAY)
    for term in score_of(days, WEIGHTS, TODAY).terms[1:]:
        for share in shares_of(term, days, one_source, TODAY):
            rest = [Change(one.day, TODAY, one.source, one.amounts) for one in one_source if one != share.evidence]
            without = score_of(days_as_known(rest, on=TODAY, known=TODAY), WEIGHTS, TODAY)
            changed = term.thousandths - next(other.thousandths for other in without.terms if other.name == term.name)
            assert abs(changed) <= abs(share.thousandths) + 2


@given(st.integers(-10_000, 10_000), st.lists(st.floats(0, 1e9), min_size=1, max_size=30).filter(any))
def test_a_whole_is_shared_out_exactly(whole: int, parts: list[float]) -> None:
    assert sum(share_out(whole, parts)) == whole


def test_nothing_is_shared_out_among_those_who_added_nothing() -> None:
    assert share_out(0, [0.0, 0.0]) == [0, 0]


def test_the_constant_has_nobody_behind_it() -> None:
    assert shares_of(score_of({}, WEIGHTS, TODAY).terms[0], {}, [], TODAY) == []


def test_a_source_that_was_not_taken_has_no_share_and_is_named() -> None:
    counted = Evidence("ucdp", "a", day(3), Amounts(1, 9))
    dropped = Evidence("acled", "b", day(3), Amounts(1, 7))
    days = {day(3): {"acled": dropped.amounts, "ucdp": counted.amounts}}
    score = score_of(days, WEIGHTS, day(3))
    assert [share.evidence for share in shares_of(score.terms[1], days, [counted, dropped], day(3))] == [counted]
    assert left_out(days) == [LeftOut(day(3), Channel.DEATHS, "acled", 7, "ucdp", 9)]


def test_the_largest_share_comes_first() -> None:
    of = [Evidence("ucdp", "old", day(1), Amounts(1, 5)), Evidence("ucdp", "new", day(30), Amounts(1, 50))]
    days = {day(1): {"ucdp": of[0].amounts}, day(30): {"ucdp": of[1].amounts}}
    score = score_of(days, WEIGHTS, day(30))
    assert [share.evidence.name for share in shares_of(score.terms[1], days, of, day(30))] == ["new", "old"]


def test_a_term_of_nothing_is_nothing() -> None:
    assert NOTHING.of(Channel.DEATHS) == 0
    assert thousandths_of(WEIGHTS.terms[0], 0.0) == 0
