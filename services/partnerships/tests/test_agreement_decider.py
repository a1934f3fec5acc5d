"""Which acts can be written down, and which cannot have happened."""

from datetime import date

import pytest

from entente_contracts.events.partnerships.agreements import Form, StepAnnulled, StepCorrected
from entente_contracts.events.partnerships.parts import Entry, ExitRule, Gives, Provision, Renewal, Reservations, SharingLevel, TermRule
from entente_partnerships import deciders
from entente_partnerships.domain.treaty.agreement import RecordAct, TakeOver, evolve_agreement
from entente_partnerships.testing.acts import (
    ART_1,
    PACT,
    amended,
    applied,
    by,
    consented,
    day,
    denounced,
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
from entente_testkit import deciding

given = deciding.about(deciders.agreement)
TODAY = date(2026, 1, 1)
FRA, DEU, ITA = "FRA", "DEU", "ITA"
BOTH = (opened(), consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"))


def record(act):
    return RecordAct(act, TODAY, {})


def corrected(step, on):
    return StepCorrected(agreement=PACT, step=step, on=day(on), because="misread")


def annulled(step):
    return StepAnnulled(agreement=PACT, step=step, because="of another")


def test_an_act_is_written_down_as_it_was_told():
    given(*BOTH).when(record(denounced(FRA, "2010-01-01"))).then(denounced(FRA, "2010-01-01"))


@pytest.mark.parametrize(
    "act",
    [
        signed(FRA, "2000-01-01"),
        consented(ITA, "2026-01-01", Form.ACCESSION),
        applied(ITA, "2005-01-01"),
        reserved(ITA, "2005-01-01", "art-1"),
        amended("2001-01-01", ART_1),
        suspended("2001-01-01"),
        suspended("2001-01-01", FRA),
        renewed("2009-01-01", "2010-01-01"),
        terminated("2002-06-13"),
        corrected(2, "2000-05-01"),
        annulled(2),
    ],
    ids=lambda act: act.event_name.rpartition(".")[2],
)
def test_what_can_have_happened_is_written_down(act):
    terms = TermRule(lasts=months(120), renewal=Renewal.AGREED)
    given(opened(term=terms), *BOTH[1:], signed(ITA, "2000-01-01")).when(record(act)).then(act)


NOBODY = ()
OPEN_TO_TWO = (opened(open_to=(FRA, DEU)), *BOTH[1:])
RESERVED = (*BOTH, reserved(FRA, "2000-03-01", "art-1"))
DENOUNCED = (*BOTH, consented(ITA, "2000-03-01"), denounced(FRA, "2002-05-31"))


@pytest.mark.parametrize(
    ("history", "act", "code", "where"),
    [
        (NOBODY, signed(FRA, "2000-01-02"), "no-such-agreement", "agreement"),
        (BOTH, opened(), "agreement-exists", "agreement"),
        (BOTH, signed(FRA, "2026-01-02"), "not-yet", "on"),
        (BOTH, signed(FRA, "1999-12-31"), "before-opened", "on"),
        (OPEN_TO_TWO, signed(ITA, "2000-02-01"), "not-open-to", "party"),
        (OPEN_TO_TWO, consented(ITA, "2000-02-01"), "not-open-to", "party"),
        (OPEN_TO_TWO, applied(ITA, "2000-02-01"), "not-open-to", "party"),
        ((*BOTH, signed(FRA, "2000-01-02")), signed(FRA, "2000-02-02"), "done-already", "party"),
        (BOTH, consented(FRA, "2001-01-01"), "done-already", "party"),
        (BOTH, consented(FRA, "2000-02-01"), "done-already", "party"),
        (BOTH, consented("MNE", "2006-10-23", Form.SUCCESSION, since="2006-10-24"), "succession-later", "since"),
        ((*BOTH, applied(ITA, "2001-01-01")), applied(ITA, "2002-01-01"), "done-already", "party"),
        (BOTH, stopped(ITA, "2002-01-01"), "not-applied", "party"),
        ((*BOTH, applied(ITA, "2002-01-02")), stopped(ITA, "2002-01-01"), "not-applied", "party"),
        (
            (opened(reservations=Reservations.PROHIBITED), *BOTH[1:]),
            reserved(FRA, "2000-03-01", "art-1"),
            "reservations-prohibited",
            "reservation",
        ),
        (RESERVED, reserved(DEU, "2000-03-01", "art-1"), "reservation-exists", "reservation"),
        (BOTH, reserved(FRA, "2000-03-01", "art-1", "art-9"), "no-such-provision", "provisions[1]"),
        (BOTH, reserved(ITA, "2000-03-01", "art-1"), "no-part", "party"),
        (BOTH, reserved(FRA, "2000-03-02", "art-1"), "too-late", "on"),
        (BOTH, objected(DEU, "2000-03-02"), "no-such-reservation", "reservation"),
        (RESERVED, objected(DEU, "2000-02-29"), "no-such-reservation", "reservation"),
        (RESERVED, objected(FRA, "2000-03-02"), "own-reservation", "party"),
        (RESERVED, objected(ITA, "2000-03-02"), "no-part", "party"),
        ((*RESERVED, objected(DEU, "2000-03-02")), objected(DEU, "2000-03-03"), "done-already", "party"),
        (BOTH, unreserved(FRA, "2001-01-01"), "no-such-reservation", "reservation"),
        (RESERVED, unreserved(DEU, "2001-01-01"), "no-such-reservation", "reservation"),
        ((*RESERVED, unreserved(FRA, "2001-01-01")), unreserved(FRA, "2002-01-01"), "done-already", "party"),
        ((*BOTH, amended("2001-01-01", ART_1)), amended("2002-01-01", ART_1), "amendment-exists", "amendment"),
        (BOTH, amended("2001-01-01", ART_1, ART_1), "contradicting-terms", "provisions"),
        ((*BOTH, suspended("2001-01-01")), suspended("2002-01-01"), "suspended-already", "parties"),
        ((*BOTH, suspended("2001-01-01", FRA)), suspended("2002-01-01", DEU, FRA), "suspended-already", "parties"),
        (BOTH, resumed("2001-01-01"), "not-suspended", "parties"),
        ((*BOTH, suspended("2001-01-01", FRA)), resumed("2002-01-01", FRA, DEU), "not-suspended", "parties"),
        ((*BOTH, suspended("2001-01-01")), resumed("2002-01-01", FRA), "not-suspended", "parties"),
        (BOTH, denounced(ITA, "2001-01-01"), "not-a-party", "party"),
        (BOTH, denounced(FRA, "2000-02-29"), "not-a-party", "party"),
        (DENOUNCED, denounced(FRA, "2002-06-30"), "done-already", "party"),
        (
            (opened(exit=ExitRule(notice=months(6))), *BOTH[1:]),
            denounced(FRA, "2001-01-01", effective="2001-06-30"),
            "too-soon",
            "effective",
        ),
        (BOTH, denounced(FRA, "2001-01-01", effective="2000-12-31"), "too-soon", "effective"),
        (BOTH, notice_withdrawn(FRA, "2001-01-01"), "no-notice", "party"),
        (DENOUNCED, notice_withdrawn(FRA, "2003-05-31"), "took-effect", "on"),
        (BOTH, renewed("2005-01-01"), "without-term", "act"),
        ((opened(term=TermRule(lasts=months(60))), *BOTH[1:]), renewed("2005-01-01", "2005-01-01"), "ends-before", "until"),
        ((*BOTH, terminated("2002-06-13")), terminated("2003-06-13"), "ended-already", "on"),
        (BOTH, corrected(9, "2000-05-01"), "no-such-step", "step"),
        (BOTH, corrected(2, "2000-03-01"), "nothing-changes", "on"),
        (BOTH, corrected(2, "1999-12-31"), "before-opened", "on"),
        (BOTH, corrected(1, "2000-03-02"), "before-opened", "on"),
        ((*BOTH, corrected(2, "2000-05-01")), corrected(4, "2000-06-01"), "no-act", "step"),
        ((*BOTH, annulled(2)), corrected(2, "2000-05-01"), "annulled-already", "step"),
        (BOTH, annulled(1), "opening-stays", "step"),
        (BOTH, annulled(4), "no-such-step", "step"),
        ((*BOTH, annulled(2)), annulled(2), "annulled-already", "step"),
    ],
)
def test_what_cannot_have_happened_is_refused_with_its_place_and_its_mend(history, act, code, where):
    refused = given(*history).when(record(act)).refuses(code)
    assert refused.where == where
    assert refused.mend


@pytest.mark.parametrize(
    ("terms", "where"),
    [
        ({"entry": by(Entry.DATE)}, "terms.entry.on"),
        ({"entry": by(Entry.DEPOSITS, on=day("2000-05-01"))}, "terms.entry.on"),
        ({"entry": by(Entry.DATE, on=day("1999-12-31"))}, "terms.entry.on"),
        ({"entry": by(Entry.SIGNATURE)}, "terms.negotiated_by"),
        ({"entry": by(Entry.NOTES)}, "terms.negotiated_by"),
        ({"negotiated_by": (FRA, FRA)}, "terms.negotiated_by"),
        ({"open_to": (FRA, FRA)}, "terms.open_to"),
        ({"negotiated_by": (FRA, ITA), "open_to": (FRA, DEU)}, "terms.open_to"),
        ({"entry": by(Entry.DEPOSITS, deposits=2, required=(ITA,)), "open_to": (FRA, DEU)}, "terms.entry.required"),
        ({"provisions": (ART_1, ART_1)}, "terms.provisions"),
        ({"provisions": (Provision(key="a", gives=Gives.HOTLINE, level=SharingLevel.SECRET),)}, "terms.provisions[0].level"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(terms, where):
    refused = given().when(record(opened(**terms))).refuses("contradicting-terms")
    assert refused.where == where
    assert refused.mend


class TestTakingOver:
    ACTS = (consented(FRA, "2000-03-01"), consented(DEU, "2000-03-01"), denounced(FRA, "2010-01-01"))

    def take(self, *acts, first=None):
        return TakeOver(first or opened(), acts, TODAY, {})

    def test_writes_a_whole_life_down(self):
        given().when(self.take(*self.ACTS)).then(opened(), *self.ACTS)

    def test_again_changes_nothing(self):
        given(opened(), *self.ACTS).when(self.take(*self.ACTS)).then()

    def test_adds_what_is_lacking(self):
        given(opened(), *self.ACTS[:1]).when(self.take(*self.ACTS)).then(*self.ACTS[1:])

    def test_of_what_was_corrected_since_changes_nothing(self):
        given(opened(), *self.ACTS, corrected(4, "2010-02-01")).when(self.take(*self.ACTS)).then()

    def test_with_other_terms_is_refused(self):
        given(opened(), *self.ACTS).when(self.take(*self.ACTS, first=opened(title="Another"))).refuses("other-terms")

    def test_with_an_act_that_cannot_be_writes_nothing_down_and_names_the_place(self):
        refused = given().when(self.take(self.ACTS[0], denounced(ITA, "2010-01-01"))).refuses("not-a-party")
        assert refused.where == "acts[1].party"

    def test_the_same_act_twice_is_two_acts(self):
        refused = given().when(self.take(self.ACTS[0], self.ACTS[0])).refuses("done-already")
        assert refused.where == "acts[1].party"


def test_a_stream_that_does_not_begin_with_an_opening_is_an_error():
    with pytest.raises(ValueError, match="before the agreement was opened"):
        evolve_agreement(None, signed(FRA, "2000-01-02"))
