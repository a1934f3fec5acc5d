"""What partners do together, and what they promised there: owed until it is kept, past due from the day after."""

from datetime import date

import pytest

from entente_contracts.events.partnerships.engagements import (
    CommitmentFellPastDue,
    CommitmentKept,
    CommitmentMade,
    CommitmentReleased,
    EngagementCancelled,
    EngagementHeld,
    EngagementKind,
    EngagementMoved,
    EngagementPlanned,
)
from entente_partnerships import deciders
from entente_partnerships.domain.engagement import LetFallDue, Write, evolve_engagement
from entente_partnerships.testing.acts import day
from entente_testkit import deciding

given = deciding.about(deciders.engagement)
TODAY = date(2026, 1, 1)
PLANNED = EngagementPlanned(
    engagement="talks",
    kind=EngagementKind.STRATEGIC_DIALOGUE,
    title="Talks",
    parties=("DEU", "FRA"),
    first=day("2026-03-02"),
    last=day("2026-03-04"),
)
MOVED = EngagementMoved(engagement="talks", first=day("2025-12-01"), last=day("2025-12-02"), because="an election")
HELD = EngagementHeld(engagement="talks", first=day("2025-12-01"), last=day("2025-12-02"), outcome="a calendar")
CANCELLED = EngagementCancelled(engagement="talks", because="no agenda", on=day("2025-12-01"))
MADE = CommitmentMade(engagement="talks", commitment="plans", owner="FRA", what="share plans", due=day("2025-12-31"))
KEPT = CommitmentKept(engagement="talks", commitment="plans", how="handed over", on=day("2025-12-20"))
RELEASED = CommitmentReleased(engagement="talks", commitment="plans", because="overtaken", on=day("2025-12-20"))
PAST_DUE = CommitmentFellPastDue(engagement="talks", commitment="plans", due=day("2025-12-31"))

TALKS = {
    "engagement": "talks",
    "kind": "strategic_dialogue",
    "title": "Talks",
    "parties": ["FRA", "DEU"],
    "first": "2025-12-01",
    "last": "2025-12-02",
}
PLANS = {"commitment": "plans", "owner": "FRA", "what": "share plans", "due": "2026-01-15"}


def write(event):
    return Write(event, TODAY)


def test_an_engagement_is_planned_with_its_parties_in_order():
    given().when(write(PLANNED.model_copy(update={"parties": ("FRA", "DEU")}))).then(PLANNED)


@pytest.mark.parametrize("event", [MOVED, HELD, CANCELLED, MADE], ids=lambda event: type(event).__name__)
def test_what_is_planned_may_be_moved_held_cancelled_and_promised_at(event):
    given(PLANNED).when(write(event)).then(event)


@pytest.mark.parametrize("history", [(PLANNED, MADE), (PLANNED, MADE, PAST_DUE)], ids=["in time", "late"])
@pytest.mark.parametrize("event", [KEPT, RELEASED], ids=lambda event: type(event).__name__)
def test_a_commitment_is_kept_or_released_also_when_it_is_past_due(history, event):
    given(*history).when(write(event)).then(event)


@pytest.mark.parametrize(
    ("history", "follows"),
    [
        ((PLANNED, MADE), (PAST_DUE,)),
        ((PLANNED, MADE, KEPT), ()),
        ((PLANNED, MADE, RELEASED), ()),
        ((PLANNED, MADE, PAST_DUE), ()),
        ((), ()),
    ],
)
def test_only_an_open_commitment_falls_past_due(history, follows):
    given(*history).when(LetFallDue("talks", "plans")).then(*follows)


@pytest.mark.parametrize(
    ("history", "event", "code", "where"),
    [
        ((), MOVED, "no-such-engagement", "path engagement"),
        ((PLANNED,), PLANNED, "engagement-exists", "engagement"),
        ((), PLANNED.model_copy(update={"parties": ("FRA", "FRA")}), "named-twice", "parties"),
        ((), PLANNED.model_copy(update={"last": day("2026-03-01")}), "ends-before", "last"),
        ((PLANNED,), MOVED.model_copy(update={"last": day("2025-11-30")}), "ends-before", "last"),
        ((PLANNED,), HELD.model_copy(update={"last": day("2026-01-02")}), "not-yet", "last"),
        ((PLANNED,), CANCELLED.model_copy(update={"on": day("2026-01-02")}), "not-yet", "on"),
        ((PLANNED, HELD), MOVED, "not-planned-any-more", "path engagement"),
        ((PLANNED, CANCELLED), HELD, "not-planned-any-more", "path engagement"),
        ((PLANNED, MADE), MADE, "commitment-exists", "commitment"),
        ((PLANNED,), MADE.model_copy(update={"owner": "ITA"}), "not-a-participant", "owner"),
        ((PLANNED,), KEPT, "no-such-commitment", "path commitment"),
        ((PLANNED, MADE, KEPT), RELEASED, "done-with", "path commitment"),
        ((PLANNED, MADE), KEPT.model_copy(update={"on": day("2026-01-02")}), "not-yet", "on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_its_mend(history, event, code, where):
    refused = given(*history).when(write(event)).refuses(code)
    assert refused.where == where
    assert refused.mend


def test_a_stream_that_does_not_begin_with_a_plan_is_an_error():
    with pytest.raises(ValueError, match="before the engagement was planned"):
        evolve_engagement(None, MOVED)


class TestOverTheApi:
    def promised(self, desk):
        desk.post("/engagements", TALKS)
        desk.post("/engagements/talks/holding", {"first": "2025-12-01", "last": "2025-12-02", "outcome": "a calendar"})
        desk.post("/engagements/talks/commitments", PLANS)
        desk.settle()

    def owed(self, desk, **asked):
        return [(item["commitment"], item["state"], item["days_late"]) for item in desk.get("/commitments", **asked)["items"]]

    def test_a_commitment_is_open_up_to_its_last_day_and_past_due_from_the_day_after(self, desk):
        self.promised(desk)
        assert self.owed(desk) == [("plans", "open", 0)]
        desk.go_to("2026-01-15")
        assert self.owed(desk) == [("plans", "open", 0)]
        desk.go_to("2026-01-16")
        assert self.owed(desk) == [("plans", "past_due", 1)]
        assert self.owed(desk, past_due=True, owner="FRA", due_by="2026-01-15") == [("plans", "past_due", 1)]
        assert self.owed(desk, owner="DEU") == []
        assert self.owed(desk, due_by="2026-01-14") == []
        assert self.owed(desk, on="2026-01-15") == [("plans", "open", 0)]
        assert desk.get("/commitments")["says"] == "On 2026-01-16 1 commitment was owed, 1 of them past due."

    def test_one_that_is_kept_late_shows_by_how_much(self, desk):
        self.promised(desk)
        desk.go_to("2026-01-20")
        desk.post("/engagements/talks/commitments/plans/keeping", {"how": "handed over", "on": "2026-01-18"})
        desk.settle()
        (kept,) = desk.get("/engagements/talks")["commitments"]
        assert (kept["state"], kept["days_late"], kept["ended_on"]) == ("kept_late", 3, "2026-01-18")
        assert self.owed(desk) == []
        assert self.owed(desk, on="2026-01-17") == [("plans", "past_due", 2)]
        assert self.owed(desk, known_on="2026-01-19") == [("plans", "past_due", 5)]

    def test_an_engagement_shows_what_came_of_it(self, desk):
        self.promised(desk)
        now = desk.get("/engagements/talks")
        assert (now["stage"], now["says"], now["parties"]) == ("held", "a calendar", ["DEU", "FRA"])
        desk.post("/engagements", {**TALKS, "engagement": "course", "kind": "training"})
        desk.post("/engagements/course/moves", {"first": "2026-05-01", "last": "2026-05-02", "because": "no room"})
        desk.post("/engagements/course/cancellation", {"because": "no room at all", "on": "2026-01-01"})
        desk.post("/engagements/talks/commitments", {**PLANS, "commitment": "visit"})
        desk.post("/engagements/talks/commitments/visit/release", {"because": "overtaken", "on": "2026-01-01"})
        desk.settle()
        assert [(item["engagement"], item["stage"]) for item in desk.get("/engagements")["items"]] == [
            ("course", "cancelled"),
            ("talks", "held"),
        ]
        assert [(one["commitment"], one["state"]) for one in desk.get("/engagements/talks")["commitments"]] == [
            ("plans", "open"),
            ("visit", "released"),
        ]
        assert desk.get("/engagements/none", status=404)["code"] == "no-such-engagement"
        said = desk.post("/engagements", {**TALKS, "engagement": "x", "parties": ["FRA", "XYZ"]}, status=422)
        assert (said["code"], said["where"]) == ("unknown-party", "parties[1]")
