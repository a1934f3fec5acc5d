"""Each rule of a treaty's life, on the day before, the day, and the day after."""

from datetime import date, timedelta

import pytest

from entente_contracts.events.partnerships.agreements import Effect, Form, StepAnnulled, StepCorrected
from entente_contracts.events.partnerships.bindings import Ceased, How
from entente_contracts.events.partnerships.parts import Delay, Entry, ExitRule, Gives, Provision, Renewal, TermRule
from entente_partnerships.domain.calendar import FOREVER, after, in_words
from entente_partnerships.domain.treaty.changes import next_of
from entente_partnerships.domain.treaty.entry import Missing, rule_in_words
from entente_partnerships.domain.treaty.gives import Holds, between, given_to
from entente_partnerships.domain.treaty.rules import RULES
from entente_partnerships.domain.treaty.standing import Gone
from entente_partnerships.states import former, former_states, is_state
from entente_partnerships.testing.acts import (
    ART_1,
    ART_2,
    PACT,
    amended,
    applied,
    by,
    consented,
    day,
    days,
    denounced,
    life,
    months,
    notice_withdrawn,
    objected,
    opened,
    renewed,
    reserved,
    resumed,
    signed,
    stopped,
    suspended,
    terminated,
    unreserved,
)

ONE_DAY = timedelta(days=1)
FRA, DEU, ITA = "FRA", "DEU", "ITA"
GONE = {"SUN": Gone(day("1991-12-26"), "RUS"), "YUG": Gone(day("1992-04-28"))}
PARTIES = tuple(consented(party, "2000-03-01") for party in (FRA, DEU, ITA))
NEW = Provision(key="art-3", gives=Gives.EXERCISES)


def begins(found, party, on, how=How.IN_FORCE):
    """Not bound on the day before, bound on the day and on the day after."""
    first = day(on)
    before = found.how_bound(party, first - ONE_DAY)
    assert before is None or before.how is not how
    for each in (first, first + ONE_DAY):
        bound = found.how_bound(party, each)
        assert bound is not None, f"{party} is not bound on {each}"
        assert bound.how is how


def ends(found, party, on):
    """Bound on the day before, not on the day nor on the day after."""
    until = day(on)
    assert found.how_bound(party, until - ONE_DAY) is not None
    assert found.how_bound(party, until) is None
    assert found.how_bound(party, until + ONE_DAY) is None


def never(found, *parties):
    assert not [party for party in parties if found.bound.get(party)]


class TestTheCalendar:
    @pytest.mark.parametrize(
        ("begun", "delay", "over"),
        [
            ("2023-01-30", months(1), "2023-02-28"),
            ("2024-01-30", months(1), "2024-02-29"),
            ("2024-01-31", months(1), "2024-02-29"),
            ("2024-02-29", months(12), "2025-02-28"),
            ("2024-02-29", months(48), "2028-02-29"),
            ("2023-02-28", days(1), "2023-03-01"),
            ("2024-02-28", days(1), "2024-02-29"),
            ("1999-12-31", days(1), "2000-01-01"),
            ("1998-09-16", months(5, to_month=True), "1999-03-01"),
            ("1998-09-30", months(5, to_month=True), "1999-03-01"),
            ("1998-10-01", months(5, to_month=True), "1999-04-01"),
            ("2000-02-29", Delay(to_month=True), "2000-03-01"),
            ("2000-12-01", Delay(months=1, days=30), "2001-01-31"),
            ("2000-01-01", Delay(), "2000-01-01"),
        ],
    )
    def test_a_delay_is_counted_in_months_then_days_then_on_to_the_first_of_a_month(self, begun, delay, over):
        assert after(day(begun), delay) == day(over)

    @pytest.mark.parametrize("delay", [months(1), days(1), Delay(to_month=True)])
    def test_what_lies_beyond_the_calendar_is_for_ever(self, delay):
        assert after(date(9999, 12, 31), delay) == FOREVER

    def test_a_delay_is_said_in_words(self):
        assert in_words(Delay()) == "at once"
        assert in_words(days(1)) == "1 day"
        assert in_words(Delay(months=5, to_month=True)) == "5 months and to the first of the next month"
        assert in_words(Delay(to_month=True)) == "on the first of the next month"


class TestEntryIntoForce:
    def test_with_the_nth_deposit_after_the_delay(self):
        rule = by(Entry.DEPOSITS, deposits=3, delay=days(90))
        found = life(opened(entry=rule), consented(FRA, "2000-03-01"), consented(DEU, "2000-04-01"), consented(ITA, "2000-05-01"))
        for party in (FRA, DEU, ITA):
            begins(found, party, "2000-07-30")
        assert found.entry.on == day("2000-07-30")
        assert found.entry.because == (2, 3, 4)
        assert found.entry.decisive == (4,)

    def test_not_with_one_deposit_fewer(self):
        rule = by(Entry.DEPOSITS, deposits=3)
        found = life(opened(entry=rule), consented(FRA, "2000-03-01"), consented(DEU, "2000-04-01"))
        never(found, FRA, DEU)
        assert found.entry == Missing("1 more consent")
        assert next_of(found, day("2001-01-01")).says == "it enters into force with deposit number 3; it waits for 1 more consent"

    def test_with_the_deposits_of_those_required_whoever_else_came_before(self):
        rule = by(Entry.DEPOSITS, deposits=2, required=(DEU,))
        early = [opened(entry=rule), consented(FRA, "2000-03-01"), consented(ITA, "2000-04-01")]
        assert life(*early).entry == Missing("the consent of DEU")
        found = life(*early, consented(DEU, "2001-04-01"))
        for party in (FRA, DEU, ITA):
            begins(found, party, "2001-04-01")

    def test_with_the_consent_of_all_who_negotiated_it_where_no_number_is_named(self):
        rule = by(Entry.DEPOSITS)
        early = [opened(entry=rule, negotiated_by=(FRA, DEU, ITA)), consented(FRA, "2000-03-01"), consented(DEU, "2000-04-01")]
        never(life(*early), FRA, DEU)
        begins(life(*early, consented(ITA, "2000-05-01")), FRA, "2000-05-01")

    def test_by_signature_of_all_who_negotiated_it(self):
        rule = by(Entry.SIGNATURE, delay=months(1))
        found = life(opened(entry=rule, negotiated_by=(FRA, DEU)), signed(FRA, "2000-01-31"), signed(DEU, "2000-01-31"))
        begins(found, FRA, "2000-02-29")
        begins(found, DEU, "2000-02-29")

    def test_a_signature_does_not_bind_where_deposits_do(self):
        never(life(signed(FRA, "2000-02-01"), signed(DEU, "2000-02-01")), FRA, DEU)

    def test_by_exchange_of_notes_with_the_later_note(self):
        rule = by(Entry.NOTES)
        notes = [consented(FRA, "2000-05-02", Form.NOTIFICATION), consented(DEU, "2000-06-03", Form.NOTIFICATION)]
        found = life(opened(entry=rule, negotiated_by=(FRA, DEU)), *notes)
        begins(found, FRA, "2000-06-03")
        begins(found, DEU, "2000-06-03")

    def test_on_a_day_that_it_names_for_those_who_have_signed_by_then(self):
        rule = by(Entry.DATE, on=day("2000-03-01"))
        found = life(opened(entry=rule, negotiated_by=(FRA, DEU)), signed(FRA, "2000-01-05"), signed(DEU, "2000-01-05"))
        begins(found, FRA, "2000-03-01")
        begins(found, DEU, "2000-03-01")

    def test_on_a_day_that_it_names_or_with_the_second_consent_where_that_is_later(self):
        rule = by(Entry.DATE, on=day("2000-03-01"))
        found = life(opened(entry=rule), signed(FRA, "2000-01-05"), signed(DEU, "2000-04-05"))
        begins(found, FRA, "2000-04-05")

    def test_never_where_nobody_recorded_the_rule(self):
        found = life(opened(entry=by(Entry.UNKNOWN)), consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"))
        never(found, FRA, DEU)
        assert found.entry == Missing(None)
        assert next_of(found, day("2001-01-01")) is None
        assert rule_in_words(found.terms) == "not recorded"

    def test_whoever_consents_later_is_bound_after_the_same_delay(self):
        rule = by(Entry.DEPOSITS, deposits=2, delay=days(30))
        found = life(opened(entry=rule), consented(FRA, "2000-02-01"), consented(DEU, "2000-02-01"), consented(ITA, "2001-02-01"))
        begins(found, FRA, "2000-03-02")
        begins(found, ITA, "2001-03-03")

    def test_whoever_consents_later_is_bound_after_a_delay_of_its_own(self):
        rule = by(Entry.DEPOSITS, deposits=2, delay=days(30), later=Delay())
        found = life(opened(entry=rule), consented(FRA, "2000-02-01"), consented(DEU, "2000-02-01"), consented(ITA, "2001-02-01"))
        begins(found, ITA, "2001-02-01")

    def test_whoever_consents_between_the_last_deposit_needed_and_entry_is_not_bound_before_it(self):
        rule = by(Entry.DEPOSITS, deposits=2, delay=days(30), later=Delay())
        found = life(opened(entry=rule), consented(FRA, "2000-02-01"), consented(DEU, "2000-02-01"), consented(ITA, "2000-02-05"))
        begins(found, ITA, "2000-03-02")

    def test_a_consent_given_up_before_entry_does_not_count(self):
        rule = by(Entry.DEPOSITS, deposits=2, delay=months(18))
        found = life(
            opened(entry=rule, exit=ExitRule(notice=months(1))),
            consented(FRA, "2000-02-01"),
            consented(DEU, "2000-02-01"),
            denounced(FRA, "2000-03-01"),
        )
        never(found, FRA, DEU)
        assert found.entry == Missing("1 more consent")

    @pytest.mark.parametrize(("since", "first"), [("2000-06-30", "2000-06-30"), ("2000-02-01", "2000-03-01"), ("2000-03-01", "2000-03-01")])
    def test_a_successor_is_bound_from_the_succession_but_not_before_it_is_in_force(self, since, first):
        found = life(
            consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"), consented("MNE", "2006-10-23", Form.SUCCESSION, since=since)
        )
        begins(found, "MNE", first)


class TestStatesThatAreNoMore:
    def test_are_bound_by_nothing_from_the_day_after_their_last(self):
        found = life(
            opened("1980-01-01"),
            consented("YUG", "1980-02-01"),
            consented(FRA, "1980-02-01"),
            consented(DEU, "1980-02-01"),
            former=GONE,
        )
        ends(found, "YUG", "1992-04-28")

    def test_are_followed_by_the_state_that_goes_on_as_the_same_party(self):
        found = life(
            opened("1980-01-01"),
            consented("SUN", "1980-02-01"),
            consented(FRA, "1980-02-01"),
            consented(DEU, "1980-02-01"),
            former=GONE,
        )
        ends(found, "SUN", "1991-12-26")
        begins(found, "RUS", "1991-12-26")

    def test_are_not_followed_by_one_that_consented_itself(self):
        found = life(
            opened("1980-01-01"),
            consented("SUN", "1980-02-01"),
            consented(FRA, "1980-02-01"),
            consented(DEU, "1980-02-01"),
            consented("RUS", "1993-02-01"),
            former=GONE,
        )
        begins(found, "RUS", "1993-02-01")

    def test_leave_no_consent_that_they_had_given_up(self):
        found = life(
            opened("1980-01-01"),
            consented("SUN", "1980-02-01"),
            consented(FRA, "1980-02-01"),
            consented(DEU, "1980-02-01"),
            denounced("SUN", "1990-02-01"),
            former=GONE,
        )
        never(found, "RUS")

    def test_are_listed_with_their_successors_which_are_or_were_states(self):
        for state in former_states().values():
            assert state.source
            assert all(is_state(code) for code in state.successors)
            assert state.continued_by is None or state.continued_by in state.successors
        assert former()["SUN"].continued_by == "RUS"


class TestLeaving:
    @pytest.mark.parametrize(
        ("rule", "until"),
        [
            (None, "2003-05-31"),
            (ExitRule(notice=months(6)), "2002-11-30"),
            (ExitRule(notice=days(90)), "2002-08-29"),
            (ExitRule(notice=months(12), not_before=months(240)), "2021-03-01"),
            (ExitRule(notice=months(12), not_before=months(12)), "2003-05-31"),
        ],
    )
    def test_takes_effect_after_the_notice_that_the_agreement_asks_for_or_twelve_months(self, rule, until):
        found = life(opened(exit=rule), *(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)), denounced(FRA, "2002-05-31"))
        ends(found, FRA, until)
        assert found.how_bound(DEU, FOREVER - ONE_DAY)

    def test_takes_effect_on_the_day_that_the_notice_names(self):
        found = life(*(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)), denounced(FRA, "2002-05-31", effective="2004-01-01"))
        ends(found, FRA, "2004-01-01")

    def test_takes_effect_at_the_end_of_the_term_where_it_renews_itself_and_names_no_notice(self):
        term = TermRule(lasts=months(60), renewal=Renewal.TACIT, by=months(12))
        acts = [consented(party, "2000-02-29") for party in (FRA, DEU, ITA)]
        ends(life(opened(term=term), *acts, denounced(FRA, "2003-01-01")), FRA, "2005-02-28")
        ends(life(opened(term=term), *acts, denounced(FRA, "2005-02-27")), FRA, "2005-02-28")
        ends(life(opened(term=term), *acts, denounced(FRA, "2005-02-28")), FRA, "2006-02-28")

    def test_taken_back_in_time_changes_nothing(self):
        found = life(
            *(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)),
            denounced(FRA, "2002-05-31"),
            notice_withdrawn(FRA, "2003-05-30"),
        )
        assert found.how_bound(FRA, day("2010-01-01"))

    def test_may_be_followed_by_a_new_consent(self):
        found = life(
            *(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)),
            denounced(FRA, "2002-05-31"),
            consented(FRA, "2005-01-01", Form.ACCESSION),
        )
        ends(found, FRA, "2003-05-31")
        begins(found, FRA, "2005-01-01")

    def test_of_one_of_two_ends_it_for_the_other(self):
        found = life(consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"), denounced(FRA, "2002-05-31"))
        ends(found, FRA, "2003-05-31")
        ends(found, DEU, "2003-05-31")
        assert found.ceased is Ceased.LEFT

    def test_of_so_many_that_entry_would_need_more_leaves_it_in_force_for_two(self):
        found = life(
            opened(entry=by(Entry.DEPOSITS, deposits=3)),
            *(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)),
            denounced(FRA, "2002-05-31"),
        )
        assert found.how_bound(DEU, day("2020-01-01"))


class TestItsEnd:
    def test_comes_when_its_term_is_over(self):
        found = life(opened(term=TermRule(lasts=months(60))), consented(FRA, "2000-02-29"), consented(DEU, "2000-02-29"))
        ends(found, FRA, "2005-02-28")
        assert found.ceased is Ceased.EXPIRED
        assert next_of(found, day("2005-02-27")).day == day("2005-02-28")

    def test_does_not_come_where_it_renews_itself(self):
        term = TermRule(lasts=months(60), renewal=Renewal.TACIT)
        found = life(opened(term=term), consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"))
        assert found.how_bound(FRA, day("2050-01-01"))
        assert next_of(found, day("2005-02-28")).day == day("2005-03-01")
        assert next_of(found, day("2005-03-01")).day == day("2010-03-01")

    def test_is_put_off_by_a_renewal_in_time(self):
        term = TermRule(lasts=months(120), renewal=Renewal.AGREED)
        acts = [opened(term=term), consented("USA", "2000-02-05"), consented("RUS", "2000-02-05"), renewed("2010-02-03", "2015-02-05")]
        ends(life(*acts), "USA", "2015-02-05")
        assert life(*acts[:3], renewed("2010-02-03")).how_bound("USA", day("2090-01-01"))

    def test_is_followed_by_a_new_span_where_the_renewal_comes_late(self):
        term = TermRule(lasts=months(120), renewal=Renewal.AGREED)
        found = life(opened(term=term), consented(FRA, "2000-02-05"), consented(DEU, "2000-02-05"), renewed("2011-03-01", "2015-01-01"))
        ends(found, FRA, "2010-02-05")
        begins(found, FRA, "2011-03-01")
        ends(found, FRA, "2015-01-01")

    def test_comes_for_all_when_it_is_terminated(self):
        found = life(*(consented(party, "2000-03-01") for party in (FRA, DEU, ITA)), terminated("2002-06-13"))
        for party in (FRA, DEU, ITA):
            ends(found, party, "2002-06-13")
        assert found.ceased is Ceased.TERMINATED


class TestProvisionalApplication:
    def test_binds_provisionally_until_it_is_in_force(self):
        found = life(applied(FRA, "2000-02-01"), applied(DEU, "2000-02-10"), consented(FRA, "2001-03-01"), consented(DEU, "2001-03-01"))
        begins(found, FRA, "2000-02-10", How.PROVISIONALLY)
        begins(found, FRA, "2001-03-01", How.IN_FORCE)

    def test_by_one_alone_binds_nobody(self):
        never(life(applied(FRA, "2000-02-01")), FRA)

    def test_ends_when_a_party_says_so(self):
        found = life(*(applied(party, "2000-02-01") for party in (FRA, DEU, ITA)), stopped(FRA, "2001-01-01"))
        ends(found, FRA, "2001-01-01")

    def test_ends_with_the_agreement(self):
        found = life(applied(FRA, "2000-02-01"), applied(DEU, "2000-02-01"), terminated("2001-01-01"))
        ends(found, FRA, "2001-01-01")


class TestSuspension:
    def test_of_all_lasts_until_it_is_resumed(self):
        found = life(*PARTIES, suspended("2002-01-01"), resumed("2003-01-01"))
        for party in (FRA, DEU, ITA):
            ends(found, party, "2002-01-01")
            begins(found, party, "2003-01-01")

    def test_of_one_party_leaves_the_others_bound(self):
        found = life(*PARTIES, suspended("2002-01-01", FRA))
        ends(found, FRA, "2002-01-01")
        assert found.how_bound(DEU, day("2002-01-01"))

    def test_of_a_party_and_of_all_both_have_to_be_resumed(self):
        found = life(*PARTIES, suspended("2002-01-01", FRA), suspended("2002-02-01"), resumed("2003-01-01", FRA))
        assert found.how_bound(FRA, day("2003-06-01")) is None
        both = life(*PARTIES, suspended("2002-01-01", FRA), suspended("2002-02-01"), resumed("2003-01-01"))
        begins(both, FRA, "2003-01-01")


class TestReservations:
    def gives(self, found, a, b, on):
        told = between(found, a, b, day(on))
        return {provision.key: holds for provision, holds, _ in told.gives}

    def test_exclude_a_provision_between_their_maker_and_each_other_party_and_no_others(self):
        found = life(*PARTIES, reserved(FRA, "2000-03-01", "art-2"))
        assert self.gives(found, FRA, DEU, "2001-01-01") == {"art-1": Holds.FULL, "art-2": Holds.EXCLUDED}
        assert self.gives(found, DEU, FRA, "2001-01-01") == {"art-1": Holds.FULL, "art-2": Holds.EXCLUDED}
        assert self.gives(found, DEU, ITA, "2001-01-01") == {"art-1": Holds.FULL, "art-2": Holds.FULL}
        assert [provision.key for provision in given_to(found, FRA)[-1].gives] == ["art-1"]

    def test_that_modify_exclude_after_an_objection(self):
        found = life(*PARTIES, reserved(FRA, "2000-03-01", "art-2", effect=Effect.MODIFIES), objected(DEU, "2000-06-01"))
        assert self.gives(found, FRA, DEU, "2000-05-31")["art-2"] is Holds.MODIFIED
        assert self.gives(found, FRA, DEU, "2000-06-01")["art-2"] is Holds.EXCLUDED
        assert self.gives(found, FRA, ITA, "2000-06-01")["art-2"] is Holds.MODIFIED

    @pytest.mark.parametrize(("on", "counts"), [("2001-02-28", True), ("2001-03-01", True), ("2001-03-02", False)])
    def test_may_be_objected_to_within_twelve_months(self, on, counts):
        found = life(*PARTIES, reserved(FRA, "2000-03-01", "art-2"), objected(DEU, on, no_relations=True))
        assert between(found, FRA, DEU, day("2005-01-01")).relations is not counts

    @pytest.mark.parametrize(("on", "counts"), [("2004-12-31", True), ("2005-01-01", True), ("2005-01-02", False)])
    def test_may_be_objected_to_up_to_the_objectors_own_consent(self, on, counts):
        found = life(
            consented(FRA, "2000-03-01"),
            consented(DEU, "2000-03-01"),
            reserved(FRA, "2000-03-01", "art-2"),
            consented(ITA, "2005-01-01"),
            objected(ITA, on, no_relations=True),
        )
        assert between(found, FRA, ITA, day("2006-01-01")).relations is not counts

    def test_withdrawn_have_no_effect_from_that_day_on(self):
        found = life(*PARTIES, reserved(FRA, "2000-03-01", "art-2"), unreserved(FRA, "2002-01-01"))
        assert self.gives(found, FRA, DEU, "2001-12-31")["art-2"] is Holds.EXCLUDED
        assert self.gives(found, FRA, DEU, "2002-01-01")["art-2"] is Holds.FULL
        assert [[provision.key for provision in each.gives] for each in given_to(found, FRA)] == [["art-1"], ["art-1", "art-2"]]

    def test_nothing_is_between_those_of_whom_one_is_not_bound(self):
        assert between(life(*PARTIES[:2]), FRA, ITA, day("2005-01-01")) is None


class TestAmendments:
    def keys(self, found, a, b, on):
        return [provision.key for provision, _, _ in between(found, a, b, day(on)).gives]

    def test_hold_among_those_who_accepted_them_and_the_older_text_with_the_others(self):
        found = life(*PARTIES, amended("2002-01-01", ART_1, NEW, binds=(FRA, DEU)))
        assert self.keys(found, FRA, DEU, "2001-12-31") == ["art-1", "art-2"]
        assert self.keys(found, FRA, DEU, "2002-01-01") == ["art-1", "art-3"]
        assert self.keys(found, FRA, ITA, "2002-01-01") == ["art-1", "art-2"]

    @pytest.mark.parametrize(
        ("consent", "keys"), [("2001-12-31", ["art-1", "art-2"]), ("2002-01-01", ["art-1", "art-2"]), ("2002-01-02", ["art-3"])]
    )
    def test_bind_whoever_consents_afterwards(self, consent, keys):
        found = life(*PARTIES, amended("2002-01-01", NEW, binds=(FRA, DEU, ITA)), consented("ESP", consent))
        assert [provision.key for provision in given_to(found, "ESP")[-1].gives] == keys

    def test_without_names_bind_all(self):
        found = life(*PARTIES, amended("2002-01-01", ART_2))
        assert self.keys(found, FRA, ITA, "2002-01-01") == ["art-2"]


class TestCorrections:
    def test_move_a_step_to_its_true_day(self):
        found = life(
            opened(),
            consented(FRA, "2000-03-01"),
            consented(DEU, "2000-03-01"),
            StepCorrected(agreement=PACT, step=3, on=day("2000-05-01"), because="misread"),
        )
        begins(found, FRA, "2000-05-01")

    def test_annul_what_never_happened_and_may_be_annulled_themselves(self):
        acts = [
            opened(),
            consented(FRA, "2000-03-01"),
            consented(DEU, "2000-03-01"),
            StepAnnulled(agreement=PACT, step=3, because="of another"),
        ]
        never(life(*acts), FRA, DEU)
        begins(life(*acts, StepAnnulled(agreement=PACT, step=4, because="it was right")), FRA, "2000-03-01")

    def test_annulled_leave_the_day_as_it_was(self):
        corrected = StepCorrected(agreement=PACT, step=2, on=day("2000-09-01"), because="misread")
        found = life(
            opened(),
            consented(FRA, "2000-03-01"),
            consented(DEU, "2000-03-01"),
            corrected,
            StepAnnulled(agreement=PACT, step=4, because="no"),
        )
        begins(found, FRA, "2000-03-01")


def test_each_rule_has_a_name_of_its_own_and_says_where_it_stands():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.says.endswith(".") and rule.citation for rule in RULES)
