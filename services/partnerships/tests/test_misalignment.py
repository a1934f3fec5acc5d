"""Priorities declared, and where two parties of one agreement pull apart: by which themes, since when, how strongly."""

from datetime import date

import pytest
from hypothesis import given as hypothetically
from hypothesis import strategies as st

from entente_contracts.events.partnerships.priorities import (
    Apart,
    MisalignmentLifted,
    MisalignmentRaised,
    PrioritiesDeclared,
    Priority,
)
from entente_partnerships import deciders
from entente_partnerships.domain.misalignment import Compare, Declaration, Rule, apart_on, strength_of
from entente_partnerships.domain.priorities import Declare
from entente_partnerships.testing.acts import day
from entente_partnerships.vocabulary import vocabulary
from entente_testkit import deciding

TODAY = date(2026, 1, 1)
RULE = Rule("r1", {"arms-control": 2, "transparency": 1}, gap=2, enter=12, leave=8)
STANCES = st.integers(-2, 2)
WEIGHTS = st.integers(1, 5)


def wants(theme, stance, weight=5):
    return Priority(theme=theme, stance=stance, weight=weight)


def declared(party, *priorities, on="2025-01-01"):
    return PrioritiesDeclared(party=party, priorities=priorities, on=day(on))


def declaration(event, *priorities, on="2025-01-01", party="DEU"):
    return Declaration(event, declared(party, *priorities, on=on))


def compare(of_a, of_b, *agreements, today="2026-01-01"):
    return Compare("DEU", "FRA", tuple(of_a), tuple(of_b), agreements, day(today), RULE)


class TestDeclaring:
    given = staticmethod(deciding.about(deciders.priorities))
    THEMES = frozenset({"arms-control", "transparency"})

    def declare(self, event):
        return Declare(event, self.THEMES, TODAY)

    def test_priorities_are_kept_in_order_of_theme(self):
        event = declared("FRA", wants("transparency", 1), wants("arms-control", 2))
        self.given().when(self.declare(event)).then(declared("FRA", wants("arms-control", 2), wants("transparency", 1)))

    def test_to_declare_nothing_takes_back_what_was_declared(self):
        self.given(declared("FRA", wants("arms-control", 2))).when(self.declare(declared("FRA"))).then(declared("FRA"))

    @pytest.mark.parametrize(
        ("event", "code", "where"),
        [
            (declared("FRA", wants("arms-control", 2), on="2026-01-02"), "not-yet", "on"),
            (declared("FRA", wants("arms-control", 2), wants("glory", 2)), "unknown-theme", "priorities[1].theme"),
            (declared("FRA", wants("arms-control", 2), wants("arms-control", 1)), "named-twice", "priorities"),
            (declared("FRA", wants("arms-control", 1)), "nothing-changes", "priorities"),
        ],
    )
    def test_what_cannot_be_is_refused(self, event, code, where):
        refused = self.given(declared("FRA", wants("arms-control", 1))).when(self.declare(event)).refuses(code)
        assert refused.where == where
        assert refused.mend


class TestTheRule:
    @pytest.mark.parametrize(
        ("mine", "theirs", "strength"),
        [(2, -2, 40), (1, -1, 20), (2, 0, 0), (2, 1, 0), (-1, -2, 0), (0, 0, 0), (1, -2, 30)],
    )
    def test_a_theme_pulls_apart_on_opposite_ends_by_gap_weight_and_factor(self, mine, theirs, strength):
        assert strength_of(wants("arms-control", mine), wants("arms-control", theirs), RULE) == strength

    def test_the_smaller_weight_counts(self):
        assert strength_of(wants("arms-control", 2, weight=1), wants("arms-control", -2, weight=5), RULE) == 8

    @hypothetically(STANCES, WEIGHTS, STANCES, WEIGHTS)
    def test_it_is_the_same_from_both_sides_and_never_negative(self, a, weight_a, b, weight_b):
        mine, theirs = wants("arms-control", a, weight_a), wants("arms-control", b, weight_b)
        assert strength_of(mine, theirs, RULE) == strength_of(theirs, mine, RULE) >= 0

    def test_since_when_is_the_day_on_which_both_first_stood_so(self):
        of_a = [
            declaration("a1", wants("arms-control", 2), on="2020-01-01"),
            declaration("a2", wants("arms-control", 2), wants("transparency", 1), on="2022-01-01"),
        ]
        of_b = [declaration("b1", wants("arms-control", 1), on="2019-01-01"), declaration("b2", wants("arms-control", -2), on="2021-06-01")]
        (apart,) = apart_on(compare(of_a, of_b))
        assert apart == Apart(theme="arms-control", a=2, b=-2, strength=40, since=day("2021-06-01"), events=("a2", "b2"))

    def test_a_declaration_to_come_or_none_at_all_pulls_nothing_apart(self):
        to_come = [declaration("b1", wants("arms-control", -2), on="2026-01-02")]
        of_a = [declaration("a1", wants("arms-control", 2))]
        assert apart_on(compare(of_a, to_come)) == ()
        assert apart_on(compare(of_a, [])) == ()
        assert apart_on(compare(of_a, [declaration("b1", wants("transparency", -2))])) == ()

    def test_the_shipped_vocabulary_is_whole(self):
        shipped = vocabulary()
        assert len(shipped.themes) >= 12
        assert {theme.kind for theme in shipped.themes.values()} == {"priority", "doctrine"}
        assert all(theme.about and theme.low and theme.high and theme.factor > 0 for theme in shipped.themes.values())
        assert 0 < shipped.rule.leave < shipped.rule.enter


class TestRaisingAndLifting:
    given = staticmethod(deciding.about(deciders.misalignment))

    def apart(self, weight):
        of_a = [declaration("a1", wants("transparency", 2, weight))]
        of_b = [declaration("b1", wants("transparency", -1, weight))]
        return of_a, of_b

    def raised(self, weight, agreement="pact", on="2026-01-01"):
        strength = 3 * weight
        theme = Apart(theme="transparency", a=2, b=-1, strength=strength, since=day("2025-01-01"), events=("a1", "b1"))
        return MisalignmentRaised(agreement=agreement, a="DEU", b="FRA", strength=strength, apart=(theme,), rule="r1", on=day(on))

    def lifted(self, strength, *, still_bound, agreement="pact"):
        return MisalignmentLifted(agreement=agreement, a="DEU", b="FRA", strength=strength, still_bound=still_bound, rule="r1", on=TODAY)

    @pytest.mark.parametrize(("weight", "follows"), [(3, False), (4, True), (5, True)])
    def test_it_is_raised_at_the_threshold(self, weight, follows):
        self.given().when(compare(*self.apart(weight), "pact")).then(*([self.raised(weight)] if follows else []))

    @pytest.mark.parametrize(("weight", "lifted"), [(2, True), (3, False)])
    def test_it_stands_until_it_is_below_the_lower_threshold(self, weight, lifted):
        decided = self.given(self.raised(4)).when(compare(*self.apart(weight), "pact"))
        decided.then(self.lifted(3 * weight, still_bound=True) if lifted else self.raised(weight))

    def test_the_same_again_says_nothing(self):
        self.given(self.raised(4)).when(compare(*self.apart(4), "pact")).then()

    def test_it_is_lifted_when_the_agreement_binds_both_no_more(self):
        self.given(self.raised(4)).when(compare(*self.apart(4))).then(self.lifted(12, still_bound=False))

    def test_each_agreement_that_binds_both_is_told_of(self):
        self.given(self.raised(4)).when(compare(*self.apart(4), "pact", "accord")).then(self.raised(4, "accord"))


def test_over_the_api_it_is_raised_and_lifted_as_priorities_and_bindings_change(desk):
    desk.open("pact", "2025-01-01", entry={"by": "deposits", "deposits": 2}, exit={"notice": {"months": 1}})
    for party in ("FRA", "DEU", "ITA"):
        desk.act("pact", "consented", "2025-02-01", party=party, form="ratification")
    strong = {"theme": "arms-control", "stance": 2, "weight": 5}
    desk.post("/priorities/FRA", {"priorities": [strong], "on": "2025-03-01"})
    desk.settle()
    assert desk.get("/misalignments")["items"] == []
    desk.post("/priorities/DEU", {"priorities": [{**strong, "stance": -2}], "on": "2025-06-01", "source": "a white paper"})
    desk.settle()
    (one,) = desk.get("/misalignments", of="DEU", agreement="pact")["items"]
    assert (one["a"], one["b"], one["strength"], one["since"]) == ("DEU", "FRA", 40, "2025-06-01")
    assert one["apart"][0]["events"] == [desk.get("/priorities/DEU")["event"], desk.get("/priorities/FRA")["event"]]
    assert one["says"] == "DEU and FRA, both bound by pact, pull apart on arms-control since 2025-06-01, strength 40."
    assert desk.get("/misalignments", of="ITA")["items"] == []
    desk.go_to("2026-01-10")
    desk.act("pact", "denounced", "2026-01-10", party="FRA")
    desk.go_to("2026-02-09")
    assert len(desk.get("/misalignments")["items"]) == 1
    desk.go_to("2026-02-10")
    assert desk.get("/misalignments")["items"] == []
    assert len(desk.get("/misalignments", on="2026-02-09")["items"]) == 1
    assert desk.get("/misalignments", known_on="2025-12-31", on="2026-02-10")["items"] == []


def test_over_the_api_what_a_party_wants_is_answered_as_of_any_day(desk):
    first = {"theme": "transparency", "stance": 1, "weight": 2}
    desk.post("/priorities/FRA", {"priorities": [first], "on": "2025-03-01"})
    desk.go_to("2026-02-01")
    desk.post("/priorities/FRA", {"priorities": [{**first, "stance": 2}], "on": "2026-01-15"})
    desk.settle()
    assert desk.get("/priorities/FRA")["priorities"] == [{**first, "stance": 2}]
    assert desk.get("/priorities/FRA", on="2026-01-14")["priorities"] == [first]
    assert desk.get("/priorities/FRA", on="2026-01-20", known_on="2026-01-31")["priorities"] == [first]
    assert desk.get("/priorities/FRA", on="2025-02-28")["declared"] is None
    assert desk.get("/priorities/XYZ", status=404)["code"] == "unknown-party"
    said = desk.post("/priorities/FRA", {"priorities": [{**first, "theme": "glory"}], "on": "2026-01-15"}, status=422)
    assert (said["code"], said["where"]) == ("unknown-theme", "priorities[0].theme")
    themes = desk.get("/priorities/vocabulary")["themes"]
    assert {"arms-control", "transparency"} <= {theme["theme"] for theme in themes}
