"""Bodies: who belongs, as what, when; and whom a body's agreements bind by its own rule."""

from datetime import date, timedelta

import pytest

from entente_contracts.events.partnerships.bodies import (
    BindingRule,
    BodyKind,
    BodyRegistered,
    MembershipBegan,
    MembershipEnded,
    MembershipResumed,
    MembershipStepAnnulled,
    MembershipStepCorrected,
    MembershipSuspended,
    Standing,
)
from entente_partnerships import deciders
from entente_partnerships.domain.body import RecordMembership, TakeOverBody, evolve_body
from entente_partnerships.domain.membership import belongings, binds, member_words, standing_on
from entente_partnerships.testing.acts import day
from entente_testkit import deciding

given = deciding.about(deciders.body)
TODAY = date(2026, 1, 1)
ONE_DAY = timedelta(days=1)
AU = BodyRegistered(
    body="AU", name="African Union", kind=BodyKind.REGIONAL_BODY, binds=BindingRule(standings=(Standing.FULL,)), founded=date(2002, 7, 9)
)


def joined(member, on, standing=Standing.FULL):
    return MembershipBegan(body="AU", member=member, standing=standing, on=day(on))


def suspended(member, on):
    return MembershipSuspended(body="AU", member=member, because="a coup", on=day(on))


def resumed(member, on):
    return MembershipResumed(body="AU", member=member, because="elections", on=day(on))


def left(member, on):
    return MembershipEnded(body="AU", member=member, because="its own wish", on=day(on))


def corrected(step, on):
    return MembershipStepCorrected(body="AU", step=step, on=day(on), because="misread")


def annulled(step):
    return MembershipStepAnnulled(body="AU", step=step, because="of another")


def on(events, member, text):
    return standing_on(belongings(enumerate([AU, *events], 1)), member, day(text))


def record(act):
    return RecordMembership(act, TODAY)


SDN = [joined("SDN", "2002-07-09"), suspended("SDN", "2019-06-06"), resumed("SDN", "2019-09-06"), suspended("SDN", "2021-10-27")]


@pytest.mark.parametrize(
    ("text", "suspended"),
    [
        ("2002-07-09", False),
        ("2019-06-05", False),
        ("2019-06-06", True),
        ("2019-09-05", True),
        ("2019-09-06", False),
        ("2021-10-26", False),
        ("2021-10-27", True),
        ("2025-01-01", True),
    ],
)
def test_a_member_is_suspended_from_the_day_on_until_it_comes_back(text, suspended):
    found = on(SDN, "SDN", text)
    assert found.suspended is suspended
    assert found.standing is Standing.FULL


def test_a_member_belongs_from_its_first_day_until_the_day_it_left():
    events = [joined("MAR", "2017-01-31"), left("MAR", "2018-01-31")]
    assert on(events, "MAR", "2017-01-30") is None
    assert on(events, "MAR", "2017-01-31") is not None
    assert on(events, "MAR", "2018-01-30") is not None
    assert on(events, "MAR", "2018-01-31") is None


def test_an_observer_may_become_a_member():
    events = [joined("HTI", "2012-02-02", Standing.OBSERVER), joined("HTI", "2016-06-01")]
    assert on(events, "HTI", "2016-05-31").standing is Standing.OBSERVER
    assert on(events, "HTI", "2016-06-01").standing is Standing.FULL


def test_corrections_move_a_step_and_annulments_take_it_away():
    assert on([*SDN[:2], corrected(3, "2019-07-01")], "SDN", "2019-06-30").suspended is False
    assert on([*SDN[:2], annulled(3)], "SDN", "2020-01-01").suspended is False
    assert on([*SDN[:2], annulled(3), annulled(4)], "SDN", "2020-01-01").suspended is True


@pytest.mark.parametrize(
    ("rule", "standing", "suspended", "bound"),
    [
        (BindingRule(standings=(Standing.FULL,)), Standing.FULL, False, True),
        (BindingRule(standings=(Standing.FULL,)), Standing.FULL, True, False),
        (BindingRule(standings=(Standing.FULL,), while_suspended=True), Standing.FULL, True, True),
        (BindingRule(standings=(Standing.FULL,)), Standing.OBSERVER, False, False),
        (BindingRule(standings=(Standing.FULL, Standing.ASSOCIATE)), Standing.ASSOCIATE, False, True),
        (BindingRule(standings=()), Standing.FULL, False, False),
    ],
)
def test_a_body_binds_its_members_by_its_own_rule(rule, standing, suspended, bound):
    assert binds(rule, standing, suspended=suspended) is bound


@pytest.mark.parametrize(
    ("history", "act", "code", "where"),
    [
        ([], joined("SDN", "2002-07-09"), "no-such-body", "body"),
        ([AU], AU, "body-exists", "body"),
        ([AU], joined("SDN", "2026-01-02"), "not-yet", "on"),
        ([AU], joined("AU", "2002-07-09"), "own-member", "member"),
        ([AU, SDN[0]], joined("SDN", "2003-07-09"), "done-already", "member"),
        ([AU], suspended("SDN", "2019-06-06"), "not-a-member", "member"),
        ([AU, *SDN[:2]], suspended("SDN", "2019-07-06"), "suspended-already", "member"),
        ([AU, SDN[0]], resumed("SDN", "2019-09-06"), "not-suspended", "member"),
        ([AU], left("SDN", "2019-09-06"), "not-a-member", "member"),
        ([AU, SDN[0]], corrected(1, "2002-07-10"), "no-such-step", "step"),
        ([AU, SDN[0]], corrected(2, "2002-07-09"), "nothing-changes", "on"),
        ([AU, SDN[0]], annulled(3), "no-such-step", "step"),
        ([AU, SDN[0], annulled(2)], annulled(2), "no-such-step", "step"),
    ],
)
def test_what_cannot_have_happened_is_refused_with_its_place_and_its_mend(history, act, code, where):
    refused = given(*history).when(record(act)).refuses(code)
    assert refused.where == where
    assert refused.mend


@pytest.mark.parametrize(
    "act", [SDN[1], corrected(2, "2002-07-10"), annulled(2), left("SDN", "2020-01-01")], ids=lambda act: type(act).__name__
)
def test_what_can_have_happened_is_written_down(act):
    given(AU, SDN[0]).when(record(act)).then(act)


def test_a_body_is_taken_over_whole_and_again_changes_nothing():
    given().when(TakeOverBody(AU, tuple(SDN), TODAY)).then(AU, *SDN)
    given(AU, *SDN).when(TakeOverBody(AU, tuple(SDN), TODAY)).then()
    given(AU, *SDN[:2]).when(TakeOverBody(AU, tuple(SDN), TODAY)).then(*SDN[2:])


def test_a_body_that_differs_or_a_step_that_cannot_be_is_refused_with_its_place():
    other = AU.model_copy(update={"name": "Another"})
    given(AU).when(TakeOverBody(other, (), TODAY)).refuses("other-body")
    refused = given().when(TakeOverBody(AU, (SDN[0], left("EGY", "2013-07-05")), TODAY)).refuses("not-a-member")
    assert refused.where == "acts[1].member"


def test_every_step_is_said_in_words():
    said = [member_words(step) for step in (*SDN[:3], left("SDN", "2020-01-01"), joined("HTI", "2012-02-02", Standing.OBSERVER))]
    assert said == [
        "SDN became a member of AU",
        "SDN was suspended from AU",
        "SDN came back to AU",
        "SDN left AU",
        "HTI became an observer of AU",
    ]


def test_a_stream_that_does_not_begin_with_a_registration_is_an_error():
    with pytest.raises(ValueError, match="before the body was registered"):
        evolve_body(None, SDN[0])
