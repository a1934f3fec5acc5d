"""What the registry knows of its own decisions, whatever order and place they are met in."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import strategies as st

from entente_contracts.events.partnerships.agreements import (
    AgreementAmended,
    AgreementDenounced,
    AgreementOpened,
    ConsentExpressed,
    Effect,
    Form,
    ReservationMade,
    StepAnnulled,
    StepCorrected,
)
from entente_contracts.events.partnerships.bindings import BindingChanged
from entente_contracts.events.partnerships.bodies import (
    BindingRule,
    BodyKind,
    BodyRegistered,
    MembershipBegan,
    MembershipStepAnnulled,
    MembershipSuspended,
    Standing,
)
from entente_contracts.events.partnerships.channels import (
    ChannelClosed,
    ChannelDegraded,
    ChannelEstablished,
    ChannelKind,
    ChannelRestored,
    ChannelTested,
    ChannelTestMissed,
    Degraded,
    Reaches,
)
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
from entente_contracts.events.partnerships.parts import (
    Delay,
    Entry,
    EntryRule,
    ExitRule,
    Gives,
    Provision,
    Renewal,
    SharingLevel,
    TermRule,
    Terms,
)
from entente_contracts.events.partnerships.priorities import (
    Apart,
    MisalignmentLifted,
    MisalignmentRaised,
    PrioritiesDeclared,
    Priority,
)
from entente_contracts.topics import PARTNERSHIPS
from entente_partnerships.app import partnerships
from entente_partnerships.projections.commitments_due import commitments_due
from entente_partnerships.projections.treaty_events import BODY_EVENTS, CHANNEL_EVENTS, TREATY_EVENTS
from entente_partnerships.projections.what_changes import what_changes
from entente_partnerships.projections.what_is_planned import what_is_planned
from entente_partnerships.projections.who_belongs import who_belongs
from entente_partnerships.projections.who_is_bound import who_is_bound
from entente_testkit import arbitrary, golden
from entente_testkit.history import START, stream_of
from entente_testkit.projecting import given
from entente_testkit.suites import PolicyBehaviour, ProjectionBehaviour, ServiceBehaviour

GOLDEN = Path(__file__).parent / "golden"
SHARING = Provision(key="art-1", gives=Gives.SHARING, level=SharingLevel.SECRET, topics=("maritime",), says="what is seen at sea")
HOTLINE = Provision(key="art-2", gives=Gives.HOTLINE)
TERMS = Terms(
    title="Pact",
    entry=EntryRule(by=Entry.DEPOSITS, deposits=2, delay=Delay(days=30)),
    exit=ExitRule(notice=Delay(months=6)),
    term=TermRule(lasts=Delay(months=60), renewal=Renewal.TACIT),
    provisions=(SHARING, HOTLINE),
)


def opened(agreement: str, on: date = date(2000, 1, 1)) -> AgreementOpened:
    return AgreementOpened(agreement=agreement, terms=TERMS, on=on)


def consented(agreement: str, party: str, on: date) -> ConsentExpressed:
    return ConsentExpressed(agreement=agreement, party=party, form=Form.RATIFICATION, on=on)


PACT = [
    opened("pact"),
    consented("pact", "FRA", date(2000, 2, 1)),
    ReservationMade(
        agreement="pact",
        party="DEU",
        reservation="r1",
        provisions=("art-2",),
        effect=Effect.EXCLUDES,
        text="no hotline",
        on=date(2000, 3, 1),
    ),
    consented("pact", "DEU", date(2000, 3, 1)),
    consented("pact", "OSCE", date(2000, 4, 1)),
    AgreementAmended(agreement="pact", amendment="a1", provisions=(HOTLINE,), text="less", on=date(2001, 1, 1)),
    AgreementDenounced(agreement="pact", party="FRA", on=date(2002, 1, 31)),
    StepCorrected(agreement="pact", step=2, on=date(2000, 2, 2), because="misread"),
    StepAnnulled(agreement="pact", step=7, because="of another pact"),
]
OSCE = [
    BodyRegistered(
        body="OSCE", name="OSCE", kind=BodyKind.REGIONAL_BODY, binds=BindingRule(standings=(Standing.FULL,)), founded=date(1995, 1, 1)
    ),
    MembershipBegan(body="OSCE", member="ITA", standing=Standing.FULL, on=date(1995, 1, 1)),
    MembershipBegan(body="OSCE", member="YUG", standing=Standing.FULL, on=date(1995, 1, 1)),
    MembershipSuspended(body="OSCE", member="YUG", because="decided", on=date(1996, 7, 8)),
    MembershipStepAnnulled(body="OSCE", step=3, because="not a founder"),
]
LINK = [
    ChannelEstablished(
        channel="link",
        kind=ChannelKind.HOTLINE,
        title="Link",
        parties=("DEU", "FRA"),
        reaches=Reaches.MINISTRY,
        test_every=30,
        on=date(2000, 1, 1),
    ),
    ChannelTested(channel="link", at=START, answered=False),
    ChannelDegraded(channel="link", how=Degraded.NOT_ANSWERED, because="silence", on=START.date()),
    ChannelTestMissed(channel="link", due=date(2023, 11, 1)),
    ChannelRestored(channel="link", because="repaired", on=date(2023, 11, 2)),
    ChannelClosed(channel="link", because="replaced", on=date(2023, 12, 1)),
]
TALKS = [
    EngagementPlanned(
        engagement="talks",
        kind=EngagementKind.STRATEGIC_DIALOGUE,
        title="Talks",
        parties=("DEU", "FRA"),
        first=date(2023, 9, 1),
        last=date(2023, 9, 2),
    ),
    EngagementMoved(engagement="talks", first=date(2023, 9, 3), last=date(2023, 9, 4), because="weather"),
    CommitmentMade(engagement="talks", commitment="plans", owner="FRA", what="share plans", due=date(2023, 9, 30)),
    CommitmentMade(engagement="talks", commitment="visit", owner="DEU", what="visit", due=date(2023, 9, 30)),
    CommitmentMade(engagement="talks", commitment="drill", owner="DEU", what="drill", due=date(2023, 9, 30)),
    EngagementHeld(engagement="talks", first=date(2023, 9, 3), last=date(2023, 9, 4), outcome="a calendar"),
    CommitmentFellPastDue(engagement="talks", commitment="plans", due=date(2023, 9, 30)),
    CommitmentKept(engagement="talks", commitment="visit", how="visited", on=date(2023, 9, 20)),
    CommitmentReleased(engagement="talks", commitment="drill", because="overtaken", on=date(2023, 9, 20)),
]
CALLED_OFF = [
    TALKS[0].model_copy(update={"engagement": "course"}),
    EngagementCancelled(engagement="course", because="no room", on=date(2023, 8, 1)),
]
WANTED = PrioritiesDeclared(party="FRA", priorities=(Priority(theme="arms-control", stance=2, weight=5),), on=date(2023, 1, 1))
BINDING = BindingChanged(agreement="pact", title="Pact", party="FRA", on=date(2023, 1, 1), bound=True, why=())
THEME = Apart(theme="arms-control", a=-2, b=2, strength=40, since=date(2023, 1, 1), events=("e1", "e2"))
RAISED = MisalignmentRaised(agreement="pact", a="DEU", b="FRA", strength=40, apart=(THEME,), rule="provisional-1", on=date(2023, 1, 2))
LIFTED = MisalignmentLifted(agreement="pact", a="DEU", b="FRA", strength=0, still_bound=True, rule="provisional-1", on=date(2023, 2, 2))
HISTORY = [
    *stream_of("agreement/pact", *PACT),
    *stream_of("body/OSCE", *OSCE),
    *stream_of("channel/link", *LINK),
    *stream_of("engagement/talks", *TALKS),
    *stream_of("engagement/course", *CALLED_OFF),
    *stream_of("priorities/FRA", WANTED),
    *stream_of("binding/pact", BINDING, BINDING.model_copy(update={"party": "DEU", "bound": False})),
    *stream_of("misalignment/DEU-FRA", RAISED, LIFTED),
]


@pytest.mark.parametrize("projection", partnerships.projections, ids=lambda projection: projection.name)
def test_the_same_events_make_the_same_rows_as_long_as_the_code_is_the_same(projection):
    golden.check(projection, HISTORY, GOLDEN)


def treaty_streams():
    """Streams of whatever the schema allows, each after an opening, which is never annulled."""
    others = st.one_of([arbitrary.events(model) for model in TREATY_EVENTS if model is not AgreementOpened])

    def of(agreement):
        fitting = others.map(lambda event: event.model_copy(update={"agreement": agreement})).filter(
            lambda event: not (isinstance(event, StepAnnulled) and event.step == 1)
        )
        return st.lists(fitting, max_size=4).map(lambda events: stream_of(f"agreement/{agreement}", opened(agreement), *events))

    return {(PARTNERSHIPS.name, f"agreement/{name}"): of(name) for name in ("pact", "accord")}


def body_streams():
    """Streams of whatever the schema allows, each after a registration."""
    others = st.one_of([arbitrary.events(model) for model in BODY_EVENTS if model is not BodyRegistered])

    def of(body):
        fitting = others.map(lambda event: event.model_copy(update={"body": body}))
        return st.lists(fitting, max_size=4).map(
            lambda events: stream_of(f"body/{body}", OSCE[0].model_copy(update={"body": body}), *events)
        )

    return {(PARTNERSHIPS.name, f"body/{name}"): of(name) for name in ("OSCE", "ASEAN")}


def channel_streams():
    """Streams of whatever the schema allows."""
    others = st.one_of([arbitrary.events(model) for model in CHANNEL_EVENTS if model is not ChannelEstablished])

    def of(channel):
        fitting = st.lists(others.map(lambda event: event.model_copy(update={"channel": channel})), max_size=4)
        first = LINK[0].model_copy(update={"channel": channel})
        return fitting.map(lambda events: stream_of(f"channel/{channel}", first, *events))

    return {(PARTNERSHIPS.name, f"channel/{name}"): of(name) for name in ("link", "line")}


def engagement_streams():
    """What was planned, moved, held and cancelled, whatever the schema allows of it."""
    return _engagements(TALKS[0], st.one_of([arbitrary.events(model) for model in (EngagementMoved, EngagementHeld, EngagementCancelled)]))


def commitment_streams():
    """What was promised, kept, released and forgotten."""
    ends = st.one_of([arbitrary.events(model) for model in (CommitmentKept, CommitmentReleased, CommitmentFellPastDue)])
    return _engagements(TALKS[2], ends.map(lambda event: event.model_copy(update={"commitment": "plans"})))


def _engagements(first, others):
    def of(engagement):
        here = {"engagement": engagement}
        fitting = st.lists(others.map(lambda event: event.model_copy(update=here)), max_size=4)
        return fitting.map(lambda events: stream_of(f"engagement/{engagement}", first.model_copy(update=here), *events))

    return {(PARTNERSHIPS.name, f"engagement/{name}"): of(name) for name in ("talks", "course")}


def wanted_streams():
    """Declarations of two parties."""
    some = st.lists(arbitrary.events(PrioritiesDeclared), min_size=1, max_size=4)

    def of(party):
        return some.map(lambda events: stream_of(f"priorities/{party}", *(event.model_copy(update={"party": party}) for event in events)))

    return {(PARTNERSHIPS.name, f"priorities/{name}"): of(name) for name in ("FRA", "DEU")}


def misaligned_streams():
    """Declarations, bindings, and what was said of a pair."""
    bound = st.lists(st.tuples(st.sampled_from(["FRA", "DEU"]), st.booleans()), min_size=1, max_size=4)
    bindings = bound.map(
        lambda pairs: stream_of(
            "binding/pact", *(BINDING.model_copy(update={"party": party, "bound": is_bound}) for party, is_bound in pairs)
        )
    )
    said = st.lists(st.sampled_from([RAISED, LIFTED]), min_size=1, max_size=4).map(
        lambda events: stream_of("misalignment/DEU-FRA", *events)
    )
    here = {(PARTNERSHIPS.name, "binding/pact"): bindings, (PARTNERSHIPS.name, "misalignment/DEU-FRA"): said}
    return {**wanted_streams(), **here}


STREAMS = {
    "who_is_bound": treaty_streams,
    "what_it_gives": treaty_streams,
    "what_changes": treaty_streams,
    "who_belongs": body_streams,
    "crisis_channels": channel_streams,
    "what_is_planned": engagement_streams,
    "commitments_due": commitment_streams,
    "what_is_wanted": wanted_streams,
    "misalignments": misaligned_streams,
}


class TestPartnerships(ProjectionBehaviour, PolicyBehaviour, ServiceBehaviour):
    """The kernel's own suites."""

    service = partnerships

    def histories(self, projection):
        """Each stream begins with what it is about."""
        return st.fixed_dictionaries(STREAMS[projection.name]())


@pytest.mark.parametrize(
    ("projection", "event"),
    [
        (who_is_bound, PACT[1]),
        (what_changes, PACT[1]),
        (who_belongs, OSCE[1]),
        (what_is_planned, TALKS[1]),
        (commitments_due, TALKS[6]),
        (commitments_due, TALKS[7]),
    ],
    ids=["act", "change", "membership", "move", "due", "end"],
)
def test_an_event_without_what_it_is_about_is_poison(projection, event):
    with pytest.raises(LookupError, match="before"):
        given(projection, *stream_of("s", event))
