"""Two sources, one occurrence: linked by a stated rule, whatever the order, and counted once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente_stability.domain.channels import Channel
from entente_stability.domain.occurrences import Deaths, Report, linked, occurrences

DAY = date(2023, 10, 9)
ONE = Report("ucdp", "1", "SDN", Channel.VIOLENT_EVENTS, DAY, DAY, "Omdurman", frozenset({"SDN"}), Deaths(1, 2, 3))
OTHER = replace(ONE, source="desk", observation="1", deaths=Deaths(0, 5, 9))

reports = st.lists(
    st.builds(
        Report,
        source=st.sampled_from(["acled", "desk", "ucdp"]),
        observation=st.sampled_from(list("123456")),
        country=st.sampled_from(["SDN", "SSD"]),
        channel=st.sampled_from([Channel.VIOLENT_EVENTS, Channel.VERBAL_CONFLICT]),
        first=st.dates(DAY, DAY + timedelta(days=5)),
        last=st.just(DAY),
        place=st.sampled_from([None, "Omdurman", "omdurman ", "Juba"]),
        states=st.sampled_from([frozenset(), frozenset({"SDN"}), frozenset({"ETH", "SDN"}), frozenset({"EGY"})]),
        deaths=st.none() | st.integers(0, 9).map(lambda low: Deaths(low, low + 1, low + 2)),
    ).map(lambda report: replace(report, last=report.first + timedelta(days=len(report.states)))),
    max_size=14,
    unique_by=lambda report: report.name,
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"source": "ucdp"}, False),
        ({"country": "SSD"}, False),
        ({"channel": Channel.VERBAL_CONFLICT}, False),
        ({"first": DAY + timedelta(days=1), "last": DAY + timedelta(days=1)}, True),
        ({"first": DAY + timedelta(days=2), "last": DAY + timedelta(days=2)}, False),
        ({"first": DAY - timedelta(days=9), "last": DAY - timedelta(days=1)}, True),
        ({"first": DAY - timedelta(days=9), "last": DAY - timedelta(days=2)}, False),
        ({"place": " OMDURMAN"}, True),
        ({"place": "Juba"}, False),
        ({"place": None}, True),
        ({"states": frozenset({"ETH", "SDN"})}, True),
        ({"states": frozenset({"EGY"})}, False),
        ({"states": frozenset()}, True),
        ({"deaths": None}, True),
    ],
)
def test_each_part_of_the_rule_holds_at_its_edge(changed: dict, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert linked(ONE, replace(OTHER, **changed)) is linked(replace(OTHER, **changed), ONE) is expected


@given(reports, st.randoms())
def test_the_order_in_which_reports_come_does_not_matter(of: list[Report], dice) -> None:
    mixed = of[:]
    dice.shuffle(mixed)
    assert occurrences(mixed) == occurrences(of)


@given(reports)
def test_every_report_is_in_one_occurrence_and_no_source_tells_of_one_twice(of: list[Report]) -> None:
    found = occurrences(of)
    assert sorted(report.name for each in found for report in each.reports) == sorted(report.name for report in of)
    for each in found:
        assert len({report.source for report in each.reports}) == len(each.reports)
        assert len({(report.country, report.channel) for report in each.reports}) == 1
        assert all(linked(one, other) for one in each.reports for other in each.reports if one is not other)


def names(of: Sequence[Report]) -> list[list[tuple[str, str]]]:
    return [[report.name for report in each.reports] for each in occurrences(of)]


def test_the_nearest_is_taken_where_several_would_fit() -> None:
    elsewhere = replace(OTHER, observation="2", place=None)
    later = replace(OTHER, observation="3", first=DAY + timedelta(days=1), last=DAY + timedelta(days=1))
    assert names([ONE, elsewhere, later, OTHER]) == [[("desk", "1"), ("ucdp", "1")], [("desk", "2")], [("desk", "3")]]


def test_contradicting_figures_are_a_range() -> None:
    (found,) = occurrences([ONE, OTHER])
    assert (found.deaths, found.contradicting) == ((0, 9, (2, 5)), True)
    (agreed,) = occurrences([ONE, replace(OTHER, deaths=ONE.deaths)])
    assert (agreed.deaths, agreed.contradicting) == ((1, 3, (2,)), False)
    (silent,) = occurrences([replace(ONE, deaths=None), replace(OTHER, deaths=None)])
    assert (silent.deaths, silent.contradicting) == (None, False)


def test_two_sources_with_the_same_ids_are_two_reports() -> None:
    assert names([ONE, replace(OTHER, place="Juba")]) == [[("desk", "1")], [("ucdp", "1")]]
