"""What is told of an agreement: who is bound by now, on the day on which it changes, and nothing twice."""

from datetime import date

from entente_contracts.events.partnerships.bindings import (
    AgreementCeasedToBeInForce,
    AgreementEnteredIntoForce,
    BindingChanged,
    BoundSpan,
    Ceased,
    Ground,
    How,
)
from entente_partnerships import deciders
from entente_partnerships.domain.calendar import FOREVER
from entente_partnerships.domain.telling import Force, Piece, Tell, binding_on, next_change
from entente_partnerships.testing.acts import ART_1, ART_2, day
from entente_testkit import deciding

given = deciding.about(deciders.binding)
RATIFIED = Ground(event="e1", what="FRA ratified", on=date(2000, 3, 1))
LEFT = Ground(event="e2", what="FRA gave notice that it leaves", on=date(2001, 3, 1))
MEMBER = Ground(event="e3", what="FRA became a member of OSCE", on=date(1999, 1, 1))


def piece(first, until=None, *, how=How.IN_FORCE, through=None, gives=(ART_1,), why=(RATIFIED,), ended_by=()):
    return Piece(day(first), day(until) if until else FOREVER, how, through, gives, why, ended_by)


def tell(today, *pieces, force=None):
    return Tell("pact", "Pact", day(today), force, {"FRA": pieces} if pieces else {})


def bound(on, since, *, spans=None, **also):
    return BindingChanged(
        agreement="pact", title="Pact", party="FRA", on=day(on), bound=True, how=How.IN_FORCE, since=day(since), gives=(ART_1,),
        spans=spans or (BoundSpan(first=day(since)),), why=(RATIFIED,),
    ).model_copy(update=also)  # fmt: skip


def force(on, until=None, ceased=None, ended_by=()):
    return Force(day(on), "with deposit number 2", (RATIFIED,), day(until) if until else FOREVER, ceased, ended_by)


def entered(on, instead_of=None):
    return AgreementEnteredIntoForce(
        agreement="pact",
        title="Pact",
        on=day(on),
        rule="with deposit number 2",
        instead_of=day(instead_of) if instead_of else None,
        why=(RATIFIED,),
    )


def ceased(on, how, why=(LEFT,)):
    return AgreementCeasedToBeInForce(agreement="pact", title="Pact", on=day(on), how=how, why=why)


class TestAParty:
    def test_is_not_told_of_before_it_is_bound(self):
        given().when(tell("2000-02-29", piece("2000-03-01"))).then()
        assert next_change(tell("2000-02-29", piece("2000-03-01"))) == day("2000-03-01")

    def test_is_told_of_on_its_first_day_and_not_again(self):
        given().when(tell("2000-03-01", piece("2000-03-01"))).then(bound("2000-03-01", "2000-03-01"))
        given(bound("2000-03-01", "2000-03-01")).when(tell("2000-03-02", piece("2000-03-01"))).then()

    def test_is_told_of_ahead_when_an_end_is_foreseen(self):
        leaving = piece("2000-03-01", "2002-03-01")
        told = given(bound("2000-03-01", "2000-03-01")).when(tell("2001-03-01", leaving))
        told.then(bound("2001-03-01", "2000-03-01", ends=day("2002-03-01")))
        assert next_change(tell("2001-03-01", leaving)) == day("2002-03-01")

    def test_is_told_to_be_bound_no_more_on_the_day_and_why(self):
        left = piece("2000-03-01", "2002-03-01", ended_by=(LEFT,))
        (event,) = given(bound("2001-03-01", "2000-03-01", ends=day("2002-03-01"))).when(tell("2002-03-01", left)).events
        assert (event.bound, event.how, event.since, event.gives) == (False, None, None, ())
        assert event.spans == (BoundSpan(first=day("2000-03-01"), until=day("2002-03-01")),)
        assert event.why == (RATIFIED, LEFT)
        assert next_change(tell("2002-03-01", left)) is None

    def test_is_told_of_with_all_its_spans_where_it_came_back(self):
        spans = (piece("2000-03-01", "2002-03-01"), piece("2005-01-01"))
        told = binding_on(tell("2006-01-01", *spans), "FRA")
        assert told.since == day("2005-01-01")
        assert told.spans == (BoundSpan(first=day("2000-03-01"), until=day("2002-03-01")), BoundSpan(first=day("2005-01-01")))

    def test_whose_provisions_change_is_told_of_with_one_span(self):
        told = binding_on(tell("2003-01-01", piece("2000-03-01", "2002-01-01"), piece("2002-01-01", gives=(ART_2,))), "FRA")
        assert (told.since, told.gives, told.ends) == (day("2000-03-01"), (ART_2,), None)

    def test_that_is_corrected_away_is_told_never_to_have_been_bound(self):
        (event,) = given(bound("2000-03-01", "2000-03-01")).when(tell("2003-01-01")).events
        assert (event.bound, event.spans) == (False, ())

    def test_bound_through_a_body_and_by_itself_is_told_of_once_as_bound_by_itself(self):
        through = piece("2000-03-01", through="OSCE", gives=(ART_1, ART_2), why=(MEMBER,))
        assert binding_on(tell("2001-01-01", through), "FRA").through == ("OSCE",)
        both = binding_on(tell("2001-01-01", through, piece("2000-06-01")), "FRA")
        assert (both.through, both.gives, both.since) == ((), (ART_1, ART_2), day("2000-03-01"))
        assert both.why == (MEMBER, RATIFIED)

    def test_that_applies_it_provisionally_is_told_of_so_and_then_as_bound(self):
        pieces = (piece("2000-01-01", "2000-03-01", how=How.PROVISIONALLY), piece("2000-03-01"))
        assert binding_on(tell("2000-02-29", *pieces), "FRA").how is How.PROVISIONALLY
        told = binding_on(tell("2000-03-01", *pieces), "FRA")
        assert (told.how, told.since) == (How.IN_FORCE, day("2000-01-01"))


class TestTheAgreement:
    def test_enters_into_force_on_its_day_and_once(self):
        given().when(tell("2000-02-29", force=force("2000-03-01"))).then()
        given().when(tell("2000-03-01", force=force("2000-03-01"))).then(entered("2000-03-01"))
        given(entered("2000-03-01")).when(tell("2000-03-02", force=force("2000-03-01"))).then()

    def test_that_entered_on_another_day_is_told_of_again_with_the_day_told_before(self):
        given(entered("2000-03-01")).when(tell("2001-01-01", force=force("2000-04-01"))).then(entered("2000-04-01", "2000-03-01"))

    def test_ceases_on_its_day_and_once(self):
        ends = force("2000-03-01", "2002-03-01", Ceased.LEFT, (LEFT,))
        given(entered("2000-03-01")).when(tell("2002-02-28", force=ends)).then()
        given(entered("2000-03-01")).when(tell("2002-03-01", force=ends)).then(ceased("2002-03-01", Ceased.LEFT))
        given(entered("2000-03-01"), ceased("2002-03-01", Ceased.LEFT)).when(tell("2002-03-02", force=ends)).then()

    def test_that_was_over_before_it_was_recorded_is_told_of_from_its_beginning_to_its_end(self):
        ends = force("2000-03-01", "2002-03-01", Ceased.EXPIRED, ())
        given().when(tell("2020-01-01", force=ends)).then(entered("2000-03-01"), ceased("2002-03-01", Ceased.EXPIRED, ()))

    def test_that_was_never_in_force_after_all_is_told_so(self):
        given(entered("2000-03-01")).when(tell("2003-01-01")).then(ceased("2000-03-01", Ceased.CORRECTED, ()))
        given(entered("2000-03-01"), ceased("2000-03-01", Ceased.CORRECTED, ())).when(tell("2003-01-02")).then()

    def test_that_goes_on_after_all_is_told_of_again(self):
        history = (entered("2000-03-01"), ceased("2002-03-01", Ceased.LEFT))
        given(*history).when(tell("2003-01-01", force=force("2000-03-01"))).then(entered("2000-03-01"))
